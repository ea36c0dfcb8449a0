import pandas as pd
import datetime as dt

def azureml_main(dataframe1 = None, dataframe2 = None):
    df = dataframe1
    df['when'] = pd.to_datetime(df['time'])
    df['hour'] = df['when'].dt.hour
    df['weekday'] = df['when'].dt.weekday_name
    df['week'] = df['when'].dt.week
    df['next'] = df['when'].map(lambda t: t + dt.timedelta(hours=1))
    df['minutes'] = (df['next'] - df['when']).dt.seconds / 60
    df['month'] = df['when'].apply(lambda t: t.strftime('%b'))
    early = df[df['when'] < pd.datetime(2016, 3, 1, 6)]
    print(len(early))
    return df.drop(['when', 'next', 'time'], 1)
