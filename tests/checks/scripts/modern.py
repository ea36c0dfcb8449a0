"""Nothing is wrong with this one, although much of it looks as if."""
import sys

import numpy as np
import pandas as pd

try:
    from sklearn.model_selection import train_test_split
except ImportError:
    from sklearn.cross_validation import train_test_split
try:
    import cPickle as pickle
except ImportError:
    import pickle
if sys.version_info[0] == 2:
    range = xrange

PATTERN = "print %s, C: it"
names = []
names.append("a")
names.sort()


class Rows(list):
    def append(self, row, ignore=False):
        super().append(row)

    def sort(self, columns):
        return self


class Reader:
    def iteritems_of(self, x):
        return x

    def next(self):
        return 1


def azureml_main(dataframe1=None, dataframe2=None):
    """print "rows" is what the old one did, and frame.ix[0]."""
    rows = Rows()
    rows.append(1, ignore=True)
    rows.sort(columns=["a"])
    flag = np.bool(True)
    best = np.max(dataframe1["x"]) / 2
    counts = dataframe1["x"].value_counts()
    for key, value in counts.items():
        print(key, value, sep=" ")
    with open(".\\Script Bundle\\words.txt") as file:
        words = file.read().split("\\n")
    frame = pd.concat([dataframe1, dataframe1.head(1)], ignore_index=True)
    frame = frame.drop("x", axis=1)
    frame.loc[frame["y"] > 0, "y"] = 0
    keys = list({"a": 1}.keys())[0]
    return frame.sort_values("y"),
