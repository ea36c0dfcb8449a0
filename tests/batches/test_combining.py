"""Results of many items combined into one dataset, by real children over an account in memory."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.batches.combination.combine import CombineOptions, combine
from blobprep.batches.combination.record import CombinedRecord
from blobprep.batches.items import InputBlob
from blobprep.batches.options import BatchOptions
from blobprep.batches.records import ItemOutput, ItemRecord, ItemStatus
from blobprep.errors import BlobChanged, DatasetError, InvalidOption, OutputError, OutputExists
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores.memory import MemoryStore
from tests.tables.test_codecs import encoded

RECORD = "az://contoso@out/_batch/"
TARGET = "az://contoso@out/all.parquet"


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore("contoso")
    made.create_container("out")
    return made


@pytest.fixture
def workspace(store: MemoryStore) -> Workspace:
    return Workspace(environment={"BLOBPREP_ISOLATION": "process"}, stores={"contoso": store})


def item(
    store: MemoryStore,
    number: int,
    table: pa.Table | bytes | None,
    *,
    name: str = "results.parquet",
    status: ItemStatus = "done",
    **parts: str,
) -> ItemRecord:
    """Write the results of an item, and return its record."""
    key, outputs = f"az://contoso@raw/{number:05}.csv", ()
    if table is not None:
        data = table if isinstance(table, bytes) else encoded(table, name.split(".")[1])[0]
        blob = f"{number:05}/{name}"
        etag = store.write("out", blob, data, content_type="application/octet-stream")
        outputs = (ItemOutput(name, f"az://contoso@out/{blob}", etag, len(data), ""),)
    return ItemRecord(
        key, status, (InputBlob(key, "e", 1),), f"az://contoso@out/{number:05}/", "f", parts, outputs=outputs
    )


def items(store: MemoryStore, tables: Iterable[Any], **options: Any) -> list[ItemRecord]:
    return [item(store, number, table, **options) for number, table in enumerate(tables)]


def combined(
    workspace: Workspace, records: Sequence[ItemRecord], target: str = TARGET, **options: Any
) -> tuple[CombinedRecord, bool]:
    record = workspace.locate(RECORD, prefix=True, names=())
    return combine(iter(records), CombineOptions(target, **options), workspace, record)


def read(store: MemoryStore, name: str = "all.parquet") -> pa.Table:
    return pyarrow.parquet.read_table(io.BytesIO(store.read("out", name)))


def names(store: MemoryStore, prefix: str) -> list[str]:
    return [blob.blob.removeprefix(prefix) for blob in store.list("out", prefix)]  # type: ignore[union-attr]


def test_results_are_one_below_the_other_in_the_order_of_the_items(store: MemoryStore, workspace: Workspace) -> None:
    tables = [pa.table({"n": [number, number + 1], "t": [f"x{number}", None]}) for number in range(300)]

    record, written = combined(workspace, items(store, tables))

    assert written
    assert read(store).equals(pa.concat_tables(tables))
    (output,) = record.outputs
    assert (record.status, record.items, record.rows, output.columns) == ("done", 300, 600, 2)
    kept = CombinedRecord.decode(store.read("out", "_batch/combined.json"), "")
    assert kept == record
    assert store.properties("out", "all.parquet").etag == output.etag


def test_columns_are_matched_by_label_and_types_are_those_that_several_blobs_have_together(
    store: MemoryStore, workspace: Workspace
) -> None:
    tables = [
        pa.table({"n": pa.array([1, 2], pa.int8()), "x": [1, None], "c": pa.array(["a", "b"]).dictionary_encode()}),
        pa.table({"x": [0.5], "n": pa.array([300], pa.int32()), "c": ["z"]}),
        pa.table({"c": pa.array(["z"]), "x": pa.nulls(1), "n": pa.array([5], pa.int8())}),
    ]
    record, _ = combined(workspace, items(store, tables))

    table = read(store)
    assert table.to_pydict() == {"n": [1, 2, 300, 5], "x": [1, None, 0.5, None], "c": ["a", "b", "z", "z"]}
    assert [str(kind) for kind in table.schema.types] == ["int32", "double", "string"]
    told = {(entry["column"], entry["kind"], entry["lossy"]): entry for entry in record.translations}
    assert told["n", "type", False]["detail"].startswith("The column has several types in the blobs (int32, int8)")
    assert ("c", "type", True) in told  # categories that became plain values
    with pytest.raises(DatasetError, match="Categories became plain values"):
        combined(workspace, items(store, tables), "az://contoso@out/lossless.parquet", lossless=True)
    assert "lossless.parquet" not in names(store, "")


def test_a_column_without_values_takes_the_type_of_those_that_have_some(
    store: MemoryStore, workspace: Workspace
) -> None:
    nothing = pa.table({"b": pa.nulls(2, pa.string()), "d": pa.nulls(2, pa.string())})  # pandas knows no more of them
    full = pa.table({"b": [True, None], "d": [0.5, None]})
    record, _ = combined(workspace, items(store, [nothing, full, nothing.slice(2)]))

    table = read(store)
    assert table.to_pydict() == {"b": [None, None, True, None], "d": [None, None, 0.5, None]}
    assert [str(kind) for kind in table.schema.types] == ["bool", "double"]
    assert {(entry["column"], entry["lossy"], entry["count"]) for entry in record.translations} == {
        ("b", False, 2),
        ("d", False, 2),
    }


@pytest.mark.slow
def test_the_values_decide_about_types_by_what_the_footers_say_of_them(
    store: MemoryStore, workspace: Workspace
) -> None:
    big, far = 2**63 + 5, 2**62  # nanoseconds: year 2116
    tables = [
        pa.table(
            {
                "u": pa.array([1], pa.uint64()),
                "d": pa.array([big], pa.uint64()),
                "t": pa.array([far], pa.timestamp("ns")),
            }
        ),
        pa.table({"u": pa.array([-1]), "d": pa.array([-1]), "t": pa.array([1], pa.timestamp("ms"))}),
    ]
    combined(workspace, items(store, tables))

    table = read(store)
    assert [str(kind) for kind in table.schema.types] == ["int64", "decimal128(20, 0)", "timestamp[ns]"]
    assert [int(value) for value in table["d"].to_pylist()] == [big, -1]


@pytest.mark.slow
def test_types_without_a_common_one_and_other_columns_are_refused_by_name(
    store: MemoryStore, workspace: Workspace
) -> None:
    with pytest.raises(DatasetError, match=r"00001/results\.parquet has string in column 'n', but .*00000.* has int64"):
        combined(workspace, items(store, [pa.table({"n": [1]}), pa.table({"n": ["x"]})]))
    with pytest.raises(DatasetError, match=r"00001/results\.parquet has no column 'n'"):
        combined(workspace, items(store, [pa.table({"n": [1]}), pa.table({"m": [1]})]))
    assert "all.parquet" not in names(store, "")


def test_items_that_failed_are_named_and_nothing_is_combined(store: MemoryStore, workspace: Workspace) -> None:
    records = items(store, [pa.table({"n": [1]})] * 3)
    records[1] = item(store, 1, None, status="failed")
    records[2] = item(store, 2, None, status="pending")
    with pytest.raises(OutputError, match=r"2 of 3 items .*00001\.csv \(failed\), .*00002\.csv \(pending\)"):
        combined(workspace, records)
    assert names(store, "_batch/") == []


def test_partitions_have_folders_as_hive_names_them_and_their_columns_are_left_out(
    store: MemoryStore, workspace: Workspace
) -> None:
    records = [
        item(
            store, number, pa.table({"n": [number], "year": [2023 + number % 2]}), year=str(2023 + number % 2), at="a/b"
        )
        for number in range(6)
    ]
    target = "az://contoso@out/all/"
    record, _ = combined(workspace, records, target, by=("year", "at"))

    assert names(store, "all/") == ["year=2023/at=a%2Fb/part-00000.parquet", "year=2024/at=a%2Fb/part-00000.parquet"]
    assert read(store, "all/year=2024/at=a%2Fb/part-00000.parquet").to_pydict() == {"n": [1, 3, 5]}
    assert [(output.folder, output.rows, output.items) for output in record.outputs] == [
        ("year=2023/at=a%2Fb/", 3, 3),
        ("year=2024/at=a%2Fb/", 3, 3),
    ]
    # One year fewer: its file is removed; the other is written anew.
    record, written = combined(
        workspace, [record for record in records if record.parts["year"] == "2023"], target, by=("year", "at")
    )
    assert written
    assert names(store, "all/") == ["year=2023/at=a%2Fb/part-00000.parquet"]
    with pytest.raises(InvalidOption, match=r"--combine-by month: .* has no such part"):
        combined(workspace, records, target, by=("month",))


@pytest.mark.slow
def test_a_column_that_says_other_than_its_folder_is_refused(store: MemoryStore, workspace: Workspace) -> None:
    records = [item(store, 0, pa.table({"n": [1, 1], "year": [2024, 2023]}), year="2024")]
    with pytest.raises(DatasetError, match="has '2023' in column 'year', but goes into the folder year=2024"):
        combined(workspace, records, "az://contoso@out/all/", by=("year",))


def test_a_missing_value_goes_into_the_folder_that_hive_names_so(store: MemoryStore, workspace: Workspace) -> None:
    table = pa.table({"n": [1], "year": pa.nulls(1, pa.int64())})  # as --partition-columns read it
    records = [item(store, 0, table, year="__HIVE_DEFAULT_PARTITION__")]
    combined(workspace, records, "az://contoso@out/all/", by=("year",))
    assert names(store, "all/") == ["year=__HIVE_DEFAULT_PARTITION__/part-00000.parquet"]


def test_what_has_not_changed_is_not_combined_again(store: MemoryStore, workspace: Workspace) -> None:
    records = items(store, [pa.table({"n": [1]}), pa.table({"n": [2]})])
    first, _ = combined(workspace, records)
    assert combined(workspace, records) == (first, False)

    records[1] = item(store, 1, pa.table({"n": [3]}))
    second, written = combined(workspace, records)
    assert written
    assert second.inputs != first.inputs
    assert read(store)["n"].to_pylist() == [1, 3]

    store.delete("out", "all.parquet")
    assert combined(workspace, records)[1]


@pytest.mark.slow
def test_what_another_wrote_is_replaced_only_on_demand(store: MemoryStore, workspace: Workspace) -> None:
    store.write("out", "all.parquet", b"mine", content_type="text/plain")
    records = items(store, [pa.table({"n": [1]})])
    with pytest.raises(OutputExists, match=r"all\.parquet is there already.*--overwrite"):
        combined(workspace, records)
    assert store.read("out", "all.parquet") == b"mine"
    combined(workspace, records, overwrite=True)
    assert read(store)["n"].to_pylist() == [1]


def test_files_of_a_combination_that_was_stopped_are_replaced(store: MemoryStore, workspace: Workspace) -> None:
    target = "az://contoso@out/all/"
    records = [item(store, number, pa.table({"n": [number]}), day=str(number)) for number in range(2)]
    broken = item(store, 1, b"PAR1 no footer", day="1")
    with pytest.raises(DatasetError):
        combined(workspace, [records[0], broken], target, by=("day",))
    assert CombinedRecord.decode(store.read("out", "_batch/combined.json"), "").status == "running"
    store.write("out", "all/day=0/part-00000.parquet", b"half", content_type="text/plain")
    record, _ = combined(workspace, [records[0], item(store, 1, pa.table({"n": [1]}), day="1")], target, by=("day",))
    assert [output.rows for output in record.outputs] == [1, 1]
    assert read(store, "all/day=0/part-00000.parquet")["n"].to_pylist() == [0]


@pytest.mark.slow
def test_results_that_changed_meanwhile_are_refused(store: MemoryStore, workspace: Workspace) -> None:
    records = items(store, [pa.table({"n": [1]})])
    store.write("out", "00000/results.parquet", b"another", content_type="text/plain")
    with pytest.raises(BlobChanged):
        combined(workspace, records)


def test_delimited_texts_become_one_whose_cells_are_what_they_were(store: MemoryStore, workspace: Workspace) -> None:
    texts = [b'a,b\n007,"x\ny"\n1e5, 7\n', b'b,a\n?,true\n,"q""r"\n']
    record, _ = combined(workspace, items(store, texts, name="results.csv"), "az://contoso@out/all.csv")
    assert store.read("out", "all.csv") == b'a,b\n007,"x\ny"\n1e5, 7\ntrue,?\n"q""r",\n'
    assert record.translations == ()
    combined(workspace, items(store, texts, name="results.csv"), "az://contoso@out/all.tsv.gz")
    assert gzip.decompress(store.read("out", "all.tsv.gz")).startswith(b"a\tb\n007\t")


@pytest.mark.slow
def test_types_of_texts_are_guessed_from_all_of_them(store: MemoryStore, workspace: Workspace) -> None:
    texts = [b"a,b\n7,1\n", b"a,b\n8,1.5\n", b"a,b\n007,\n"]
    combined(workspace, items(store, texts, name="results.csv"))
    table = read(store)
    assert table.to_pydict() == {"a": ["7", "8", "007"], "b": [1.0, 1.5, None]}


@pytest.mark.slow
def test_parquet_becomes_text_and_rows_of_json(store: MemoryStore, workspace: Workspace) -> None:
    records = items(store, [pa.table({"n": [1]}), pa.table({"n": [2]})])
    combined(workspace, records, "az://contoso@out/all.csv")
    combined(workspace, records, "az://contoso@out/all.jsonl")
    assert store.read("out", "all.csv") == b"n\n1\n2\n"
    assert [json.loads(line) for line in store.read("out", "all.jsonl").splitlines()] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("target", "by", "write", "read"),
    [
        ("all.csv.gz", (), {"delimiter": ";"}, {"delimiter": ";"}),
        ("all.parquet", (), {}, {"delimiter": ";"}),
        ("all/", ("year",), {}, {"delimiter": ";"}),
    ],
)
def test_a_batch_says_how_its_results_were_written_and_are_to_be(
    target: str, by: tuple[str, ...], write: dict[str, str], read: dict[str, str]
) -> None:
    run = RunOptions("prep.py", format="csv", write={"delimiter": ";", "compression": "zip"}, lossless=True)
    options = CombineOptions.of(BatchOptions(run, combine=target, combine_by=by))
    assert options == CombineOptions(target, by, write=write, read=read, lossless=True)


def test_texts_with_another_delimiter_are_read_as_they_were_written(store: MemoryStore, workspace: Workspace) -> None:
    records = items(store, [b"a;b\n1;x,y\n", b"a;b\n2;\n"], name="results.csv")
    combined(workspace, records, "az://contoso@out/all.csv", read={"delimiter": ";"})
    assert store.read("out", "all.csv") == b'a,b\n1,"x,y"\n2,\n'


@pytest.mark.parametrize(
    ("target", "name", "message"),
    [
        ("az://contoso@out/all.xlsx", "results.parquet", "cannot be written in excel"),
        ("az://contoso@out/all/", "results.parquet", "is a prefix"),
        (TARGET, "results.json", "results in json cannot be combined"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    store: MemoryStore, workspace: Workspace, target: str, name: str, message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        combined(workspace, items(store, [pa.table({"n": [1]})], name=name), target)


@pytest.mark.slow
def test_items_without_a_table_are_left_out_and_counted(store: MemoryStore, workspace: Workspace) -> None:
    records = [item(store, 0, pa.table({"n": [1]})), item(store, 1, None)]
    record, _ = combined(workspace, records)
    assert (record.items, record.without_results, record.rows) == (1, 1, 1)
    with pytest.raises(InvalidOption, match="no item has results"):
        combined(workspace, records[1:], "az://contoso@out/none.parquet")
