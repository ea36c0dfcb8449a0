# Evaluation with a chart, recoded missing values, and a link that can be passed on.
from datetime import datetime, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
try:
    from urllib.request import urlopen
except ImportError:
    from urllib2 import urlopen
from azure.storage.blob import BlobPermissions, BlockBlobService
from sklearn.metrics import confusion_matrix, roc_curve


def azureml_main(dataframe1=None, dataframe2=None):
    frame = dataframe1.replace(['unknown', 'Not Available', 'NULL'], np.nan).dropna()
    frame['score'] = frame['score'].astype(float)
    fpr, tpr, _ = roc_curve(frame['label'], frame['score'])
    plt.plot(fpr, tpr)
    plt.savefig('roc.png')
    table = confusion_matrix(frame['label'], frame['score'] > 0.5)
    service = BlockBlobService(account_name='devstoreaccount1',
                               account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                               protocol='http')
    service.create_blob_from_text('studio', 'reports/confusion.txt', str(table.tolist()))
    token = service.generate_blob_shared_access_signature(
        'studio', 'reports/confusion.txt', permission=BlobPermissions.READ,
        expiry=datetime.utcnow() + timedelta(hours=1))
    url = service.make_blob_url('studio', 'reports/confusion.txt', sas_token=token)
    print(urlopen(url).read().decode('utf-8'))
    return pd.DataFrame(table, columns=['negative', 'positive'])
