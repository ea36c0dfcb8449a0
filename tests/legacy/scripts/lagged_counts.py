# Lag features of counts; what a block list puts together is read back row by row.
import base64

import pandas as pd
from azure.storage.blob import BlobBlock, BlockBlobService, Include


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name='devstoreaccount1',
                               account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
                               protocol='http')
    counts = dataframe1.pivot_table(index='day', columns='kind', values='count', aggfunc='sum').fillna(0)
    for lag in (1, 2):
        counts['a_lag%d' % lag] = counts['a'].shift(lag)
    blocks = []
    for day, row in counts.iterrows():
        block_id = base64.b64encode(str(day).zfill(8).encode('ascii')).decode('ascii')
        service.put_block('studio', 'counts.csv', (','.join(map(str, row)) + '\n').encode('utf-8'), block_id)
        blocks.append(BlobBlock(id=block_id))
    service.put_block_list('studio', 'counts.csv', blocks)
    service.set_blob_metadata('studio', 'counts.csv', metadata={'days': str(len(blocks))})
    committed = service.get_block_list('studio', 'counts.csv').committed_blocks
    listed = list(service.list_blobs('studio', prefix='counts', include=Include.METADATA))
    print(len(committed), listed[0].metadata)
    return counts.dropna().reset_index()
