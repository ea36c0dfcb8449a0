# -*- coding: latin-1 -*-
name = u"café"

def azureml_main(dataframe1):
    print name
    return dataframe1,
