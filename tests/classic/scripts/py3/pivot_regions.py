import numpy as np
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    table = pd.pivot_table(dataframe1, values='units', index='city', columns='year', aggfunc=np.sum, fill_value=0)
    table = table.sort_index()
    table['total'] = table.sum(axis=1)
    table = table.reset_index()
    first = dataframe2.drop_duplicates('city', 'first')
    merged = table.merge(first[['city', 'rain']], 'left', 'city')
    print(merged.columns.tolist())
    return merged
