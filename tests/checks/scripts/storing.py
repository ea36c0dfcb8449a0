from azure.storage.blob import BlockBlobService, BlobPermissions
import pandas as pd
from datetime import datetime, timedelta


def azureml_main(dataframe1 = None, dataframe2 = None):
    service = BlockBlobService(account_name='contoso', account_key='bm90IGEga2V5', protocol='http')
    service.create_container('results', fail_on_exist=False)
    service.create_blob_from_text('results', 'today.csv', dataframe1.to_csv(index=False))
    token = service.generate_blob_shared_access_signature('results', 'today.csv', BlobPermissions.READ,
                                                          datetime.utcnow() + timedelta(hours=1))
    service.put_block_from_url('results', 'x', 'https://contoso.blob.core.windows.net/a/b', 0, 511, 'id')
    return pd.DataFrame({'url': [service.make_blob_url('results', 'today.csv', sas_token=token)]}),
