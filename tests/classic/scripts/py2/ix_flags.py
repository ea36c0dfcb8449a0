# Execute Python Script: flags the days on which the load was above the week's mean.
import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    df = dataframe1
    df['above'] = 0
    for i in range(len(df)):
        if i < 7:
            start = 0
        else:
            start = i - 7
        mean = df.ix[start:i, 'load'].mean()
        if df.ix[i, 'load'] > mean:
            df.ix[i, 'above'] = 1
    print "days above:", df['above'].sum(), "of", len(df)
    print 'Input pandas.DataFrame #1:\r\n\r\n{0}'.format(df.shape)
    return df,
