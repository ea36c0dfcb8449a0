import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

def azureml_main(dataframe1 = None, dataframe2 = None):
    values = dataframe1.ix[:, 0:4].values
    values = (values - values.mean(0)) / values.std(0)
    pca = PCA(n_components=2)
    parts = np.abs(pca.fit_transform(values))
    print(np.round(pca.explained_variance_ratio_, 4).tolist())
    out = pd.DataFrame(np.round(parts, 6), columns=['c1', 'c2'])
    return out.append(pd.DataFrame([[0.0, 0.0]], columns=['c1', 'c2']), ignore_index=True)
