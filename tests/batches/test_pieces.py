"""Blobs divided by real children, and their pieces run like any item."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

import blobprep
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.plan.divisions import DIVISIONS_NAME, Divisions
from blobprep.batches.plan.pieces import Divider
from blobprep.batches.record.complete import write_lines
from blobprep.batches.records import Counts
from blobprep.batches.worker.pins import pin_blobs
from blobprep.errors import InvalidOption
from blobprep.manifest import Manifest
from blobprep.settings.workspace import Workspace
from blobprep.stores.memory import MemoryStore

SCRIPT = """
def azureml_main(frame=None, other=None):
    frame["kind"] = [f"{type(value).__name__}:{value}" for value in frame["n"]]
    return frame
"""


class Counting(MemoryStore):
    """Count the bytes that are read."""

    read_bytes = 0

    def read_into(self, *places: Any, **options: Any) -> int:
        count = super().read_into(*places, **options)
        self.read_bytes += count
        return count


@pytest.fixture
def store() -> Counting:
    made = Counting("contoso")
    made.create_container("raw")
    return made


@pytest.fixture
def workspace(store: Counting) -> Workspace:
    return Workspace(environment={"BLOBPREP_ISOLATION": "process"}, stores={"contoso": store})


def item_of(store: Counting, name: str, data: bytes) -> Item:
    etag = store.write("raw", name, data, content_type="application/octet-stream")
    reference = f"az://contoso@raw/{name}"
    return Item(reference, (InputBlob(reference, etag, len(data)),), f"az://contoso@raw/out/{name}/")


def pieces(workspace: Workspace, items: list[Item], rows: int, **read1: str) -> tuple[list[Item], list[str]]:
    said: list[str] = []
    with Divider(workspace, rows, read1, say=said.append) as divider:
        return list(divider.divide_all(items)), said


def run(tmp_path: Path, workspace: Workspace, item: Item, read1: Mapping[str, str]) -> tuple[pd.DataFrame, Manifest]:
    script = tmp_path / "prep.py"
    script.write_text(SCRIPT)
    store = workspace.locate(item.output).store
    done = blobprep.run(
        script,
        pin_blobs(workspace, item.inputs),
        output=item.output,
        format="parquet",
        read1={**read1, **item.read1},
        workspace=workspace,
        report=False,
    )
    done.raise_for_failure()
    prefix = item.output.removeprefix("az://contoso@raw/")
    manifest = Manifest.decode(store.read("raw", f"{prefix}manifest.json"))
    return pd.read_parquet(io.BytesIO(store.read("raw", f"{prefix}results.parquet"))), manifest


def text_of(count: int) -> bytes:
    rows = [f'{number},"first\nsecond {number}"' for number in range(count)]
    return "\n".join(["n,t", *rows[:-2], "007,x", ",y"]).encode()


def test_joined_results_of_the_pieces_of_a_text_are_the_results_of_the_whole(
    tmp_path: Path, store: Counting, workspace: Workspace
) -> None:
    item = item_of(store, "big.csv", text_of(9000))
    expected, _ = run(tmp_path, workspace, item, {})

    divided, said = pieces(workspace, [item], 4000)

    assert said == []
    assert [piece.key.partition("#")[2] for piece in divided] == [
        "rows=000000000000-000000003999",
        "rows=000000004000-000000007999",
        "rows=000000008000-000000008999",
    ]
    assert divided[0].output == f"{item.output}rows=000000000000-000000003999/"
    store.read_bytes = 0
    results = [run(tmp_path, workspace, piece, {}) for piece in divided]
    pd.testing.assert_frame_equal(pd.concat([frame for frame, _ in results], ignore_index=True), expected)
    assert store.read_bytes < item.size + 4 * len(SCRIPT)  # all pieces together, with the script each time
    for _, manifest in results:
        (blob,) = manifest.inputs["dataset1"].blobs
        assert (blob.etag, blob.size, blob.sha256) == (item.inputs[0].etag, item.size, "")
        assert any("option column_types gives" in entry["detail"] for entry in manifest.translations)


def test_joined_results_of_row_groups_are_the_results_of_the_whole_and_only_they_are_fetched(
    tmp_path: Path, store: Counting, workspace: Workspace
) -> None:
    count = 600_000
    numbers = pa.array(np.arange(count), mask=np.arange(count) == 3)
    sink = io.BytesIO()
    table = pa.table({"n": numbers, "m": np.arange(count)})
    pyarrow.parquet.write_table(table, sink, row_group_size=100_000, compression="none", use_dictionary=False)
    item = item_of(store, "big.parquet", sink.getvalue())
    assert item.size > 8 * 2**20

    store.read_bytes = 0
    divided, said = pieces(workspace, [item], 200_000)
    assert (said, len(divided)) == ([], 3)
    assert store.read_bytes < 2**20  # the footer, and what shows the format

    assert divided[1].read1 == {"format": "parquet", "incomplete": "n", "row_groups": "2-3"}
    store.read_bytes = 0
    frame, manifest = run(tmp_path, workspace, divided[1], {})
    assert frame["kind"].tolist() == [f"float:{number}.0" for number in range(200_000, 400_000)]
    assert store.read_bytes < item.size * 0.8
    assert any("missing elsewhere in the whole dataset" in entry["detail"] for entry in manifest.translations)


def test_items_that_stay_whole_are_told_and_all_keep_their_order(store: Counting, workspace: Workspace) -> None:
    small, text = b"n\n1\n2\n", b"n\n" + b"1\n" * 5
    items = [
        item_of(store, "a.csv", text),
        item_of(store, "a.csv!.csv", text),
        item_of(store, "b.csv.gz", gzip.compress(text)),
        item_of(store, "c.csv", small),
        item_of(store, "d.jsonl", b'{"n": 1}\n' * 5),
        item_of(store, "e.csv", b"n,m\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
    ]
    divided, said = pieces(workspace, items, 3)
    keys = [item.key for item in divided]
    assert keys == sorted(keys)
    assert [key.removeprefix("az://contoso@raw/") for key in keys] == [
        "a.csv!.csv#rows=000000000000-000000000002",
        "a.csv!.csv#rows=000000000003-000000000004",
        "a.csv#rows=000000000000-000000000002",
        "a.csv#rows=000000000003-000000000004",
        "b.csv.gz",
        "c.csv",
        "d.jsonl",
        "e.csv",
    ]
    assert [sentence.split(": ", 1)[0] for sentence in said] == [
        "az://contoso@raw/b.csv.gz is not divided",
        "az://contoso@raw/d.jsonl is not divided",
        "az://contoso@raw/e.csv is not divided",
    ]
    assert said[0].endswith("it is compressed")
    assert "has 1 cell" in said[2]


def test_a_division_is_known_as_long_as_nothing_that_it_depends_on_changes(
    store: Counting, workspace: Workspace
) -> None:
    big, place = item_of(store, "big.csv", text_of(3000)), workspace.locate("az://contoso@raw/out/_batch/", prefix=True)

    def divide(item: Item, rows: int) -> tuple[list[Item], int]:
        store.read_bytes = 0
        with closing(Divisions()) as divisions, Divider(workspace, rows, {}, divisions=divisions) as divider:
            divisions.load(place)
            found = list(divider.divide_all([item]))
            if divisions.has_changed:
                write_lines(place, divisions.lines(), DIVISIONS_NAME)
        return found, store.read_bytes

    first, read = divide(big, 1000)
    assert read >= big.size
    again, read = divide(big, 1000)
    assert (again, read < big.size) == (first, True)
    data = b'{"mark": 1}\nno\n\xff\n{"mark": "a"}\n{"mark": "b", "division": {"pieces": [{}]}}\n'
    store.write("raw", "out/_batch/divisions.jsonl", data, content_type="text/plain")
    found, read = divide(big, 1000)
    assert (found, read >= big.size) == (first, True)

    changed = item_of(store, "big.csv", text_of(3000))
    with closing(Divisions()) as known:
        marks = [known.mark(*asked) for asked in ((big, 1000, {}), (changed, 1000, {}), (big, 999, {}))]
        marks.append(known.mark(big, 1000, {"encoding": "latin-1"}))
        assert len(set(marks)) == 4


@pytest.mark.slow
def test_a_batch_that_goes_on_does_not_look_for_the_cuts_again(
    tmp_path: Path, store: Counting, workspace: Workspace
) -> None:
    (tmp_path / "prep.py").write_text(SCRIPT)
    big = item_of(store, "in/big.csv", text_of(9000))
    item_of(store, "in/other.csv", text_of(5000))

    def go_on(**options: Any) -> blobprep.Batch:
        store.read_bytes = 0
        given = {"output": "az://contoso@raw/out/{stem}/", "rows_per_run": 4000, "dry_run": True, **options}
        return blobprep.batch(
            tmp_path / "prep.py", "az://contoso@raw/in/*.csv", resume=True, workspace=workspace, **given
        )

    first = go_on(dry_run=False)
    assert first.counts == Counts(done=5)
    before = [record.key for record in first]

    assert go_on().counts == Counts(skipped=5)
    assert store.read_bytes < big.size / 2
    item_of(store, "in/other.csv", text_of(6000))
    assert go_on().counts == Counts(skipped=3, pending=2)
    assert 6000 < store.read_bytes < big.size  # the other one alone
    assert go_on(rows_per_run=3000).counts.pending == 5
    assert store.read_bytes > big.size

    place = "out/_batch/divisions.jsonl"
    assert len(store.read("raw", place).splitlines()) == 2
    store.write("raw", place, b'{"mark": 1}\nnothing\n\xff\n{"mark": "a"}\n', content_type="text/plain")
    again = go_on(dry_run=False)
    assert again.counts == Counts(done=2, skipped=3)
    assert [record.key for record in again][:4] == before[:4]
    assert len(store.read("raw", place).splitlines()) == 2


def test_a_number_of_rows_below_one_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InvalidOption, match="--rows-per-run 0"):
        Divider(workspace, 0, {})


@pytest.mark.parametrize(
    ("read1", "message"),
    [
        ({"bytes": "0-99"}, "has 6 bytes, but the option bytes names byte 99"),
        ({"bytes": "9-3"}, "is not a list of ranges"),
    ],
)
def test_ranges_that_are_not_there_are_refused(
    tmp_path: Path, store: Counting, workspace: Workspace, read1: dict[str, str], message: str
) -> None:
    item = item_of(store, "a.csv", b"n\n1\n2\n")
    with pytest.raises(InvalidOption, match=message):
        run(tmp_path, workspace, item, read1)
