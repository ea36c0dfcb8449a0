"""Measure: a small job on Azurite beside one written by hand; a large CSV; memory; starts; levels of isolation."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from blobprep.settings import Workspace
from tests import emulator
from tests.benchmarks.measuring import clean_environment, measure, table
from tests.benchmarks.starting import starts

LIBRARIES = Path(__file__).parents[1] / "scripts" / "libraries.py"
BLOBPREP = [str(Path(sys.executable).with_name("blobprep"))]
PYTHON = [sys.executable]
BY_HAND = str(Path(__file__).with_name("by_hand.py"))
SMALL_SCRIPT = """\
import matplotlib.pyplot as plt

def azureml_main(df):
    df.plot.scatter("a", "b")
    plt.savefig("figure.png")
    plt.close("all")
    return df.describe().reset_index(),
"""
LARGE_SCRIPT = """\
def azureml_main(df):
    return df.groupby("g").agg({"x": "mean", "y": "max"}).reset_index(),
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="of the large CSV (2 million are about 170 MB)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small.py").write_text(SMALL_SCRIPT)
        (folder / "large.py").write_text(LARGE_SCRIPT)
        _small_csv(folder / "small.csv")
        _large_csv(folder / "large.csv", options.rows)
        _starts(options.rounds)
        table("Children", starts(4 * options.rounds))
        _isolation(folder, options.rounds)
        with emulator.serve(folder) as endpoint:
            _small_job(folder, endpoint, options.rounds)
        _large_job(folder, options.rounds)


def _small_csv(path: Path) -> None:
    chance = random.Random(0)
    with path.open("w") as file:
        print(*"abcdefghi", sep=",", file=file)
        for _ in range(768):
            print(*(round(chance.random() * 100, 3) for _ in range(9)), sep=",", file=file)


def _large_csv(path: Path, rows: int) -> None:
    """Write whole numbers, fractions, words, dates and a few missing cells."""
    chance = random.Random(0)
    block = [
        f"{chance.randrange(10**9)},{chance.random():.6f},{chance.gauss(0, 50):.3f},g{chance.randrange(50)},"
        f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:00:00,"
        f"{chance.choice(['true', 'false'])},{chance.choice(['', str(chance.randrange(100))])},"
        f"name {chance.randrange(9999)}"
        for _ in range(10_000)
    ]
    text = "\n".join(block) + "\n"
    with path.open("w") as file:
        file.write("id,x,y,g,when,flag,maybe,name\n")
        for _ in range(rows // len(block)):
            file.write(text)


def _starts(rounds: int) -> None:
    commands = {
        "blobprep --help": [*BLOBPREP, "--help"],
        "python -c 'import blobprep'": [*PYTHON, "-c", "import blobprep"],
        "python -c pass": [*PYTHON, "-c", "pass"],
    }
    table("Starts", measure(commands, rounds=rounds, environment=clean_environment()))


def _isolation(folder: Path, rounds: int) -> None:
    """Compare the levels: what confinement adds to a start, and whether it slows what is imported and computed."""
    (folder / "nothing.py").write_text("def azureml_main(df):\n    return df,\n")
    scripts = {
        "nothing": folder / "nothing.py",
        "a figure": folder / "small.py",
        "the libraries' survey": LIBRARIES,
    }
    for name, script in scripts.items():
        commands = {
            f"{name}, {level}": [
                *(*BLOBPREP, "run", str(script), *([str(folder / "small.csv")] if script != LIBRARIES else [])),
                *("--isolation", level, "--output", str(folder / f"{level}/"), "--overwrite"),
            ]
            for level in ("process", "strict")
        }
        table(f"Isolation: {name}", measure(commands, rounds=rounds, environment=clean_environment()))


def _small_job(folder: Path, endpoint: str, rounds: int) -> None:
    connection = emulator.connection_string(endpoint)
    workspace = Workspace(environment={"AZURE_STORAGE_CONNECTION_STRING": connection})
    store = workspace.locate("az://bench/x").store
    store.create_container("bench")
    store.write("bench", "small.csv", (folder / "small.csv").read_bytes(), content_type="text/csv")
    script = str(folder / "small.py")
    run = [*BLOBPREP, "run", script, "az://bench/small.csv", "--output", "az://bench/ours/", "--overwrite"]
    commands = {
        "blobprep run (figures, log, manifest)": run,
        "written by hand (results and figure only)": [
            *(*PYTHON, BY_HAND, connection, "bench", "small.csv", "hand/", script)
        ],
    }
    environment = clean_environment(AZURE_STORAGE_CONNECTION_STRING=connection)
    table("768 × 9 from and to Azurite", measure(commands, rounds=rounds, environment=environment, folder=folder))


def _large_job(folder: Path, rounds: int) -> None:
    source, script = str(folder / "large.csv"), str(folder / "large.py")
    size = Path(source).stat().st_size / 2**20
    by_hand = (
        "import sys, importlib.util as u, pandas as pd; s = u.spec_from_file_location('m', sys.argv[1]);"
        "m = u.module_from_spec(s); s.loader.exec_module(m);"
        "m.azureml_main(pd.read_csv(sys.argv[2]{}))[0].to_parquet(sys.argv[3])"
    )
    target = str(folder / "hand.parquet")
    commands = {
        "blobprep run (own process: the parent)": [
            *(*BLOBPREP, "run", script, source, "--output", str(folder / "ours/"), "--overwrite")
        ],
        "pandas.read_csv by hand": [*PYTHON, "-c", by_hand.format(""), script, source, target],
        "pandas.read_csv(engine='pyarrow') by hand": [
            *(*PYTHON, "-c", by_hand.format(", engine='pyarrow'"), script, source, target)
        ],
    }
    table(f"CSV of {size:.0f} MiB, local", measure(commands, rounds=rounds, environment=clean_environment()))


if __name__ == "__main__":
    main()
