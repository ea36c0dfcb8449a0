# Scores with a model that another experiment left in a container; the helper module comes in the zip.
import pickle

from azure.storage.blob import BlockBlobService

import scoring_helper


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name='devstoreaccount1',
                               account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                               protocol='http')
    model = pickle.loads(service.get_blob_to_bytes('studio', 'models/tree.pkl').content)
    dataframe1['Scored Labels'] = model.predict(scoring_helper.features(dataframe1))
    return dataframe1
