"""Leaves what a script can leave in its process, or looks for it, as the first cell of the dataset says."""

import builtins
import csv
import decimal
import gc
import io
import json
import locale
import logging
import os
import random
import socket
import sys
import tempfile
import time
import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scipy.special
import sklearn

import __main__

logging.basicConfig(level="INFO", format="%(message)s")
pd.set_option("display.max_rows", 7)
plt.rcParams["font.size"] = 11
os.environ["LOADED"] = "yes"
sys.path.append("/loaded")
warnings.filterwarnings("error", category=FutureWarning)
decimal.getcontext().prec = 11
builtins.loaded = "yes"
CALLS = []


def leave():
    for folder in (".", "deep/folder", os.path.expanduser("~/matplotlib"), os.path.expanduser("~"), tempfile.gettempdir()):
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
    leave_in_libraries()
    sys.stdout.write("no end of line")


def leave_in_libraries():
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    logging.getLogger("left").addHandler(logging.StreamHandler())
    logging.getLogger().addHandler(logging.StreamHandler())
    logging.getLogger().setLevel("ERROR")
    logging.disable(logging.INFO)
    tempfile.tempdir = "."
    csv.field_size_limit(7)
    csv.register_dialect("left", delimiter=";")
    builtins.left, builtins.loaded = "yes", "no"
    builtins.repr = str
    __main__.left = "yes"
    gc.set_threshold(7)
    sys.set_int_max_str_digits(777)
    sys.tracebacklimit = 1
    sys.stdin = io.StringIO("left")
    sys.stdout.reconfigure(encoding="ascii", errors="ignore", line_buffering=True)
    np.random.set_bit_generator(np.random.PCG64(1))
    sklearn.set_config(transform_output="pandas")
    scipy.special.seterr(all="raise")
    plt.switch_backend("svg")
    warnings.simplefilter("once")
    warnings.warn("looked", UserWarning)


def look():
    with warnings.catch_warnings():
        warnings.simplefilter("once")
        warnings.warn("looked", UserWarning)
    logging.getLogger("left").warning("a line of the log")
    return {
        "libraries": look_in_libraries(),
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


def look_in_libraries():
    return {
        "zone": time.localtime(0).tm_hour,
        "loggers": [len(logging.getLogger().handlers), logging.getLogger().level, logging.root.manager.disable],
        "temporary": tempfile.gettempdir() == os.environ["TMPDIR"],
        "csv": [csv.field_size_limit(), csv.list_dialects()],
        "built-in": [hasattr(builtins, "left"), builtins.loaded, repr("")],
        "main": sorted(name for name in vars(__main__) if not name.startswith("__")),
        "collection": gc.get_threshold(),
        "interpreter": [sys.get_int_max_str_digits(), getattr(sys, "tracebacklimit", None), type(sys.stdin).__name__],
        "streams": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering],
        "generator": type(np.random.get_bit_generator()).__name__,
        "sklearn": sklearn.get_config()["transform_output"],
        "scipy": scipy.special.geterr(),
        "backend": type(plt.figure().canvas).__name__,
        "closed": plt.close(),
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
