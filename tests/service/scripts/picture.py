import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt


def azureml_main(frame1):
    fig, ax = plt.subplots()
    frame1.plot(ax=ax)
    fig.savefig("lines.png")
    return frame1.describe().reset_index(),
