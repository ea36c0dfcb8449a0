"""Text parsed in blocks on all cores has the rows of the whole text, or is left to the streaming reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.tables.codecs.csv.blocks import BlockParser, Unsuitable
from blobprep.tables.codecs.text.characters import Characters
from tests.tables.test_codecs import decoded

PIECES = [
    "a",
    "1",
    "é",
    " ",
    "?",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    '"',
    '""',
    '"b\nc"',
    '"d, e"',
    "x,y\n",
    "\ufeff",
    "\0",
]
LINE = b"1,2.5,some words\n"
MANY = 700_000  # rows of 12 MB, three times what is parsed at a time


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def converting(checked: bool = True) -> Any:
    return pyarrow.csv.ConvertOptions(
        default_column_type=pa.string(), check_utf8=checked, null_values=["", "?"], strings_can_be_null=True
    )


PARSING = pyarrow.csv.ParseOptions(newlines_in_values=True)


def opened(data: bytes) -> Characters:
    return Characters(io.BytesIO(data), "utf-8")


def in_blocks(data: bytes, size: int, pool: ThreadPoolExecutor) -> list[dict[str, str | None]] | None:
    parser = BlockParser(pool, PARSING, converting, size)
    try:
        return pa.Table.from_batches(parser.batches(opened(data), 0)).to_pylist()
    except Unsuitable:
        return None


def at_once(data: bytes) -> list[dict[str, str | None]] | None:
    reading = pyarrow.csv.ReadOptions(autogenerate_column_names=True, use_threads=False)
    text = pa.BufferReader(opened(data).read(len(data) + 1))
    try:
        return pyarrow.csv.read_csv(text, reading, PARSING, converting()).to_pylist()
    except pa.ArrowInvalid:
        return None


@example(text=b"x,y\na\r", invalid=b"", size=6)
@example(text=b"x,y\na,b\r", invalid=b"", size=6)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(str.encode),
    invalid=st.sampled_from([b"", b"", b"\xff", b"\xc3"]),
    size=st.integers(1, 30),
)
def test_blocks_have_the_rows_of_the_whole_text_or_none(
    text: bytes, invalid: bytes, size: int, pool: ThreadPoolExecutor
) -> None:
    rows = in_blocks(text + invalid, size, pool)

    if rows is not None:
        assert rows == at_once(text + invalid)


@given(
    rows=st.lists(
        st.tuples(*2 * [st.sampled_from(["", "a", "é", "?", '"b, c"', '"""d"""', 'e"f', '"g\nh"'])]), min_size=1
    ),
    size=st.integers(40, 200),
)
def test_text_without_line_ends_in_quotes_is_parsed_in_blocks(
    rows: list[tuple[str, str]], size: int, pool: ThreadPoolExecutor
) -> None:
    text = "".join(f"x{first},{second}\n" for first, second in rows).replace("g\nh", "g h").encode()

    assert in_blocks(text, size, pool) == at_once(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a,b\n",
        b'a,"b\nc"\n' * 20,
        b'a,b\nc,"d\n' + b"e,f\n" * 20,
        b"a,b\n" * 20 + b"c\n",
        b"a,b\r" * 20,
        b"a,b\n" * 20 + b"c,\0\n",
        b"a,b\n" * 20 + b"\xef\xbb\xbfc,d\n",
        b"a,b\n" * 20 + b"c,\xff\n",
    ],
)
def test_what_is_odd_is_left_to_the_streaming_reader(text: bytes, pool: ThreadPoolExecutor) -> None:
    assert in_blocks(text, 16, pool) is None or text == b"a,b\n"


@pytest.mark.parametrize(
    ("late", "cells", "changes"),
    [
        (b'8,9,"two\nlines"\n', [8, 9.0, "two\nlines"], []),
        (b'8,9,"ends with one\n"\n', [8, 9.0, "ends with one\n"], []),
        (b"\xef\xbb\xbf8,9,x\n", [8, 9.0, "x"], ["dropped"]),
        ("8,9,é\n".encode(), [8, 9.0, "é"], []),
        (b"\n\r\n8,9,x\n", [8, 9.0, "x"], []),
    ],
)
def test_what_is_odd_late_in_a_text_is_read_and_nothing_twice(
    late: bytes, cells: list[Any], changes: list[str]
) -> None:
    table, ledger = decoded(b"a,b,c\n" + LINE * MANY + late + LINE)

    assert table.num_rows == MANY + 2
    assert list(table.slice(MANY, 1).to_pylist()[0].values()) == cells
    assert list(table.slice(MANY + 1).to_pylist()[0].values()) == [1, 2.5, "some words"]
    assert [entry.kind for entry in ledger] == changes


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r", b"\n\r", b"\r\r"])
@pytest.mark.parametrize("rows", [0, 1, MANY])
def test_the_last_row_is_read_however_its_line_ends(rows: int, end: bytes) -> None:
    table, ledger = decoded(b"a,b,c\n" + LINE * rows + b"8,9,x" + end)

    assert table.num_rows == rows + 1
    assert list(table.slice(rows).to_pylist()[0].values()) == [8, 9, "x"]
    assert ledger == []


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (b"1,2\n", f"has 2 cells in row {MANY + 1}, but the header has 3"),
        (b"1,2,\xff\n", f"line {MANY + 2} has the byte 0xFF"),
        (b"1,2,\0\n", f"NUL bytes in row {MANY + 1}, column 'c'"),
        (b'1,2,"x\n', f"opens a quote in row {MANY + 1} and never closes it"),
    ],
)
def test_an_error_late_in_a_text_has_its_place(late: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        decoded(b"a,b,c\n" + LINE * MANY + late + LINE)
