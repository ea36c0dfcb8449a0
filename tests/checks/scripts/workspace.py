from azureml import Workspace
import multiprocessing
import subprocess
import os


def azureml_main(dataframe1=None, dataframe2=None):
    ws = Workspace(workspace_id='0', authorization_token='0', endpoint='https://studioapi.azureml.net')
    frame = ws.datasets['Adult'].to_dataframe()
    subprocess.call(['pip', 'install', 'xgboost'])
    pool = multiprocessing.Pool(4)
    frame.to_csv('C:\\temp\\adult.csv')
    notes = open('.\\Script Bundle\\notes.txt').read()
    if frame.empty:
        os._exit(1)
    frame.sort_values('age', inplace=True)
