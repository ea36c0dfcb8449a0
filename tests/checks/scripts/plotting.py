import matplotlib
matplotlib.use('agg', warn=False)
import matplotlib.pyplot as plt
import pandas as pd
from pandas.tools.plotting import scatter_matrix
from matplotlib import mlab

Azure = True


def azureml_main(frame1):
    plt.style.use('seaborn-whitegrid')
    fig = plt.figure()
    ax = fig.add_subplot(1, 1, 1, axisbg='white')
    ax.hist(frame1['age'].values, bins=20, normed=True)
    ax.set_axis_bgcolor('white')
    plt.hold(True)
    plt.plot([0, 1], [0, 1])
    fig.savefig('ages.png')
    scatter_matrix(frame1[['age', 'bmi']])
    monthly = frame1.set_index('when')['bmi'].resample('M', how='mean')
    smooth = pd.rolling_mean(monthly, 3)
    curve = mlab.normpdf(smooth.values, 0, 1)
    return frame1
