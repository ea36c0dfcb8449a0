import pandas


def azureml_main(frame):
    import no_such_module
    return frame,
