import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    result = pd.DataFrame()
    for city in sorted(dataframe1['city'].unique()):
        part = dataframe1[dataframe1['city'] == city]
        revenue = 0
        for index, row in part.iterrows():
            revenue += row['units'] * row['price']
        result = result.append({'city': city, 'revenue': round(revenue, 2), 'sales': len(part)}, ignore_index=True)
    total = pd.DataFrame([['all', result['revenue'].sum(), result['sales'].sum()]], columns=['city', 'revenue', 'sales'])
    result = result.append(total)
    print result
    return result
