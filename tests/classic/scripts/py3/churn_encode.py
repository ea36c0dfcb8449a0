import pandas as pd
import numpy as np

def azureml_main(dataframe1 = None, dataframe2 = None):
    df = dataframe1
    for col in df.columns:
        if df[col].dtype == np.object and col != 'customer':
            df[col] = pd.Categorical(df[col]).codes
    df['months'] = df['months'].astype(np.float)
    matrix = df.iloc[:, 1:].as_matrix()
    print(matrix.shape, matrix.dtype)
    scaled = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    out = pd.DataFrame(scaled, columns=df.columns[1:])
    out.insert(0, 'customer', df['customer'])
    return out
