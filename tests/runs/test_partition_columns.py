"""`--partition-columns`: what the names of blobs say, as columns of a run's dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import blobprep
from blobprep.errors import DatasetError, InvalidOption
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores.memory import MemoryStore

SCRIPT = "def azureml_main(frame=None, other=None):\n    return frame if frame is not None else other\n"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore("contoso")
    store.create_container("raw")
    return store


def run(tmp_path: Path, store: MemoryStore, *datasets: object, **options: Any) -> blobprep.Run:
    script = tmp_path / "prep.py"
    script.write_text(SCRIPT)
    return blobprep.run(
        script,
        *datasets,
        output="az://raw/out/",
        workspace=Workspace(environment={}, account="contoso", stores={"contoso": store}),
        isolation="process",
        report=False,
        **{"partition_columns": True, **options},
    )


def results(store: MemoryStore) -> pa.Table:
    return pq.read_table(pa.BufferReader(store.read("raw", "out/results.parquet")))


def put(store: MemoryStore, *names: str) -> None:
    for number, name in enumerate(names):
        store.write("raw", name, f"n\n{number}\n".encode(), content_type="text/csv")


def test_folders_and_named_parts_become_columns(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "year=2024/north-01.csv", "year=2024/south-02.csv", "year=2025/north-03.csv")
    done = run(tmp_path, store, "az://raw/*/{region}-{day}.csv")
    assert results(store).to_pydict() == {
        "n": [0, 1, 2],
        "region": ["north", "south", "north"],
        "day": ["01", "02", "03"],
        "year": [2024, 2024, 2025],
    }
    ledger = [(entry["column"], entry["kind"]) for entry in done.manifest.translations]
    assert ledger == [("region", "partition"), ("day", "partition"), ("year", "partition")]
    assert done.manifest.request["dataset1"] == "az://raw/*/{region}-{day}.csv"
    again = RunOptions.from_json(done.manifest.request)
    assert (again.dataset1, again.partition_columns) == ("az://raw/*/{region}-{day}.csv", True)


def test_one_blob_in_such_folders_gets_them_too(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "year=2024/a.csv")
    run(tmp_path, store, "az://raw/year=2024/a.csv", lossless=True).raise_for_failure()
    assert results(store).to_pydict() == {"n": [0], "year": [2024]}


def test_the_second_dataset_gets_its_own(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "a-1.csv", "a-2.csv")
    run(tmp_path, store, None, "az://raw/a-{part}.csv").raise_for_failure()
    assert results(store).to_pydict() == {"n": [0, 1], "part": [1, 2]}


def test_braces_belong_to_the_name_where_no_columns_are_asked_for(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "{x}.csv")
    run(tmp_path, store, "az://raw/{x}.csv", partition_columns=False).raise_for_failure()
    assert results(store).to_pydict() == {"n": [0]}


def test_blobs_with_different_parts_are_refused(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "year=2024/a.csv", "b/c.csv")
    with pytest.raises(
        DatasetError, match=r"the name of az://raw/year=2024/a\.csv has 'year', which az://raw/b/c\.csv"
    ):
        run(tmp_path, store, "az://raw/*/*.csv")


def test_names_that_say_nothing_are_refused(tmp_path: Path, store: MemoryStore) -> None:
    put(store, "a.csv")
    for dataset in ("az://raw/*.csv", "az://raw/a.csv", pa.table({"n": [1]})):
        with pytest.raises(InvalidOption, match="--partition-columns adds no column"):
            run(tmp_path, store, dataset)


def test_a_column_that_says_something_else_fails_the_run(tmp_path: Path, store: MemoryStore) -> None:
    store.write("raw", "year=2024/a.csv", b"year\n2023\n", content_type="text/csv")
    with pytest.raises(DatasetError, match=r"has '2023' in column 'year', row 1, but its name says '2024'"):
        run(tmp_path, store, "az://raw/*/*.csv")
