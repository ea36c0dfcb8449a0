import sys
import os
sys.path.append('.\\Script Bundle')
import pandas as pd
import pricing
from helpers.names import clean_name

def azureml_main(dataframe1 = None, dataframe2 = None):
    dataframe1['city'] = dataframe1['city'].apply(clean_name)
    dataframe1['gross'] = dataframe1.apply(lambda r: pricing.gross(r['units'], r['price']), axis=1)
    rates = pd.read_csv('.\\Script Bundle\\rates.csv')
    merged = dataframe1.merge(rates, on='product', how='left')
    print sorted(os.listdir('.\\Script Bundle'))
    print pricing.describe(merged['gross'])
    return merged
