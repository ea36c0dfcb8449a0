# Second of two steps: data on port 1, coefficients of the first step on port 2; keeps a log blob that grows.
import json

import numpy as np
from azure.common import AzureMissingResourceHttpError
from azure.storage.blob import AppendBlobService, BlockBlobService

CREDENTIALS = dict(account_name='devstoreaccount1',
                   account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                   protocol='http')


def note(text):
    log = AppendBlobService(**CREDENTIALS)
    try:
        log.append_blob_from_text('studio', 'logs/steps.txt', text + '\n')
    except AzureMissingResourceHttpError:
        log.create_blob('studio', 'logs/steps.txt')
        log.append_blob_from_text('studio', 'logs/steps.txt', text + '\n')


def azureml_main(dataframe1=None, dataframe2=None):
    weights = dataframe2.set_index('name')['weight']
    note('weights: %d' % len(weights))
    dataframe1['score'] = np.dot(dataframe1[list(weights.index)], weights)
    note('rows: %d' % len(dataframe1))
    BlockBlobService(**CREDENTIALS).create_blob_from_text(
        'studio', 'models/weights.json', json.dumps(weights.to_dict(), sort_keys=True))
    return dataframe1
