import os


def azureml_main(frame):
    factor = float(blobprep_parameters["factor"])
    assert os.environ["BLOBPREP_PARAMETER_factor"] == blobprep_parameters["factor"]
    out = frame[["a"]].copy()
    out["a"] = (frame["a"] * frame["b"] + frame["flag"]) * factor
    return out,
