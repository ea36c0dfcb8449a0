import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

def azureml_main(dataframe1 = None, dataframe2 = None):
    vec = TfidfVectorizer(min_df=2, stop_words='english')
    m = vec.fit_transform(dataframe1['text'])
    out = pd.DataFrame(m.todense(), columns=vec.get_feature_names())
    print(sorted(vec.get_feature_names()))
    out = out.round(5)
    out['stars'] = dataframe1['stars']
    return out
