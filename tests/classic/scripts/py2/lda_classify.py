import pandas as pd
from sklearn.lda import LDA
from sklearn.qda import QDA
from sklearn.cross_validation import StratifiedKFold, cross_val_score

def azureml_main(dataframe1 = None, dataframe2 = None):
    X = dataframe1.drop('class', 1).values
    y = dataframe1['class'].values
    lda = LDA(n_components=2)
    lda.fit(X, y)
    dataframe1['predicted'] = lda.predict(X)
    folds = StratifiedKFold(y, n_folds=3)
    print 'lda %.3f' % cross_val_score(lda, X, y, cv=folds).mean()
    print 'qda %.3f' % QDA().fit(X, y).score(X, y)
    return dataframe1
