# Sends an object out through a frame: pickle, zlib, base64; and the same bytes to a container.
import base64
import pickle
import zlib

import pandas as pd
from azure.storage.blob.blockblobservice import BlockBlobService
from sklearn.tree import DecisionTreeClassifier


def azureml_main(dataframe1=None, dataframe2=None):
    model = DecisionTreeClassifier(random_state=0).fit(dataframe1[['mass', 'age']], dataframe1['class'])
    packed = zlib.compress(pickle.dumps(model))
    connection = ('DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;'
                  'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;'
                  'EndpointSuffix=core.windows.net')
    service = BlockBlobService(connection_string=connection)
    service.create_blob_from_bytes('studio', 'models/tree.pkl.z', packed, metadata={'rows': str(len(dataframe1))})
    return pd.DataFrame({'payload': [base64.b64encode(packed).decode('ascii')]}),
