"""Take memory in the way the parameter says, 400 MB of it."""

import mmap
import os
import time

import numpy as np
import pandas as pd

SIZE = 400 * 1024 * 1024


def forked():
    held = np.ones(SIZE // 8)
    children = []
    for _ in range(3):
        pid = os.fork()
        if not pid:
            held.sum()
            time.sleep(1)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)


def shared():
    held = mmap.mmap(-1, SIZE)
    for start in range(0, SIZE, mmap.PAGESIZE):
        held[start] = 1
    time.sleep(1000)


def orphan():
    if os.fork():
        time.sleep(1000)
    if os.fork():
        os._exit(0)
    shared()


def azureml_main():
    {"private": lambda: np.ones(SIZE // 8), "forked": forked, "shared": shared, "orphan": orphan}[
        blobprep_parameters["how"]
    ]()
    return pd.DataFrame({"done": [1]})
