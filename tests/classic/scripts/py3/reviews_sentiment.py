import re
import pandas as pd

good = ['great', 'good', 'love']
bad = ['bad', 'terrible', 'awful', 'broken', 'hate']

def score(text):
    words = re.findall('[a-z]+', text.lower())
    return sum(w in good for w in words) - sum(w in bad for w in words)

def azureml_main(dataframe1 = None, dataframe2 = None):
    dataframe1['score'] = dataframe1['text'].map(score)
    dataframe1['label'] = dataframe1['score'].apply(lambda s: 'pos' if s > 0 else ('neg' if s < 0 else 'neutral'))
    counts = pd.value_counts(dataframe1['label'])
    print(counts['pos'], counts['neg'])
    dataframe1['text'] = dataframe1['text'].str.replace('[^a-zA-Z ]', '')
    dataframe1['first'] = dataframe1['text'].str.split(' ').str.get(0)
    return dataframe1
