"""Use a module from the script bundle: the zip on the third port is unpacked and importable."""

import hello_module


def azureml_main(dataframe1=None, dataframe2=None):
    print(hello_module.greeting("world"))
    with open(".\\Script Bundle\\words.txt") as file:
        words = file.read().split()
    return (hello_module.describe(dataframe1, words),)
