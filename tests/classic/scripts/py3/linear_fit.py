import numpy as np
import pandas as pd
from sklearn import linear_model, metrics, cross_validation

def azureml_main(dataframe1=None, dataframe2=None):
    X = dataframe1[['sqft', 'rooms']].as_matrix()
    y = dataframe1[['price']].as_matrix().ravel()
    X_train, X_test, y_train, y_test = cross_validation.train_test_split(X, y, test_size=0.4, random_state=4)
    regr = linear_model.LinearRegression()
    regr.fit(X_train, y_train)
    predicted = regr.predict(X_test)
    print('mean squared error %.3f' % metrics.mean_squared_error(y_test, predicted))
    print('coefficients', [round(c, 5) for c in regr.coef_])
    return pd.DataFrame({'actual': y_test, 'predicted': np.round(predicted, 5)}, columns=['actual', 'predicted'])
