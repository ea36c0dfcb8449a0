import pandas as pd


def azureml_main():
    answer = 42
    return pd.DataFrame({"answer": [answer]}),
