def azureml_main(left, right):
    return left.merge(right, on="key"), right.head(1)
