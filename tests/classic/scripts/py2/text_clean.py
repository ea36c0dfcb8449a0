import string
import re
import pandas as pd

def clean(text):
    text = str(text).lower()
    text = text.translate(string.maketrans("", ""), string.punctuation)
    words = text.split(' ')
    return ' '.join(filter(lambda w: len(w) > 2, words))

def azureml_main(dataframe1=None, dataframe2=None):
    stop = set(['the', 'and', 'for'])
    dataframe1['clean'] = dataframe1['text'].apply(clean)
    dataframe1['words'] = dataframe1['clean'].apply(lambda t: len([w for w in t.split() if w not in stop]))
    all_words = reduce(lambda a, b: a + b, map(lambda t: t.split(), dataframe1['clean']))
    counts = {}
    for w in all_words:
        counts[w] = counts.get(w, 0) + 1
    top = sorted(counts.items(), key=lambda (w, n): (-n, w))[:3]
    for w, n in top:
        print w, n
    dataframe1['upper'] = dataframe1['text'].map(lambda t: string.upper(t)[:10])
    return dataframe1
