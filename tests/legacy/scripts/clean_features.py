# The documented recipe: read a blob with the storage client, over http, and hand a frame on.
from io import StringIO

import numpy as np
import pandas as pd
from azure.storage.blob import BlockBlobService
from sklearn import preprocessing

ACCOUNT = 'devstoreaccount1'
KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='


def azureml_main(dataframe1=None, dataframe2=None):
    blob_service = BlockBlobService(account_name=ACCOUNT, account_key=KEY, protocol='http')
    text = blob_service.get_blob_to_text('studio', 'raw/patients.csv').content
    frame = pd.read_csv(StringIO(text))
    frame['pressure'] = np.where(frame['pressure'] == 0, frame['pressure'].mean(), frame['pressure'])
    frame[['pressure', 'mass']] = preprocessing.scale(frame[['pressure', 'mass']])
    return frame
