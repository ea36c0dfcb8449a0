import pandas as pd
from sklearn.grid_search import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import LabelEncoder

def azureml_main(dataframe1 = None, dataframe2 = None):
    le = LabelEncoder()
    y = le.fit_transform(dataframe1.ix[:, -1])
    X = dataframe1.ix[:, :-1].as_matrix()
    grid = GridSearchCV(KNeighborsClassifier(), {'n_neighbors': [1, 3, 5]}, cv=3)
    grid.fit(X, y)
    print "best", grid.best_params_, "%.4f" % grid.best_score_
    rows = []
    for params, mean, scores in grid.grid_scores_:
        rows.append([params['n_neighbors'], mean, scores.std() * 2])
    return pd.DataFrame(rows, columns=['neighbors', 'mean', 'spread']),
