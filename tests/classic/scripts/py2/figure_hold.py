import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    fig = plt.figure(figsize=(6, 4))
    ax = fig.add_subplot(111, axisbg='#eeeeee')
    ax.plot(dataframe1.index, dataframe1['load'], 'b-', label='load')
    ax.hold(True)
    ax.plot(dataframe1.index, pd.rolling_mean(dataframe1['load'], 5), 'r--', label='mean')
    ax.legend(loc='best')
    fig.savefig('load.png')
    plt.figure()
    plt.hist(dataframe1['load'], bins=8, normed=True)
    plt.hold(False)
    plt.title('Load')
    plt.savefig('hist.png')
    print "figures drawn"
    return dataframe1[['load', 'holiday']].describe().reset_index()
