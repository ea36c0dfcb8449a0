import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    t = pd.crosstab(dataframe1['city'], dataframe1['product'])
    t = t.apply(lambda r: r / float(r.sum()), axis=1)
    for city, row in t.iterrows():
        print(city, '%.2f' % row.max())
    t = t.reset_index()
    t.columns.name = None
    years = dataframe1.groupby(['year'])['units', 'price'].mean().reset_index()
    t['years'] = len(years)
    t['price'] = years.ix[0, 'price']
    return t
