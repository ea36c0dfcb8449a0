import pandas as pd

def azureml_main(df1=None, df2=None):
    df1['value'] = df1['units'] * df1['price']
    top = df1.sort('value', ascending=False).head(10)
    order = top['value'].order()
    top = top.sort(['city', 'value'], ascending=[True, False])
    top['rank'] = top['value'].rank(ascending=False)
    print 'smallest of the top: %.2f' % order.iloc[0]
    top = top.drop('month', 1)
    return top
