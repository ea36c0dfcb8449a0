import numpy as np
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    grouped = dataframe1.groupby(['city', 'year'])
    stats = grouped['units'].agg({'total': np.sum, 'mean': np.mean, 'n': len})
    stats = stats[['total', 'mean', 'n']].reset_index()
    joined = pd.merge(stats, dataframe2, how='left', on=['city', 'year'])
    joined['rain'] = joined['rain'].fillna(joined['rain'].median())
    print joined.median()['total']
    return joined.sort(['city', 'year'])
