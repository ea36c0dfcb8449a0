import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import pandas as pd
from pandas.tools.plotting import scatter_matrix

def azureml_main(dataframe1 = None, dataframe2 = None):
    numbers = dataframe1.drop('class', 1)
    axes = scatter_matrix(numbers, alpha=0.3, figsize=(6, 6), diagonal='hist')
    axes[0, 0].get_figure().savefig('matrix.png')
    fig = plt.figure()
    ax = fig.gca()
    dataframe1.boxplot(column='sepal_length', by='class', ax=ax)
    fig.savefig('box.png')
    fig2 = plt.figure()
    plt.bar(left=range(3), height=numbers.mean()[:3], width=0.6)
    plt.grid(b=True)
    fig2.savefig('bars.png')
    return numbers.corr().reset_index()
