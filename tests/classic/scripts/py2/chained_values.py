import pandas as pd

def azureml_main(dataframe1=None):
    values = dataframe1['temperature'].values
    values[values != values] = 0
    copied = dataframe1[['load', 'holiday']].values
    copied[:, 0] = copied[:, 0] / 1000
    out = pd.DataFrame(copied, columns=['load', 'holiday'])
    out['temperature'] = values
    out.ix[out.holiday == 1, 'load'] = 0
    print out.ix[0].tolist()
    out['cold'] = [1 if t < 2 else 0 for t in out['temperature']]
    print "cold days: " + `out['cold'].sum()`
    return out
