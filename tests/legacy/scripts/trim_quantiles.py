# Reads through a file in the working folder, writes one back, and prints the progress on the way.
import pandas as pd
from azure.storage.blob import BlockBlobService, ContentSettings


def show(current, total):
    print('{0} of {1} bytes'.format(current, total))


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService('devstoreaccount1',
                               'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                               protocol='http')
    service.get_blob_to_path('studio', 'raw/sales.csv', 'sales.csv', progress_callback=show)
    sales = pd.read_csv('sales.csv')
    limits = sales.groupby('region')['amount'].quantile(0.9).reset_index()
    merged = sales.merge(limits, on='region', suffixes=('', '_limit'))
    kept = merged[merged.amount <= merged.amount_limit].drop('amount_limit', axis=1)
    kept.to_csv('kept.csv', index=False)
    service.create_blob_from_path('studio', 'prepared/sales.csv', 'kept.csv',
                                  content_settings=ContentSettings(content_type='text/csv'))
    blob = service.get_blob_properties('studio', 'prepared/sales.csv')
    print(blob.properties.content_length, blob.properties.content_settings.content_type)
    return kept,
