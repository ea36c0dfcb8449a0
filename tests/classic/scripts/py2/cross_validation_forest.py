import pandas as pd
import numpy as np
from sklearn import cross_validation
from sklearn.cross_validation import KFold
from sklearn.neighbors import KNeighborsClassifier

def azureml_main(dataframe1=None, dataframe2=None):
    features = [c for c in dataframe1.columns if c != 'class']
    X = dataframe1[features].as_matrix()
    y = dataframe1['class'].values
    X_train, X_test, y_train, y_test = cross_validation.train_test_split(X, y, test_size=0.25, random_state=0)
    model = KNeighborsClassifier(3)
    model.fit(X_train, y_train)
    print "test accuracy", model.score(X_test, y_test)
    folds = []
    kf = KFold(len(X), n_folds=4, shuffle=True, random_state=1)
    for number, (train, test) in enumerate(kf):
        model.fit(X[train], y[train])
        folds.append([number, len(train), len(test), model.score(X[test], y[test])])
    return pd.DataFrame(folds, columns=['fold', 'train', 'test', 'accuracy'])
