"""Train a forest with what scikit-learn 0.15 offered, and leave it in a cell."""
import cPickle as pickle
import StringIO
import base64, zlib
import pandas as pd
from sklearn.cross_validation import train_test_split, cross_val_score
from sklearn.grid_search import GridSearchCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.externals import joblib
from sklearn.lda import LDA


def azureml_main(dataframe1=None, dataframe2=None):
    X = dataframe1.drop('label', 1).as_matrix()
    y = dataframe1['label'].as_matrix()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
    search = GridSearchCV(RandomForestClassifier(max_features='auto'), {'n_estimators': [5, 10]}, iid=True)
    search.fit(X_train, y_train)
    for row in search.grid_scores_:
        print(row)
    text = base64.b64encode(zlib.compress(pickle.dumps(search.best_estimator_)))
    result = pd.DataFrame({'model': [text]})
    result = result.append(pd.DataFrame({'model': ['']}), ignore_index=True)
    return result
