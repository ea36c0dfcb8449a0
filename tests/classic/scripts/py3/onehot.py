import numpy as np
import pandas as pd
from sklearn.preprocessing import LabelEncoder, OneHotEncoder

def azureml_main(dataframe1 = None, dataframe2 = None):
    X = dataframe1[['plan', 'months', 'charges']].values
    X[:, 0] = LabelEncoder().fit_transform(X[:, 0])
    onehot = OneHotEncoder(categorical_features=[0])
    X = onehot.fit_transform(X).toarray()
    print(X.shape)
    return pd.DataFrame(X, columns=['p0', 'p1', 'p2', 'months', 'charges'])
