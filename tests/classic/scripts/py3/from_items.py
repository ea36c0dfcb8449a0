import pandas as pd
from collections import OrderedDict
from io import StringIO

def azureml_main(dataframe1 = None, dataframe2 = None):
    text = StringIO(u'plan,price\nBasic,10\nPlus,20\nPro,35\n')
    prices = pd.read_csv(text, ',')
    counts = dataframe1['plan'].value_counts().sort_index()
    out = pd.DataFrame.from_items([('plan', counts.index.tolist()), ('customers', counts.values)])
    out = out.merge(prices, on='plan')
    summary = OrderedDict()
    for i, row in out.iterrows():
        summary[row['plan']] = row['customers'] * row['price']
    print(list(summary.items())[0])
    out['income'] = [summary[p] for p in out.ix[:, 'plan']]
    return out.convert_objects(convert_numeric=True)
