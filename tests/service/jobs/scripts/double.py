import time


def azureml_main(frame):
    """Double a column, as slowly as the parameter says, and say so."""
    time.sleep(float(blobprep_parameters.get("seconds", "0")))
    frame["b"] = frame["a"] * 2
    print("doubled", len(frame))
    if blobprep_parameters.get("fail"):
        raise ValueError("asked to fail")
    return frame,
