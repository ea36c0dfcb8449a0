# Reads every blob below a prefix, bins a column, returns categories.
from io import BytesIO

import pandas as pd
from azure.storage.blob import BlockBlobService


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name='devstoreaccount1',
                               account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==', protocol='http')
    found = service.list_blobs('studio', prefix='parts/')
    if len(list(found)) == 0:
        raise ValueError('no parts')
    frames = []
    for blob in found:
        stream = BytesIO()
        service.get_blob_to_stream('studio', blob.name, stream, max_connections=1)
        stream.seek(0)
        frames.append(pd.read_csv(stream))
        print(blob.name, blob.properties.content_length)
    frame = pd.concat(frames, ignore_index=True)
    frame['band'] = pd.cut(frame['value'], [0, 10, 100, 1000], labels=['low', 'middle', 'high'])
    return frame
