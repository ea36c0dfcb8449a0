import pandas as pd
import numpy as np

def azureml_main(df, df2=None):
    df['score'] = 0.0
    for i in xrange(len(df)):
        q = df.irow(i)[['q1', 'q2', 'q3']]
	df.set_value(i, 'score', q.mean())
        if df.get_value(i, 'q1') == df['q1'].max():
	    print 'best in q1:', df.get_value(i, 'student')
    df['passed'] = np.where(df['score'] >= 5, 'yes', 'no')
    print df.icol(0).tolist()[:3]
    return df
