import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    scores = dataframe1.select(lambda c: c.startswith('q'), axis=1)
    scores = scores.fillna(scores.median())
    best = scores.idxmax(axis=1)
    dataframe1['best'] = best
    dataframe1['points'] = scores.lookup(scores.index, best)
    dataframe1['spread'] = scores.mad(axis=1)
    print(best.value_counts().to_dict()['q1'] > 0)
    return dataframe1.reindex_axis(['student', 'best', 'points', 'spread'], axis=1)
