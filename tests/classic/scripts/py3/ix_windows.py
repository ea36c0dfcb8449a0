import pandas as pd
import numpy as np

def azureml_main(dataframe1 = None, dataframe2 = None):
    df = dataframe1.copy()
    window = 4
    features = pd.DataFrame(columns=['start', 'mean', 'spread'])
    for i in range(0, len(df) - window + 1, window):
        part = df.ix[i:i + window - 1, 'load']
        features.loc[len(features)] = [i, part.mean(), part.max() - part.min()]
    print('windows', len(features))
    return features,
