import os
import sys
import pickle
import pandas as pd

sys.path.insert(0, r'.\Script Bundle')
from scoring import Scorer

def azureml_main(dataframe1 = None, dataframe2 = None):
    with open(r'.\Script Bundle\weights.pkl', 'rb') as f:
        weights = pickle.load(f)
    scorer = Scorer(weights)
    dataframe1['points'] = scorer.score(dataframe1)
    print(os.path.exists('.\\Script Bundle\\scoring.py'), sorted(weights))
    return dataframe1
