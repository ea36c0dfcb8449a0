import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    print("Input pandas.DataFrame #1:\r\n\r\n{0}".format(dataframe1))
    result = dataframe1.copy()
    result["twice"] = result["number"] * 2
    result["year"] = blobprep_parameters.get("year", "none")
    return result,
