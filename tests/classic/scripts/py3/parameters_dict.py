import json
import pandas as pd

SETTINGS = '{"columns": ["units", "price"], "factor": 2}'

def azureml_main(dataframe1 = None, dataframe2 = None):
    settings = json.loads(SETTINGS)
    for c in settings['columns']:
        dataframe1[c + '_scaled'] = dataframe1[c] * settings['factor']
    lookup = dataframe2.set_index(['city', 'year'])['rain'].to_dict()
    dataframe1['rain'] = [lookup.get((c, y), None) for c, y in zip(dataframe1.city, dataframe1.year)]
    dataframe1['rain'] = dataframe1['rain'].fillna(method='ffill').fillna(0)
    print(list(dataframe1.columns))
    return dataframe1.sort_values(['city', 'year', 'month', 'units'])
