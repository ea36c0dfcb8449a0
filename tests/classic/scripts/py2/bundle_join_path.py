import os
import glob
import pandas as pd

folder = '.\\Script Bundle'

def azureml_main(frame):
    parts = []
    for path in sorted(glob.glob(os.path.join(folder, 'part*.csv'))):
        parts.append(pd.read_csv(path))
    stores = pd.concat(parts, ignore_index=True)
    with open(os.path.join(folder, 'factors.txt')) as f:
        factors = dict(line.strip().split('=') for line in f if line.strip())
    print 'factors', len(factors.keys())
    stores['factor'] = stores['city'].map(lambda c: float(factors.get(c, '1')))
    return frame.merge(stores, 'inner', 'city')
