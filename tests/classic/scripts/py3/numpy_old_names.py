import numpy as np
import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    flags = np.zeros(len(dataframe1), dtype=np.bool)
    flags[np.in1d(dataframe1['area'], ['north', 'east'])] = True
    dataframe1['flag'] = flags
    dataframe1['price'] = dataframe1['price'].astype(np.float)
    dataframe1['id'] = dataframe1['id'].astype(np.int)
    total = np.asscalar(np.sum(dataframe1['rooms'].values))
    print(total, np.product([1, 2, 3]), np.alltrue(flags))
    m = np.matrix(dataframe1[['sqft', 'rooms']].as_matrix())
    dataframe1['norm'] = np.sqrt(np.multiply(m, m).sum(1)).A1
    return dataframe1
