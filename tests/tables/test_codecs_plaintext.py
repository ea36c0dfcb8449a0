"""Plain text: lines in, lines out, and what is not plain text although its name says so."""

from __future__ import annotations

import os
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.tables import codecs
from tests.tables.test_codecs import Arriving, asked, decoded, encoded, headed, input_file
from tests.tables.test_csv_parts import joined


def lines(data: bytes, **options: str) -> list[str | None]:
    """Read the one column."""
    table, ledger = decoded(data, "plaintext", **options)
    assert ledger == []
    return list(table.column(0).to_pylist())


def found_by_name(data: bytes) -> pa.Table:
    """Read a blob of which only the name says that it is plain text."""
    source = input_file(data)
    try:
        return codecs.decode(source, replace(asked("plaintext", len(data)), found="name"))[0]
    finally:
        os.close(source.descriptor)


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\rc", ["a", "b", "c"]),
        (b"\n\na\n\n", ["", "", "a", ""]),
        (b"\r\r\n\n", ["", "", ""]),
        (b'"a,b\n?\n NA \n', ['"a,b', "?", " NA "]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        ("é\n".encode("utf-16"), ["é"]),
        ("a\u2028b\x0bc\x85\n".encode(), ["a\u2028b\x0bc\x85"]),
    ],
)
def test_each_line_is_a_row_as_it_stands(data: bytes, read: list[str]) -> None:
    assert lines(data) == read


def test_the_column_can_be_called_otherwise() -> None:
    assert decoded(b"a\n", "plaintext")[0].column_names == ["Col1"]
    assert decoded(b"a\n", "plaintext", column="line")[0].column_names == ["line"]


def test_a_last_line_end_is_one_more_row_where_asked() -> None:
    assert lines(b"a\nb\n", trailing_newline="row") == ["a", "b", None]
    assert lines(b"a\nb", trailing_newline="row") == ["a", "b"]


def test_line_ends_and_characters_may_straddle_the_pieces_a_file_is_read_in() -> None:
    row = "x€" * 2_000_000 + "\r\n"

    for shift in range(4):
        assert lines(("y" * shift + "\r\n" + row * 2).encode()) == ["y" * shift, row[:-2], row[:-2]]


def test_a_line_end_may_be_cut_in_two() -> None:
    step = 4 << 20

    assert lines(b"x" * (step - 1) + b"\r\ny\r\n") == ["x" * (step - 1), "y"]
    assert lines(b"x" * (step - 1) + b"\r") == ["x" * (step - 1)]


def test_blobs_follow_one_another() -> None:
    table, _ = joined(b"a\nb", b"\nc\n", name="plaintext")

    assert table["Col1"].to_pylist() == ["a", "b", "", "c"]


def test_bytes_of_another_encoding_are_named_with_their_line() -> None:
    with pytest.raises(DatasetError, match="is not utf-8 text: line 2 has the byte 0xF6") as caught:
        lines("a\nMalmö\n".encode("cp1252"))

    assert "--read1 encoding=cp1252" in caught.value.remedy
    assert lines("a\nMalmö\n".encode("cp1252"), encoding="cp1252") == ["a", "Malmö"]


def test_head_gives_the_first_lines_and_touches_no_more() -> None:
    arriving = Arriving(b"line\n" * 1_000_000)

    table, total = codecs.head(arriving.source, asked("plaintext", 5_000_000), 3)

    assert (table["Col1"].to_pylist(), total) == (["line"] * 3, None)
    assert arriving.touched < 500_000
    assert headed(b"a\nb\n", 5, "plaintext")[1] == 2


@given(st.lists(st.text('aé€, "\t\ufeff\u2028\x0b\x85', max_size=5), min_size=1, max_size=5))
def test_lines_come_back_as_they_were_but_for_marks_before_them(written: list[str]) -> None:
    data, ledger = encoded(pa.table({"Col1": written}), "plaintext")

    assert decoded(data, "plaintext")[0]["Col1"].to_pylist() == [line.lstrip("\ufeff") for line in written]
    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [
        ("text", True, count) for count in [sum(line.startswith("\ufeff") for line in written)] if count
    ]


def test_missing_values_become_blank_lines_and_the_ledger_says_so() -> None:
    data, ledger = encoded(pa.table({"a": pa.array(["x", None, None])}), "plaintext")

    assert data == b"x\n\n\n"
    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [("missing", True, 2)]


def test_many_lines_are_written_in_order() -> None:
    written = [f"line {number}" for number in range(200_000)]

    assert lines(encoded(pa.table({"a": written}), "plaintext")[0]) == written
    assert encoded(pa.table({"a": pa.array([], pa.string())}), "plaintext")[0] == b""


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pa.table({"a": ["x"], "b": ["y"]}), "has one column, but the results have 2"),
        (pa.table({"a": ["x"]}).select([]), "has one column, but the results have 0"),
        (pa.table({"a": [1]}), "has one column of text, but 'a' is int64"),
    ],
)
def test_other_tables_are_refused_with_a_format_that_fits(table: pa.Table, words: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        encoded(table, "plaintext")

    assert "--format csv" in caught.value.remedy


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_line_end_in_a_cell_is_refused_with_its_row(end: str) -> None:
    cells = ["x"] * 70_000 + [f"a{end}b"]

    with pytest.raises(DatasetError, match="the line end in row 70001 of column 'a'"):
        encoded(pa.table({"a": cells}), "plaintext")


@pytest.mark.parametrize(
    ("data", "words", "remedy"),
    [
        (b"a\tb\n1\t2\n3\t4\n", "its first 3 lines have 1 tab each", "--read1 format=tsv"),
        (
            b"a;b;c\n1;2,5;3\n3;4;5\n" * 9,
            "its first 27 lines have 2 semicolons each",
            '--read1 "format=csv,delimiter=;"',
        ),
        (b"a,b\r\n1,2\r\n3,4\r\n5", "its first 3 lines have 1 comma each", "--read1 format=csv"),
        ("a,b\n1,2\n3,4\n".encode("utf-16"), "its first 3 lines have 1 comma each", "--read1 format=plaintext"),
    ],
)
def test_columns_in_a_blob_called_txt_are_refused(data: bytes, words: str, remedy: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        found_by_name(data)

    assert remedy in caught.value.remedy
    assert decoded(data, "plaintext")[0].num_rows >= 3


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"a,b\n1,2\n3\n", b"Well, then\nwe go\non, and on\n", b"a\nb\nc\n"])
def test_prose_in_a_blob_called_txt_is_read(data: bytes) -> None:
    assert found_by_name(data)["Col1"].to_pylist() == data.decode().splitlines()


@given(
    data=st.one_of(st.binary(min_size=1, max_size=40), st.text("a,;\t\r\n\ufeff", min_size=1).map(str.encode)),
    encoding=st.sampled_from(["auto", "utf-8", "utf-16", "utf-7", "cp1252", "gb18030", "jis"]),
    trailing_newline=st.sampled_from(["ignore", "row"]),
)
def test_any_bytes_are_lines_or_refused_by_name(data: bytes, encoding: str, trailing_newline: str) -> None:
    refusal = ""
    try:
        table, _ = joined(data, name="plaintext", encoding=encoding, trailing_newline=trailing_newline)
    except DatasetError as error:
        refusal = error.message
    else:
        table.validate(full=True)
        assert not any(end in line for line in table["Col1"].drop_null().to_pylist() for end in "\r\n")

    assert not refusal or refusal.startswith("az://raw/1 ")
