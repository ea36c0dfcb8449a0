# Moves what was processed to an archive container: copy, look at the copy's status, delete.
import time

import pandas as pd
from azure.storage.blob import BlockBlobService
from azure.storage.common.retry import LinearRetry


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name='devstoreaccount1',
                               account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                               protocol='http', socket_timeout=30)
    service.retry = LinearRetry(backoff=1, max_attempts=2).retry
    service.create_container('archive', fail_on_exist=False)
    rows = []
    for name in service.list_blob_names('studio', prefix='done/'):
        copy = service.copy_blob('archive', name, service.make_blob_url('studio', name))
        while copy.status == 'pending':
            time.sleep(0.1)
            copy = service.get_blob_properties('archive', name).properties.copy
        service.delete_blob('studio', name)
        rows.append((name, copy.status, service.exists('studio', name), service.exists('archive', name)))
    return pd.DataFrame(rows, columns=['name', 'status', 'left', 'archived'])
