import pandas as pd
import numpy as np

def azureml_main(dataframe1 = None, dataframe2 = None):
    rows = []
    for name, column in dataframe1.iteritems():
        kind = 'text' if column.dtype == 'O' else 'number'
        rows.append((name, kind, column.isnull().sum(), column.nunique()))
    out = pd.DataFrame.from_records(rows, columns=['column', 'kind', 'missing', 'distinct'])
    numbers = dataframe1.select_dtypes(include=[np.number])
    out['mean'] = out['column'].map(numbers.mean())
    print(dataframe1.get_dtype_counts()['int64'])
    return out.sort_values('column', 0, True)
