"""Reading text: rows of the table "text formats, types" and what goes wrong in real files."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest

from blobprep.errors import DatasetError, InvalidOption
from tests.tables.test_codecs import asked, decoded, headed, input_file

UTC = datetime.UTC


def column(cells: list[str], **options: str) -> tuple[str, list[Any], list[Any]]:
    """Read one column beside another, and return its type, its values and the ledger."""
    data = "x,beside\n" + "".join(f"{cell},1\n" for cell in cells)
    table, ledger = decoded(data.encode(), **options)
    return str(table.schema.field("x").type), table["x"].to_pylist(), ledger


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", "0"], "int64", [1, -2, 0]),
        (["9223372036854775807", "-9223372036854775808"], "int64", [2**63 - 1, -(2**63)]),
        (["1", "", "?", "4"], "int64", [1, None, None, 4]),
        (['"1"', '""', '"?"'], "int64", [1, None, None]),
        ([" 1", "2 ", " ? ", "  "], "int64", [1, 2, None, None]),
        (["1.5", "2", "-.5", "1.", "1e3", "0.5"], "double", [1.5, 2.0, -0.5, 1.0, 1000.0, 0.5]),
        (["1", "inf", "-Infinity", "INF"], "double", [1.0, math.inf, -math.inf, math.inf]),
        (["true", "FALSE", "True", " false", "?"], "bool", [True, False, True, False, None]),
        (["a", "?", " x "], "string", ["a", None, " x "]),
        (["", "?", ""], "double", [None, None, None]),
        (["0", "-0", "10"], "int64", [0, 0, 10]),
    ],
)
def test_a_column_is_what_all_its_cells_are(cells: list[str], kind: str, values: list[Any]) -> None:
    assert column(cells) == (kind, values, [])


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "x"],
        ["0", "1", "true"],
        ["yes", "no"],
        ["NaN", "inf"],
        ["nan(1)", "1.5"],
        ["0x10", "1"],
        ["0x10", "0x11"],
        ["1_000"],
        ["1d5"],
        ["2024-05-30"],
        ["10:30"],
        ["None", "1"],
        ["NULL", "NA"],
        ["١", "٢"],
    ],
)
def test_everything_else_is_text_as_it_stands(cells: list[str]) -> None:
    kind, values, _ = column(cells)

    assert (kind, values) == ("string", cells)


def test_zero_and_one_are_integers_and_never_booleans() -> None:
    assert column(["0", "1", "1"]) == ("int64", [0, 1, 1], [])


def test_nan_is_a_number_among_numbers() -> None:
    kind, values, ledger = column(["NaN", "1.5", "nan"])

    assert kind == "double"
    assert math.isnan(values[0])
    assert ledger == []


@pytest.mark.parametrize("cell", ["007", "-01", "00.5", "00", "+1", " 007", "+49170", "01e5"])
def test_a_column_with_a_leading_zero_or_plus_stays_text_and_says_so(cell: str) -> None:
    kind, values, ledger = column(["1", cell])

    assert (kind, values) == ("string", ["1", cell])
    assert [(entry.kind, entry.column, entry.lossy) for entry in ledger] == [("type", "x", False)]
    assert ledger[0].remedy == "--read1 leading_zeros=number"


def test_leading_zeros_become_numbers_on_demand() -> None:
    assert column(["007", "-01", "+8"], leading_zeros="number") == ("int64", [7, -1, 8], [])
    assert column(["00.5", "+1.5"], leading_zeros="number") == ("double", [0.5, 1.5], [])
    assert column(["0x10", "1"], leading_zeros="number")[0] == "string"


@pytest.mark.parametrize("cells", [["9223372036854775808", "1"], ["1.5", "-9223372036854775809"], ["9" * 400, "1"]])
def test_an_integer_beyond_64_bits_keeps_its_column_text(cells: list[str]) -> None:
    kind, values, ledger = column(cells)

    assert (kind, values) == ("string", cells)
    assert len(ledger) == 1
    assert not ledger[0].lossy


@pytest.mark.parametrize("cells", [["9007199254740993", "1.5"], ["9223372036854775807", "1.5"]])
def test_an_integer_that_a_double_cannot_hold_is_a_loss(cells: list[str]) -> None:
    kind, _, ledger = column(cells)

    assert kind == "double"
    assert [(entry.lossy, entry.remedy) for entry in ledger] == [(True, "--read1 types=text")]


@pytest.mark.parametrize(
    ("cell", "lossy"),
    [
        ("0.1234567890123456789", True),
        ("-1234567890.12345678901", True),
        ("-0.12345678901234567", False),
        ("1.2345678901234567e-300", False),
        ("1.50000000000000000000000", False),
        ("0.00000000000000000000015", False),
        ("9007199254740992", False),
    ],
)
def test_more_digits_than_a_double_holds_are_a_loss(cell: str, lossy: bool) -> None:
    kind, _, ledger = column([cell, "0.5"])

    assert kind == "double"
    assert [entry.lossy for entry in ledger] == [True] * lossy


def test_a_few_words_among_numbers_are_named() -> None:
    kind, _, ledger = column(["1"] * 30 + ["NA", "NA"])

    assert kind == "string"
    assert "2 of 32 values are not numbers, the first in row 31: 'NA'" in ledger[0].detail
    assert ledger[0].remedy == "--read1 missing=NA"
    assert column(["1"] * 30 + ["NA"], missing="NA")[:2] == ("int64", [1] * 30 + [None])


def test_a_column_of_words_has_no_entry() -> None:
    assert column(["a", "b", "1"])[2] == []


def test_types_text_leaves_all_as_it_stands() -> None:
    assert column(["007", "1", "?"], types="text") == ("string", ["007", "1", None], [])


def test_the_missing_cell_can_be_another_or_none() -> None:
    assert column(["?", "a"], missing="") == ("string", ["?", "a"], [])
    assert column(["1", "NULL"], missing="NULL")[:2] == ("int64", [1, None])


def test_the_whole_column_decides() -> None:
    assert column(["1"] * 200_000 + ["x"])[0] == "string"
    assert column(["1"] * 200_000 + [" 1.5"])[0] == "double"
    assert column([""] * 200_000 + ["true"])[0] == "bool"


def test_a_header_alone_has_no_rows_and_text_columns() -> None:
    for data in (b"a,b", b"a,b\n", b"a,b\r\n"):
        table, ledger = decoded(data)

        assert (table.num_rows, table.column_names, [str(kind) for kind in table.schema.types]) == (
            0,
            ["a", "b"],
            ["string", "string"],
        )
        assert ledger == []


@pytest.mark.parametrize("data", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_blank_lines_are_no_dataset(data: bytes) -> None:
    with pytest.raises(DatasetError, match="is empty: it does not even have a header"):
        decoded(data)


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n3,4\r\n",
        b"a,b\r1,2\r3,4\r",
        b"a,b\n1,2\n3,4",
        b"\xef\xbb\xbfa,b\n1,2\n3,4\n",
        b'\xef\xbb\xbf"a","b"\n1,2\n3,4\n',
        b"\n\na,b\n1,2\n\n\n3,4\n\n",
    ],
)
def test_line_ends_marks_and_blank_lines_make_no_difference(data: bytes) -> None:
    assert decoded(data)[0].to_pydict() == {"a": [1, 3], "b": [2, 4]}


def test_quoted_cells_hold_delimiters_quotes_and_line_ends() -> None:
    table, _ = decoded(b'"a ""x""","b\nc"\n"1,2","say ""no"""\n"two\r\nlines",\n')

    assert table.to_pydict() == {'a "x"': ["1,2", "two\r\nlines"], "b\nc": ['say "no"', None]}


def test_a_label_that_looks_missing_stays_or_gets_a_number() -> None:
    table, ledger = decoded(b"a,,?\n1,2,3\n")

    assert table.column_names == ["a", "Col2", "?"]
    assert [(entry.kind, entry.column) for entry in ledger] == [("rename", "Col2")]


def test_duplicate_labels_are_numbered() -> None:
    table, ledger = decoded(b"a,b,a,a\n1,2,3,4\n")

    assert table.to_pydict() == {"a": [1], "b": [2], "a (1)": [3], "a (2)": [4]}
    assert [entry.kind for entry in ledger] == ["rename", "rename"]


def test_without_a_header_columns_are_numbered() -> None:
    assert decoded(b"1,2\n3,4\n", header="false")[0].to_pydict() == {"Col1": [1, 3], "Col2": [2, 4]}
    assert decoded(b"1", header="false")[0].to_pydict() == {"Col1": [1]}


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (b"a,b\n1,2\n3\n", {}, "has 1 cell in row 2, but the header has 2"),
        (b"a,b\n\n1,2\n\n3,4,5\n", {}, "has 3 cells in row 2, but the header has 2"),
        (b"1,2\n3\n", {"header": "false"}, "has 1 cell in row 2, but the first row has 2"),
        (b"a,b\n" + b"1,2\n" * 200_000 + b"1\n", {}, "in row 200001, "),
    ],
)
def test_a_ragged_row_is_named(data: bytes, options: dict[str, str], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        decoded(data, **options)


@pytest.mark.parametrize("data", [b'a,b\n1,"x', b'a,b\n1,2\n1,"x\ny\n', b'a\n"', b'a,b\n5" pipe,";', b'a\n1"\n"x\n\n'])
def test_a_quote_that_is_never_closed_is_refused(data: bytes) -> None:
    with pytest.raises(DatasetError, match="quote"):
        decoded(data)


def test_quotes_within_a_cell_are_characters() -> None:
    assert decoded(b'a,b\n1,5" pipe\n')[0].to_pydict() == {"a": [1], "b": ['5" pipe']}


def test_bytes_of_another_encoding_are_named_with_line_and_remedy() -> None:
    data = "name,city\nx,y\nz,Malmö\n".encode("latin-1")

    with pytest.raises(DatasetError, match="is not utf-8 text: line 3 has the byte 0xF6") as caught:
        decoded(data)

    assert "--read1 encoding=cp1252" in caught.value.remedy
    assert decoded(data, encoding="latin-1")[0]["city"].to_pylist() == ["y", "Malmö"]


def test_remedies_name_the_option_of_their_port() -> None:
    from blobprep.tables import codecs

    data = b"a\n\xff\n"
    with pytest.raises(DatasetError) as caught:
        codecs.decode(input_file(data), asked("csv", len(data), port="dataset2"))

    assert "--read2 encoding=cp1252" in caught.value.remedy


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "UTF8"])
def test_any_encoding_of_python_can_be_named(encoding: str) -> None:
    data = "näme;b\nÅsa;1\n".encode(encoding)

    assert decoded(data, encoding=encoding, delimiter=";")[0].to_pydict() == {"näme": ["Åsa"], "b": [1]}


def test_characters_may_straddle_the_pieces_a_file_is_read_in() -> None:
    text = "a\n" + "x€ö" * 3_000_000 + "\n"

    assert decoded(text.encode("utf-16"), encoding="utf-16")[0]["a"].to_pylist() == [text[2:-1]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    assert decoded("näme,b\nÅsa,1\n".encode(encoding))[0].to_pydict() == {"näme": ["Åsa"], "b": [1]}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognized_and_named(encoding: str) -> None:
    data = "a,b\n1,2\n".encode(encoding)

    with pytest.raises(DatasetError, match="is UTF-16") as caught:
        decoded(data)

    assert caught.value.remedy == f"--read1 encoding={encoding}"
    assert decoded(data, encoding=encoding)[0].to_pydict() == {"a": [1], "b": [2]}


def test_an_encoding_that_is_named_wins_over_a_mark() -> None:
    with pytest.raises(DatasetError, match="is UTF-16") as caught:
        decoded("a\n1\n".encode("utf-16"), encoding="utf-8")

    assert caught.value.remedy == "--read1 encoding=utf-16"
    assert decoded("ä\n1\n".encode("utf-8-sig"), encoding="cp1252")[0].column_names == ["ï»¿Ã¤"]


def test_the_wrong_encoding_is_refused() -> None:
    with pytest.raises(DatasetError, match="is not ascii text: line 2 has the byte 0xC3"):
        decoded("a\né\n".encode(), encoding="ascii")
    with pytest.raises(DatasetError, match="is not utf-16 text"):
        decoded(b"a,b\n1,2\n", encoding="utf-16")


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", ""])
def test_an_encoding_that_is_none_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidOption, match="is not a character encoding"):
        decoded(b"a\n1\n", encoding=encoding)


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "€", "\n"])
def test_a_delimiter_that_is_none_is_refused(delimiter: str) -> None:
    with pytest.raises(InvalidOption, match="cannot separate cells"):
        decoded(b"a\n1\n", delimiter=delimiter)


def test_tsv_and_other_delimiters() -> None:
    assert decoded(b"a\tb\n1\tx,y\n", "tsv")[0].to_pydict() == {"a": [1], "b": ["x,y"]}
    assert decoded(b"a|b\n1|2\n", delimiter="|")[0].to_pydict() == {"a": [1], "b": [2]}


def test_dates_are_read_where_asked_and_only_there() -> None:
    data = b"day,moment,text\n2024-05-30,2024-05-30T18:07:00.25,2024-05-30\n?, 2024-05-30 18:07 ,x\n"

    table, ledger = decoded(data, dates="day;moment")

    assert table["day"].to_pylist() == [datetime.datetime(2024, 5, 30), None]
    assert table["moment"].to_pylist() == [
        datetime.datetime(2024, 5, 30, 18, 7, 0, 250_000),
        datetime.datetime(2024, 5, 30, 18, 7),
    ]
    assert str(table.schema.field("text").type) == "string"
    assert ledger == []


def test_times_with_a_zone_become_utc() -> None:
    table, ledger = decoded(b"a,b\n2024-05-30T18:07:00+02:00,2024-05-30T18:07:00Z\n", dates="a;b")

    assert table["a"].to_pylist() == [datetime.datetime(2024, 5, 30, 16, 7, tzinfo=UTC)]
    assert table["b"].to_pylist() == [datetime.datetime(2024, 5, 30, 18, 7, tzinfo=UTC)]
    assert [(entry.kind, entry.column, entry.lossy) for entry in ledger] == [("zone", "a", True)]


def test_nanoseconds_are_kept() -> None:
    table, _ = decoded(b"a\n2024-05-30T18:07:00.123456789\n", dates="a")

    assert str(table.schema.field("a").type) == "timestamp[ns]"


@pytest.mark.parametrize(
    ("cells", "row", "value"),
    [
        (["2024-05-30", "30.5.2024"], 2, "30.5.2024"),
        (["x"], 1, "x"),
        (["2024-02-30"], 1, "2024-02-30"),
        (["2024-05-30T10:00Z", "2024-05-30T10:00"], 2, "2024-05-30T10:00"),
    ],
)
def test_a_value_that_is_no_date_is_named_with_row_and_column(cells: list[str], row: int, value: str) -> None:
    data = "when\n" + "\n".join(cells) + "\n"

    with pytest.raises(DatasetError, match=f"has '{value}' in row {row} of column 'when'"):
        decoded(data.encode(), dates="when")


def test_a_date_column_that_is_not_there_is_named() -> None:
    with pytest.raises(DatasetError, match="has no column 'when'") as caught:
        decoded(b"a,b\n1,2\n", dates="when")

    assert "'a', 'b'" in caught.value.remedy


def test_a_row_larger_than_a_block_is_read() -> None:
    long = "x" * 20_000_000

    assert decoded(f'a,b\n1,"{long}"\n2,y\n'.encode())[0]["b"].to_pylist() == [long, "y"]


def test_head_guesses_from_its_own_rows_and_stops_in_time() -> None:
    data = b"a,b\n" + b'1,"two\nlines"\n' * 100_000 + b"x,y,z\n"

    table, total = headed(data, 3)

    assert table.to_pydict() == {"a": [1, 1, 1], "b": ["two\nlines"] * 3}
    assert total is None


def test_head_takes_more_where_the_first_bytes_hold_too_few_rows() -> None:
    data = b"a,b\n" + b"".join(b'%d,"%s"\n' % (row, b"\n" * 100_000) for row in range(30))

    table, _ = headed(data, 8)

    assert table["a"].to_pylist() == list(range(8))


def test_head_of_a_bad_file_is_refused() -> None:
    with pytest.raises(DatasetError, match="row 2"):
        headed(b"a,b\n1,2\n3\n", 2)


def test_nanoseconds_beside_dates_that_they_do_not_reach_are_refused_with_their_column() -> None:
    with pytest.raises(DatasetError, match="has times in column 'a' that no unit holds") as caught:
        decoded(b"a\n9999-12-31\n2020-01-01T00:00:00.123456789\n", dates="a")

    assert caught.value.remedy == "leave the column out of --read1 dates="
