# The label is what happens the day after.
import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    dataframe1['tomorrow'] = dataframe1['load'].shift(-1)
    dataframe1['rising'] = (dataframe1['tomorrow'] > dataframe1['load']).astype(int)
    dataframe1 = dataframe1.ix[:len(dataframe1) - 2]
    last = dataframe1.ix[dataframe1.index[-1]]
    print(last['load'], last['rising'])
    return dataframe1.drop(['holiday'], 1)
