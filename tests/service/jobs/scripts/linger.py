import os
import time


def azureml_main(frame):
    """Say where it runs, then take as long as anything."""
    print("pid", os.getpid(), flush=True)
    time.sleep(600)
    return frame,
