import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    first = dataframe1[['city', 'units']]
    second = dataframe2[['city', 'rain']]
    both = pd.concat([first, second], axis=0, ignore_index=True)
    both = both[['city', 'rain', 'units']]
    wide = pd.concat([first, second], 1)
    wide.columns = ['city', 'units', 'other', 'rain']
    print(both.shape, wide.shape)
    both['source'] = both['units'].isnull().map({True: 'weather', False: 'sales'})
    return both
