import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    # median() leaves out the texts
    dataframe1 = dataframe1.fillna(dataframe1.median())
    means = dataframe1.mean()
    for name in means.index:
        print name, round(means[name], 3)
    for col in dataframe1.columns:
        if dataframe1[col].dtype == object:
            dataframe1[col] = dataframe1[col].fillna('missing')
            dummies = pd.get_dummies(dataframe1[col], prefix=col)
            if len(dummies.columns) < 5:
                dataframe1 = dataframe1.join(dummies.astype(int))
    return dataframe1.drop(['Cabin', 'Embarked', 'Sex'], 1)
