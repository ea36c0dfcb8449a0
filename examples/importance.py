"""Rank the features of a table by how much an ensemble of trees relies on them.

Reads one dataset whose last column is the class; returns one row a feature, the most important first; draws the
ranking, and a scatter matrix of the four most important features.
"""

import matplotlib.pyplot as plt
import pandas as pd
from pandas.plotting import scatter_matrix
from sklearn.ensemble import ExtraTreesClassifier


def azureml_main(dataframe1=None, dataframe2=None):
    features, classes = dataframe1.iloc[:, :-1], dataframe1.iloc[:, -1]
    trees = ExtraTreesClassifier(n_estimators=250, random_state=0).fit(features, classes)
    spread = pd.DataFrame([tree.feature_importances_ for tree in trees.estimators_]).std()
    ranking = pd.DataFrame(
        {"feature": features.columns, "importance": trees.feature_importances_, "spread": spread}
    ).sort_values("importance", ascending=False)
    print(ranking.head(5).to_string(index=False))

    top = ranking.head(15)
    plt.figure(figsize=(8, 5))
    plt.barh(top["feature"], top["importance"], xerr=top["spread"], color="#4477aa")
    plt.gca().invert_yaxis()
    plt.xlabel("importance (mean decrease in impurity)")
    plt.tight_layout()
    plt.savefig("ranking.png", dpi=100)

    scatter_matrix(features[ranking["feature"].head(4)], c=classes.astype("category").cat.codes, figsize=(8, 8))
    plt.savefig("scatter_matrix.png", dpi=100)
    return (ranking,)
