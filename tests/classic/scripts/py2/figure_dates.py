import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import pandas as pd
from datetime import datetime

def azureml_main(dataframe1=None):
    dates = [datetime.strptime(d[:10], '%Y-%m-%d') for d in dataframe1['date'].astype(str)]
    fig, ax = plt.subplots()
    ax.plot_date(dates, dataframe1['load'], '-')
    ax.set_axis_bgcolor('w')
    fig.autofmt_xdate()
    fig.savefig('dates.png')
    weekday = [d.strftime('%a') for d in dates]
    out = pd.DataFrame({'day': weekday, 'load': dataframe1['load']})
    means = out.groupby('day', as_index=False).mean()
    print means.sort('load')['day'].tolist()
    return means
