# -*- coding: utf-8 -*-
import pandas as pd
import numpy as np

def azureml_main(dataframe1 = None, dataframe2 = None):
	data = dataframe1
	# fill the ages with the median of the class
	medians = data.groupby('Pclass')['Age'].median()
	for c in [1, 2, 3]:
		mask = (data.Age.isnull()) & (data.Pclass == c)
		data.ix[mask, 'Age'] = medians[c]
	data['Embarked'] = data['Embarked'].fillna('S')
	data['Sex'] = data['Sex'].map({'female': 0, 'male': 1}).astype(int)
	ports = list(enumerate(np.unique(data['Embarked'])))
	ports_dict = { name : i for i, name in ports }
	data.Embarked = data.Embarked.map(lambda x: ports_dict[x]).astype(int)
	data['HasCabin'] = data['Cabin'].notnull().astype(int)
	data = data.drop(['Cabin'], 1)
	if len(data.Age[data.Age.isnull()]) > 0:
		print "ages are missing"
	else:
		print "no age is missing"
	return data
