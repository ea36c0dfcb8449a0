import pandas as pd
from sklearn.cross_validation import StratifiedShuffleSplit, train_test_split
from sklearn.tree import DecisionTreeClassifier

def azureml_main(dataframe1 = None, dataframe2 = None):
    X = dataframe1.ix[:, 0:4].values
    y = dataframe1.ix[:, 4].values
    train, test = train_test_split(dataframe1, test_size=0.3, random_state=7)
    print(len(train), len(test))
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    tree.fit(train.ix[:, 0:4], train['class'])
    test = test.copy()
    test['predicted'] = tree.predict(test.ix[:, 0:4])
    rounds = StratifiedShuffleSplit(y, n_iter=3, test_size=0.25, random_state=0)
    for train_index, test_index in rounds:
        print(len(train_index), len(test_index))
    return test
