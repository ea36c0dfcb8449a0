import pandas as pd

def azureml_main(dataframe1 = None, dataframe2 = None):
    if dataframe1 is not None:
	print "rows"
	x = 10L
    text = """
	a tab that is text"""
    return dataframe1,
