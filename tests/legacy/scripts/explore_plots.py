# Exploratory plots, shown by Studio and kept in a container as well; a flag tells local from cloud.
import glob

import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
import pandas as pd
from azure.storage.blob import BlockBlobService, ContentSettings, PublicAccess

Azure = True


def azureml_main(dataframe1=None, dataframe2=None):
    for name in ('mass', 'age'):
        fig = plt.figure(figsize=(4, 3))
        dataframe1.boxplot(column=name, by='class', ax=fig.gca())
        if Azure:
            fig.savefig('box_' + name + '.png')
    pd.plotting.scatter_matrix(dataframe1[['mass', 'age']], figsize=(4, 4))
    plt.savefig('matrix.png')
    if Azure:
        service = BlockBlobService(account_name='devstoreaccount1', protocol='http',
                                   account_key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==')
        if service.create_container('plots', public_access=PublicAccess.Blob):
            print('created')
        for path in sorted(glob.glob('*.png')):
            service.create_blob_from_path('plots', path, path, content_settings=ContentSettings('image/png'))
        print([blob.name for blob in service.list_blobs('plots')])
    return dataframe1
