import pandas as pd
import numpy as np
from sklearn.externals import joblib
from sklearn.linear_model import LinearRegression
import cPickle as pickle
import StringIO

def azureml_main(dataframe1 = None, dataframe2 = None):
    X = dataframe1[['sqft', 'rooms']].as_matrix()
    y = dataframe1['price'].as_matrix()
    model = LinearRegression()
    model.fit(X, y)
    joblib.dump(model, 'model.pkl')
    again = joblib.load('model.pkl')
    text = StringIO.StringIO()
    pickle.dump({'rows': len(X)}, text)
    print pickle.loads(text.getvalue())
    dataframe1['predicted'] = np.round(again.predict(X), 4)
    dataframe1['error'] = np.round(dataframe1['price'] - dataframe1['predicted'], 4)
    return dataframe1
