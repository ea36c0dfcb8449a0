import pandas as pd
import numpy as np

def azureml_main(frame1=None, frame2=None):
    frame1 = frame1.sort('date')
    frame1['load_3d'] = pd.rolling_mean(frame1['load'], 3)
    frame1['load_std'] = pd.rolling_std(frame1['load'], window=5, min_periods=2)
    frame1['load_max'] = pd.rolling_max(frame1['load'], 7)
    frame1['smooth'] = pd.ewma(frame1['load'], span=4)
    frame1['total'] = pd.expanding_sum(frame1['load'])
    frame1['lag1'] = frame1['load'].shift(1)
    frame1 = frame1.dropna(subset=['load_3d'])
    print frame1.shape
    return frame1
