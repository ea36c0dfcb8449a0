import pandas as pd
from pandas import TimeGrouper

def azureml_main(dataframe1=None, dataframe2=None):
    df = dataframe1
    df['time'] = pd.to_datetime(df['time'])
    one = df[df.machine == 1].set_index('time')
    hourly = one.resample('4H', how='mean')[['heat', 'pressure']]
    peaks = one['heat'].resample('4H', how='max')
    hourly['peak'] = peaks
    days = df.set_index('time').groupby(TimeGrouper('6H'))['failure'].sum()
    print days.tolist()
    hourly = hourly.reset_index()
    hourly['hour'] = hourly['time'].apply(lambda t: t.hour)
    return hourly.drop('time', axis=1)
