import numpy as np
import pandas as pd
from sklearn.preprocessing import Imputer, StandardScaler

def azureml_main(dataframe1=None, dataframe2=None):
    numeric = ['heat', 'pressure', 'vibration']
    imp = Imputer(missing_values='NaN', strategy='median', axis=0)
    values = imp.fit_transform(dataframe1[numeric])
    scaler = StandardScaler()
    scaled = scaler.fit_transform(values)
    out = pd.DataFrame(scaled, columns=numeric).applymap(lambda x: round(x, 6))
    out['machine'] = dataframe1['machine']
    out['failure'] = dataframe1['failure']
    print 'medians:', [round(s, 4) for s in imp.statistics_]
    return out
