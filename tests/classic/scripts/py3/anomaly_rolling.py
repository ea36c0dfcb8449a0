import numpy as np
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    out = []
    for machine, part in dataframe1.groupby('machine'):
        part = part.copy()
        mean = part['heat'].rolling(4, 2).mean()
        std = part['heat'].rolling(4, min_periods=2).std()
        part['z'] = ((part['heat'] - mean) / std).fillna(0)
        part['odd'] = (np.abs(part['z']) > 1.2).astype(np.int)
        out.append(part)
        print(machine, part['odd'].sum())
    result = pd.concat(out, 0)
    return result[['machine', 'heat', 'z', 'odd']]
