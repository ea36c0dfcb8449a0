"""Several blobs as one text dataset, and the options that say how cells are read."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.formats import encoding_named
from blobprep.protocol import AskedPart, Translation
from blobprep.tables import codecs
from tests.tables.test_codecs import asked, decoded, headed, input_file


def joined(*blobs: bytes, name: str = "csv", **options: str) -> tuple[pa.Table, list[Translation]]:
    """Decode blobs `az://raw/1`, `az://raw/2` and so on as one dataset."""
    whole = b"".join(blobs)
    parts, offset = [], 0
    for number, blob in enumerate(blobs, 1):
        parts.append(AskedPart(f"az://raw/{number}", offset, len(blob)))
        offset += len(blob)
    source = input_file(whole)
    try:
        dataset = replace(asked(name, len(whole), **options), reference="az://raw/*", parts=tuple(parts))
        return codecs.decode(source, dataset)[:2]
    finally:
        os.close(source.descriptor)


def test_blobs_are_joined_in_their_order_whatever_order_their_columns_have() -> None:
    table, ledger = joined(b"a,b\n1,x\n2,y\n", b"b,a\nz,3\n", b"a,b\n")

    assert table.to_pydict() == {"a": [1, 2, 3], "b": ["x", "y", "z"]}
    assert ledger == []


@pytest.mark.parametrize(
    ("cells", "kind"), [(["1", "2.5"], "double"), (["1", "x"], "string"), (["", "7"], "int64"), (["1", "02"], "string")]
)
def test_types_are_those_of_all_blobs_together(cells: list[str], kind: str) -> None:
    table, _ = joined(*(f"a,b\n{cell},1\n".encode() for cell in cells))

    assert str(table.schema.field("a").type) == kind
    assert table["b"].to_pylist() == [1, 1]


def test_a_column_that_turns_out_differently_is_found_again_in_blobs_of_another_order() -> None:
    table, ledger = joined(b"a,b\n1,x\n", b"b,a\ny,007\n", trailing_newline="row")

    assert table.to_pydict() == {"a": ["1", None, "007", None], "b": ["x", None, "y", None]}
    assert [entry.example for entry in ledger] == ["007"]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (b"a\n1\n", "az://raw/2 has no column 'b', which az://raw/1 has"),
        (b"a,c,b\n1,2,3\n", "az://raw/2 has a column 'c', which az://raw/1 does not have"),
        (b"a,B\n1,2\n", "az://raw/2 has no column 'b', which az://raw/1 has"),
    ],
)
def test_the_first_blob_and_column_that_differ_are_named(second: bytes, words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        joined(b"a,b\n1,2\n", second, b"x\n1\n")

    assert caught.value.message == words


def test_without_a_header_blobs_need_as_many_columns() -> None:
    assert joined(b"1,x\n", b"2,y\n", header="false")[0].to_pydict() == {"Col1": [1, 2], "Col2": ["x", "y"]}
    with pytest.raises(DatasetError, match="az://raw/2 has 1 column, but az://raw/1 has 2"):
        joined(b"1,x\n", b"2\n", header="false")


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (b"", "az://raw/2 is empty"),
        (b"a,b\n1,2\n3\n", "az://raw/2 has 1 cell in row 2, "),
        (b"a,b\n1,\xff\n", "az://raw/2 is not utf-8 text: line 2 has the byte 0xFF"),
        (b'a,b\n1,"x', "az://raw/2 opens a quote in row 1 "),
        (b"PAR1", "az://raw/2 is a Parquet file, not csv"),
    ],
)
def test_what_is_wrong_is_said_of_the_blob_it_is_in(second: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        joined(b"a,b\n1,2\n", second)


def test_a_value_that_is_no_date_is_found_in_its_blob() -> None:
    with pytest.raises(DatasetError, match="az://raw/2 has 'x' in row 2 of column 'a'"):
        joined(b"a\n2024-05-30\n", b"a\n2024-05-31\nx\n", b"a\n2024-06-01\n", dates="a")


def test_each_blob_may_have_its_own_encoding_and_last_line_end() -> None:
    table, _ = joined("ä\nå".encode("utf-16"), "ä\nö\n".encode(), b"\xef\xbb\xbf\xc3\xa4\r\nx")

    assert table.to_pydict() == {"ä": ["å", "ö", "x"]}


def test_a_header_that_is_read_twice_does_not_disturb_the_rows_that_arrive_meanwhile() -> None:
    rows = [f"{number},x,{'y' * 400}" for number in range(200_000)]  # more than is read in advance

    table, _ = decoded(("a,,?\n" + "\n".join(rows)).encode())

    assert table.column_names == ["a", "Col2", "?"]
    assert table["a"].to_pylist() == list(range(200_000))


def test_columns_that_are_to_stay_text_do() -> None:
    table, ledger = decoded(b"a,b,c\n1,2,2024-05-30\n", text="a; c", dates="c")

    assert table.to_pydict() == {"a": ["1"], "b": [2], "c": [datetime.datetime(2024, 5, 30)]}
    assert ledger == []
    with pytest.raises(DatasetError, match="has no column 'x', which the option text names"):
        decoded(b"a\n1\n", text="a;x")


@pytest.mark.parametrize(
    ("data", "cells"), [(b"a\n1\n", [1, None]), (b"a\r\n1\r\n", [1, None]), (b"a\n1", [1]), (b"a\n", [None])]
)
def test_a_last_line_end_is_one_more_row_where_asked(data: bytes, cells: list[Any]) -> None:
    assert decoded(data, trailing_newline="row")[0]["a"].to_pylist() == cells
    assert decoded(data)[0]["a"].to_pylist() == [cell for cell in cells if cell is not None]
    assert headed(data, 5, trailing_newline="row")[0]["a"].to_pylist() == cells


def test_times_that_moved_are_counted() -> None:
    data = b"a\n2024-05-30T18:07:00+02:00\n2024-05-30T18:07:00Z\n2024-05-30T18:07:00-05:00\n"

    (entry,) = decoded(data, dates="a")[1]

    assert (entry.kind, entry.count, entry.example) == ("zone", 2, "2024-05-30T18:07:00+02:00")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Unicode", "é,ш\n1,漢\n"),
        ("UTF-7", "é,ш\n1,漢\n"),
        ("UTF-32", "é,ш\n1,漢\n"),
        ("Big5", "漢,b\n1,字\n"),
        ("GB2312", "汉,b\n1,字\n"),
        ("GB18030", "汉,é\n1,字\n"),
        ("Mac-Simplified", "汉,b\n1,字\n"),
        ("ISO-2022", "漢,b\n1,字\n"),
        ("JIS", "漢,b\n1,字\n"),
        ("Korean (ISO)", "한,b\n1,글\n"),
        ("Korean (Mac)", "한,b\n1,글\n"),
        ("Western European (Windows)", "é,€\n1,ü\n"),
        ("Western European (ISO)", "é,b\n1,ü\n"),
        ("Hebrew (ISO-Visual)", "א,b\n1,ב\n"),
        ("US-ASCII", "a,b\n1,x\n"),
    ],
)
def test_what_import_data_could_read_is_read(name: str, text: str) -> None:
    labels, cells = (line.split(",") for line in text.split())

    table, _ = decoded(text.encode(encoding_named(name)), encoding=name)

    assert (table.column_names, table.column(1).to_pylist()) == (labels, [cells[1]])


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "header": st.sampled_from(["true", "false"]),
        "encoding": st.sampled_from(["auto", "utf-8", "utf-16", "utf-16-le", "utf-7", "cp1252", "gb18030", "jis"]),
        "types": st.sampled_from(["guess", "text"]),
        "missing": st.sampled_from(["", "?", "a", ","]),
        "leading_zeros": st.sampled_from(["text", "number"]),
        "trailing_newline": st.sampled_from(["ignore", "row"]),
        "dates": st.sampled_from(["", "Col1", "a"]),
        "text": st.sampled_from(["", "Col1", "a"]),
        "delimiter": st.sampled_from([",", ";", "tab", "0", "a", "'", " ", "-"]),
        "skip_lines": st.sampled_from(["0", "1", "2"]),
        "unlabeled": st.sampled_from(["error", "first", "last"]),
        "ragged": st.sampled_from(["error", "drop"]),
        "nul_bytes": st.sampled_from(["error", "missing", "drop"]),
    },
)
PIECES = st.sampled_from(
    (
        b'a|a,b\n|1|0|007|-|+|.5|e9|,|;|\t|"|""|\n|\r|\r\n|sep=;\n|2024-05-30|nan|inf|true|?| |\0'
        b"|\xff|\xfe|\xc3|\xa4|\xef\xbb\xbf"
    ).split(b"|")
)


@given(
    blobs=st.lists(
        st.one_of(st.binary(max_size=40), st.lists(PIECES, max_size=25).map(b"".join)), min_size=1, max_size=2
    ),
    options=OPTIONS,
)
def test_any_bytes_are_read_or_refused_by_name(blobs: list[bytes], options: dict[str, str]) -> None:
    refusal = ""
    try:
        table, _ = joined(*blobs, **options)
    except DatasetError as error:
        refusal = error.message
    else:
        table.validate(full=True)
        assert len(set(table.column_names)) == table.num_columns

    assert not refusal or refusal.startswith(("az://raw/1 ", "az://raw/2 "))
