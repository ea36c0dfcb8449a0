# Clean up the rows of a sales table, as scripts of 2015 did.
import sys
import pandas as pd
import numpy as np
from sklearn import preprocessing

def azureml_main(dataframe1 = None, dataframe2 = None):

    print "Input pandas.DataFrame #1:\r\n\r\n", dataframe1.shape
    frame = dataframe1
    frame['price'][frame['price'] < 0] = 0
    frame['region'].fillna('unknown', inplace=True)
    limits = frame.groupby('region')['price'].quantile(0.99)
    for region, limit in limits.iteritems():
        print region, '%.2f' % limit
    frame = frame.sort(['region', 'price'], ascending=False)
    frame = frame.ix[frame['price'] > 0, ['region', 'price', 'amount']]
    frame['scaled'] = preprocessing.scale(frame['price'].astype(np.float))
    half = len(frame) / 2
    if half <> 0:
        print >>sys.stderr, "kept", half
    return frame,
