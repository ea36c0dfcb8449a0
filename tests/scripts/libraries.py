"""Use what data scripts use, and come back with a line for each; `seconds` says how long each took."""

import json
import os
import shutil
import sqlite3
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

DONE = {}


def step(function):
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = function()
    DONE[function.__name__] = [value, round(time.perf_counter() - started, 4)]


def algebra():
    matrix = np.random.default_rng(0).random((600, 600))
    return round(float(np.linalg.svd(matrix @ matrix.T, compute_uv=False)[0] / 600), 3)


def frames():
    frame = pd.DataFrame({"g": np.arange(200_000) % 7, "x": np.arange(200_000) * 0.5})
    return int(frame.groupby("g").x.mean().rolling(2).sum().count())


def arrow():
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.parquet as pq

    table = pa.table({"a": list(range(50_000)), "b": [str(n % 9) for n in range(50_000)]})
    pq.write_table(table, "t.parquet", compression="zstd")
    pyarrow.csv.write_csv(table, "t.csv")
    read = pyarrow.csv.read_csv("t.csv")
    return [pq.read_table("t.parquet").num_rows, read.num_rows, pc.sum(read["a"]).as_py()]


def threads():
    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(lambda n: n * n, range(100)))


def forest():
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    iris = load_iris()
    model = RandomForestClassifier(50, n_jobs=2, random_state=0).fit(iris.data, iris.target)
    return round(model.score(iris.data, iris.target), 2)


def clusters():
    from sklearn.cluster import KMeans

    points = np.random.default_rng(0).random((3000, 4))
    return int(KMeans(5, n_init=3, random_state=0).fit(points).labels_.max())


def search():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    iris = load_iris()
    found = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.1, 1.0]}, n_jobs=2, cv=3).fit(iris.data, iris.target)
    return round(found.best_score_, 1)


def parallel():
    from joblib import Parallel, delayed, effective_n_jobs

    return effective_n_jobs(2), sum(Parallel(n_jobs=2)(delayed(abs)(-n) for n in range(10)))


def figure():
    import matplotlib.pyplot as plt

    plt.plot([1, 2, 3])
    plt.title("µ → ∑")
    plt.savefig("plot.png")
    plt.close("all")
    return os.path.exists("plot.png")


def files():
    os.makedirs("a/b")
    with open("a/b/c.txt", "w") as file:
        file.write("x")
    shutil.copy2("a/b/c.txt", "a/d.txt")
    shutil.copytree("a", "e")
    os.chmod("a/d.txt", 0o600)
    os.utime("a/d.txt")
    os.link("a/d.txt", "a/linked.txt")
    os.replace("e/d.txt", "e/f.txt")
    shutil.move("a/d.txt", "moved.txt")
    shutil.rmtree("e")
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "t"), "w") as file:
        file.write("t")
    with tempfile.TemporaryFile() as file:
        file.write(b"t")
        file.truncate(0)
    return sorted(os.listdir("a"))


def database():
    with sqlite3.connect("x.db") as connection:
        connection.execute("create table t (a)")
        connection.execute("insert into t values (1)")
    return connection.execute("select count(*) from t").fetchone()[0]


def machine():
    import locale
    import platform
    import zoneinfo

    locale.getlocale()
    return [
        platform.machine() != "",
        os.cpu_count() > 0,
        len(os.sched_getaffinity(0)) > 0,
        str(zoneinfo.ZoneInfo("Europe/Berlin")),
        os.path.expanduser("~").endswith("home"),
        time.localtime().tm_year > 2000,
        bool(os.listdir("/proc/self/fd")),
        os.nice(0) >= 0,
    ]


def azureml_main():
    for function in (
        algebra, frames, arrow, threads, forest, clusters, search, parallel, figure, files, database, machine
    ):
        try:
            step(function)
        except Exception as error:
            import traceback

            traceback.print_exc()
            DONE[function.__name__] = ["failed", repr(error)]
    print("libraries", json.dumps(DONE))
    return pd.DataFrame({"step": list(DONE)}),
