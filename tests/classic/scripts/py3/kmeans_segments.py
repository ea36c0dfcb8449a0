import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import scale

def azureml_main(dataframe1 = None, dataframe2 = None):
    X = scale(dataframe1.ix[:, :4].as_matrix())
    km = KMeans(n_clusters=3, n_init=10, random_state=3).fit(X)
    order = pd.DataFrame({'label': km.labels_, 'length': dataframe1['petal_length']}).groupby('label')['length'].mean().sort_values()
    names = dict(zip(order.index, ['small', 'middle', 'large']))
    dataframe1['segment'] = [names[l] for l in km.labels_]
    print(dataframe1.groupby('segment').size().to_dict()['small'])
    return dataframe1
