"""What every codec promises, and the functions the tests of this room share."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, read_options, write_options
from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables import codecs
from blobprep.tables.codecs.labels import unique_labels
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.types.allowlist import require_allowed_types
from blobprep.tables.streaming_input import ArrivalFailed, InputFile

REFERENCE = "az://raw/table"
FAITHFUL = ("csv", "tsv", "excel", "parquet", "arrow", "json", "jsonl")
"""Formats that bring `TABLE` back as it is: the others have no missing values, no booleans, or but one column."""


def input_file(data: bytes, need: Callable[[int, int], None] | None = None) -> InputFile:
    """Hold bytes as an input; not one of them is there yet where `need` is given."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return InputFile(os.dup(file.fileno()), len(data), need)


def asked(name: str, size: int = 0, port: str = "dataset1", **options: str) -> AskedDataset:
    return AskedDataset(port, REFERENCE, size, name, read_options(FORMATS[name], options))


def decoded(data: bytes, name: str = "csv", **options: str) -> tuple[pa.Table, list[Translation]]:
    source = input_file(data)
    try:
        return codecs.decode(source, asked(name, len(data), **options))[:2]
    finally:
        os.close(source.descriptor)


def headed(data: bytes, rows: int, name: str = "csv", **options: str) -> tuple[pa.Table, int | None]:
    source = input_file(data)
    try:
        return codecs.head(source, asked(name, len(data), **options), rows)
    finally:
        os.close(source.descriptor)


def encoded(table: pa.Table, name: str, **options: str) -> tuple[bytes, list[Translation]]:
    sink = Pipe()
    ledger = codecs.encode(table, sink, AskedResults(name, write_options(FORMATS[name], options)), "results")  # type: ignore[arg-type]
    return bytes(sink.taken), ledger


class Pipe:
    """Take bytes as a raw pipe does: no seeking, and not all at once."""

    def __init__(self, at_once: int = 1 << 16) -> None:
        self.taken = bytearray()
        self._at_once = at_once

    def write(self, data: Any) -> int:
        piece = bytes(data[: self._at_once])
        self.taken += piece
        return len(piece)


TABLE = pa.table(
    {
        "number": pa.array([1, None, 3], pa.int64()),
        "double": pa.array([0.5, None, -2.0]),
        "text": pa.array(["a,b", None, 'say "no"\n']),
        "flag": pa.array([True, None, False]),
    }
)


@pytest.mark.parametrize("name", FAITHFUL)
def test_a_format_brings_a_table_back(name: str) -> None:
    data, _ = encoded(TABLE, name)

    table, ledger = decoded(data, name)

    assert table.to_pydict() == TABLE.to_pydict()
    assert table.schema.types == TABLE.schema.types
    assert ledger == []


def test_codecs_are_those_of_the_formats() -> None:
    assert set(codecs.CODECS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_no_bytes_are_no_dataset(name: str) -> None:
    with pytest.raises(DatasetError, match=f"{REFERENCE} is empty"):
        decoded(b"", name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "an HTML page"),
        (b"\n  <HTML><body>", "an HTML page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Error><Code>BlobNotFound</Code></Error>', "an XML document"),
        (b"%PDF-1.7", "a PDF document"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(name: str, data: bytes, words: str) -> None:
    source = input_file(data)
    with pytest.raises(DatasetError, match=f"{REFERENCE} is {words}, not {name}"):
        codecs.decode(source, replace(asked(name, len(data)), found="name"))
    os.close(source.descriptor)


def test_a_parquet_file_called_csv_gets_the_right_format_as_a_remedy() -> None:
    data, _ = encoded(TABLE, "parquet")

    with pytest.raises(DatasetError, match="is a Parquet file, not csv") as caught:
        decoded(data, "csv")

    assert caught.value.remedy == "--read1 format=parquet"


def test_text_called_parquet_or_arrow_is_refused() -> None:
    for name in ("parquet", "arrow"):
        with pytest.raises(DatasetError, match=REFERENCE):
            decoded(b"a,b\n1,2\n3,4\n5,6\n", name)


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_a_truncated_file_is_refused_by_name(name: str) -> None:
    data, _ = encoded(TABLE, name)

    for length in range(1, len(data), 37):
        with pytest.raises(DatasetError, match=REFERENCE):
            decoded(data[:length], name)
        with pytest.raises(DatasetError, match=REFERENCE):
            headed(data[:length], 2, name)


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str) -> None:
    data, _ = encoded(TABLE, name)
    outcomes = set()

    for seed in range(150):
        chance = random.Random(seed)
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 2, 6))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            decoded(bytes(damaged), name)
            outcomes.add("read")
        except DatasetError as error:
            outcomes.add("refused" if REFERENCE in str(error) else "refused without its name")

    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("name", ["csv", "parquet", "arrow"])
def test_an_arrival_that_fails_is_not_blamed_on_the_dataset(name: str) -> None:
    data, _ = encoded(TABLE, name)
    source = input_file(data, need=lambda offset, length: None)
    source.fail()

    with pytest.raises(ArrivalFailed):
        codecs.decode(source, asked(name, len(data)))
    with pytest.raises(ArrivalFailed):
        codecs.head(source, asked(name, len(data)), 2)

    os.close(source.descriptor)


@pytest.mark.parametrize("name", FAITHFUL)
def test_head_gives_the_first_rows_and_how_many_there_are(name: str) -> None:
    data, _ = encoded(TABLE, name)

    table, total = headed(data, 2, name)

    assert table.to_pydict() == TABLE.slice(0, 2).to_pydict()
    assert total == 3
    assert headed(data, 10, name)[0].num_rows == 3
    assert headed(data, 0, name)[0].column_names == TABLE.column_names


class Arriving:
    """Hold an input of which only what is asked for ever arrives."""

    def __init__(self, data: bytes) -> None:
        self.asked: list[tuple[int, int]] = []
        self.source = input_file(data, self._need)

    def _need(self, offset: int, length: int) -> None:
        self.asked.append((offset, offset + length))
        self.source.fill(offset, offset + length)

    @property
    def touched(self) -> int:
        reached, total = 0, 0
        for start, end in sorted(self.asked):
            total += max(0, end - max(start, reached))
            reached = max(reached, end)
        return total


@pytest.mark.parametrize("name", ["csv", "tsv", "arff", "parquet", "arrow", "jsonl"])
def test_head_leaves_most_of_a_large_dataset_alone(name: str) -> None:
    rows = 1_000_000
    numbers = pc.bit_wise_and(pc.multiply(pa.array(range(rows)), 2654435761), 2**31 - 1)
    data, _ = encoded(pa.table({"a": numbers, "b": numbers.cast(pa.string())}), name)
    if name == "arrow":  # of one batch as long as ours, all is needed
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, pa.schema([("a", pa.int64())])) as writer:
            writer.write_table(pa.table({"a": numbers}), max_chunksize=10_000)
        data = sink.getvalue().to_pybytes()
    arriving = Arriving(data)

    table, total = codecs.head(arriving.source, asked(name, len(data)), 20)

    assert table["a"].to_pylist() == numbers.slice(0, 20).to_pylist()
    assert total == (rows if name == "parquet" else None)
    assert arriving.touched < len(data) / 4


def test_a_codec_is_imported_when_it_is_used_or_loaded() -> None:
    program = (
        "import sys\n"
        "from blobprep.tables import codecs\n"
        "def loaded(): return {name.rpartition('.')[2] for name in sys.modules if name.count('.') == 3}\n"
        "kinds = {'arff', 'excel', 'json', 'plaintext', 'svmlight'}\n"
        "assert not kinds & loaded()\n"
        "codecs.load(['jsonl'])\n"
        "assert kinds & loaded() == {'json'}\n"
        "codecs.load(codecs.CODECS)\n"
        "assert kinds <= loaded()\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", ["csv", "parquet", "arrow"])
def test_head_does_without_pandas(name: str) -> None:
    program = (
        "import os, sys, tempfile\n"
        "from blobprep.tables import codecs\n"
        "from blobprep.tables.streaming_input import InputFile\n"
        "from blobprep.formats import FORMATS, read_options\n"
        "from blobprep.protocol import AskedDataset\n"
        f"data = {encoded(TABLE, name)[0]!r}\n"
        "file = tempfile.TemporaryFile(); file.write(data); file.flush()\n"
        f"asked = AskedDataset('dataset1', 'x', len(data), {name!r}, read_options(FORMATS[{name!r}], {{}}))\n"
        "table, _ = codecs.head(InputFile(file.fileno(), len(data)), asked, 2)\n"
        "assert table.num_rows == 2\n"
        "assert 'pandas' not in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


def test_duplicate_labels_are_numbered_in_every_format() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", "a (1)"])

    for name in ("csv", "tsv", "arff", "excel", "parquet", "arrow"):
        back, ledger = decoded(encoded(table, name)[0], name)

        assert back.column_names == ["a", "a (2)", "a (1)"]
        assert [(entry.kind, entry.column) for entry in ledger] == [("rename", "a (2)")]


def test_labels_step_over_names_that_are_taken_anywhere() -> None:
    assert unique_labels(["a", "a", "a"]) == ["a", "a (1)", "a (2)"]
    assert unique_labels(["a", "a (1)", "a"]) == ["a", "a (1)", "a (2)"]
    assert unique_labels(["a (1)", "a", "a", "a (1)"]) == ["a (1)", "a", "a (2)", "a (1) (1)"]
    assert unique_labels(["a", "a", "a"], first=2) == ["a", "a (2)", "a (3)"]
    assert unique_labels(["", "", ""]) == ["", " (1)", " (2)"]


@pytest.mark.parametrize(
    "kind",
    [
        pa.sparse_union([pa.field("a", pa.int8())]),
        pa.dense_union([pa.field("a", pa.int8())]),
        pa.list_view(pa.sparse_union([pa.field("a", pa.int8())])),
        pa.dictionary(pa.int8(), pa.list_(pa.int8())),
        pa.struct([pa.field("a", pa.int8()), pa.field("a", pa.int8())]),
    ],
    ids=str,
)
def test_types_that_are_not_safe_or_not_pandas_are_refused_with_their_column(kind: Any) -> None:
    schema = pa.schema([pa.field("fine", pa.int8()), pa.field("odd one", kind)])

    with pytest.raises(DatasetError, match="has a column 'odd one' of type"):
        require_allowed_types(schema, asked("arrow"))


def test_a_pipe_that_takes_little_at_a_time_gets_everything() -> None:
    slow = Pipe(at_once=3)

    assert Sink(slow).write(b"0123456789") == 10  # type: ignore[arg-type]
    assert bytes(slow.taken) == b"0123456789"


def test_encode_leaves_the_sink_open() -> None:
    for name in FAITHFUL:
        sink = io.BytesIO()
        codecs.encode(TABLE, sink, AskedResults(name, write_options(FORMATS[name], {})), "results")
        assert not sink.closed
