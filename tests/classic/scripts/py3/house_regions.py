import pandas as pd

def azureml_main(houses, regions=None):
    joined = pd.merge(houses, regions, 'left', 'area')
    joined['tax'].fillna(1.0, inplace=True)
    joined['cost'] = joined['price'] * joined['tax']
    summary = joined.groupby('area').agg({'cost': ['mean', 'max'], 'rooms': 'median'})
    summary.columns = ['_'.join(c) for c in summary.columns]
    summary = summary.reset_index()
    print(summary['area'].tolist())
    return summary[['area', 'cost_mean', 'cost_max', 'rooms_median']]
