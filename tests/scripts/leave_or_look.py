"""Leaves what a script can leave in its process, or looks for it, as the first cell of the dataset says."""

import decimal
import json
import locale
import logging
import os
import random
import socket
import sys
import tempfile
import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

logging.basicConfig(level="INFO", format="%(message)s")
pd.set_option("display.max_rows", 7)
plt.rcParams["font.size"] = 11
os.environ["LOADED"] = "yes"
sys.path.append("/loaded")
warnings.filterwarnings("error", category=FutureWarning)
decimal.getcontext().prec = 11
CALLS = []


def leave():
    for folder in (".", "deep/folder", os.path.expanduser("~"), tempfile.gettempdir()):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "left.txt"), "w") as file:
            file.write("of the run before")
    os.makedirs("outputs", exist_ok=True)
    plt.figure()
    plt.plot([1, 2])
    plt.savefig("saved.png")
    plt.plot([2, 1])
    os.environ["LEFT"] = "yes"
    os.environ["LOADED"] = "no"
    del os.environ["HOME"]
    sys.path.insert(0, "/left")
    sys.argv.append("left")
    sys.setrecursionlimit(2222)
    os.umask(0o007)
    os.chdir("deep")
    random.seed(1)
    np.random.seed(1)
    pd.set_option("display.max_rows", 3)
    pd.set_option("display.precision", 3)
    matplotlib.rcParams["font.size"] = 5
    np.seterr(divide="raise")
    np.set_printoptions(precision=2)
    decimal.getcontext().prec = 5
    warnings.simplefilter("ignore")
    warnings.warn("left", UserWarning)
    locale.setlocale(locale.LC_NUMERIC, "POSIX")
    socket.setdefaulttimeout(3)
    logging.info("left in the log")
    sys.stdout.write("no end of line")


def look():
    warnings.warn("looked", UserWarning)
    return {
        "folder": sorted(os.listdir(".")),
        "home": sorted(os.listdir(os.path.expanduser("~"))),
        "temporary": sorted(os.listdir(tempfile.gettempdir())),
        "inside": os.path.basename(os.getcwd()),
        "environment": sorted(os.environ.items()),
        "path": [path for path in sys.path],
        "arguments": sys.argv,
        "recursion": sys.getrecursionlimit(),
        "umask": os.umask(0o077),
        "rows": pd.get_option("display.max_rows"),
        "precision": pd.get_option("display.precision"),
        "font": matplotlib.rcParams["font.size"],
        "figures": plt.get_fignums(),
        "numpy": [np.geterr(), repr(np.array([1.23456789]))],
        "decimal": decimal.getcontext().prec,
        "locale": locale.setlocale(locale.LC_ALL),
        "timeout": socket.getdefaulttimeout(),
    }


def azureml_main(frame):
    found = look()
    numbers = [random.random(), np.random.rand()]
    CALLS.append(None)
    if frame["do"][0] == "leave":
        leave()
    return pd.DataFrame(
        {"pid": [os.getpid()], "calls": [len(CALLS)], "found": [json.dumps(found)], "numbers": [json.dumps(numbers)]}
    )
