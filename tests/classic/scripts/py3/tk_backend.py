import matplotlib
matplotlib.use("TkAgg", warn=False)
import matplotlib.pyplot as plt

def azureml_main(dataframe1 = None, dataframe2 = None):
    counts = dataframe1['city'].value_counts()
    ax = counts.plot(kind='bar', title='Sales by city')
    ax.set_ylabel('count')
    plt.tight_layout()
    plt.savefig('city.png')
    plt.clf()
    plt.pie(counts.values, labels=counts.index.tolist(), autopct='%1.0f%%')
    plt.savefig('pie.png')
    print(counts.sum())
    return dataframe1[['city', 'units']].groupby('city').sum().reset_index()
