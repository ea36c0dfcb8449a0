"""Headers of another width than the rows, lines above them, and rows that differ: read and told, or a way out."""

from __future__ import annotations

import shlex

import pytest

from blobprep.errors import DatasetError, InvalidOption
from blobprep.formats import parse_options
from tests.tables.test_codecs import decoded, headed
from tests.tables.test_csv_parts import joined
from tests.tables.test_detection_agreement import WAY


def offers(error: DatasetError) -> list[dict[str, str]]:
    """Return the options that an error offers."""
    return [parse_options(*shlex.split(way)) for way in WAY.findall(error.remedy)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1,2,\n3,4,\n", "Every row ends with an empty cell that the header does not have; it was dropped."),
        (b"a,b\n1,2,,\n3,4,,\n", "Every row ends with 2 empty cells that the header does not have; they were dropped."),
        (b'"a",b\r\n1,2, \r\n3,4,""\r\n', "Every row ends with an empty cell"),
        (b"a,b,\n1,2\n3,4\n", "The header ends with an empty cell that no row has; it was dropped."),
        (b'a,b,"",\n1,2\n3,4\n', "The header ends with 2 empty cells that no row has; they were dropped."),
        (b"\n\na,b\n1,2,\n3,4,", "Every row ends with an empty cell"),
    ],
)
def test_rows_that_all_differ_by_empty_cells_are_read(data: bytes, words: str) -> None:
    table, (entry,) = decoded(data)

    assert table.to_pydict() == headed(data, 9)[0].to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert (entry.kind, entry.lossy, entry.detail[: len(words)]) == ("dropped", False, words)


def test_wide_headers_and_many_rows_are_read_too() -> None:
    row = ",".join(map(str, range(900)))
    data = f"{row.replace(',', ',c')}\n".encode() + f"{row},\n".encode() * 150

    table, ledger = decoded(data)

    assert (table.num_columns, table.num_rows, len(ledger)) == (900, 150, 1)
    assert headed(data, 2)[0].num_columns == 900


def test_blobs_may_differ_in_the_delimiters_at_their_ends() -> None:
    table, ledger = joined(b"a,b\n1,2,\n", b"b,a,\n4,3\n", b"a,b\n007,6,\n")

    assert table.to_pydict() == {"a": ["1", "3", "007"], "b": [2, 4, 6]}
    assert [entry.kind for entry in ledger] == ["dropped", "dropped", "type"]


def test_a_cell_after_the_header_with_something_in_it_is_never_dropped() -> None:
    data = b"a,b\n" + b"1,2,\n" * 300 + b"1,2,x\n"

    with pytest.raises(DatasetError, match="has 'x' in row 301 after the last column of the header") as caught:
        decoded(data)

    assert offers(caught.value) == [{"unlabeled": "last"}]
    assert decoded(data, unlabeled="last")[0]["Col3"].to_pylist()[-2:] == [None, "x"]


def test_names_of_rows_without_a_label_are_read_where_asked() -> None:
    data = b'"a","b"\n"r1",1,2\n"r2",3,4\n'

    with pytest.raises(DatasetError, match="has 3 cells in every row, 1 more than the header, which has 2"):
        decoded(data)
    assert decoded(data, unlabeled="first")[0].to_pydict() == {"Col1": ["r1", "r2"], "a": [1, 3], "b": [2, 4]}
    assert decoded(data, unlabeled="last")[0].to_pydict() == {"a": ["r1", "r2"], "b": [1, 3], "Col3": [2, 4]}
    assert [entry.kind for entry in decoded(data, unlabeled="first")[1]] == ["rename"]
    assert headed(data, 1, unlabeled="first")[0].column_names == ["Col1", "a", "b"]
    with pytest.raises(DatasetError, match="in each of its first 100 rows, 1 more"):
        decoded(data + data[8:] * 100)


def test_lines_above_the_header_are_skipped_where_asked() -> None:
    data = b"Report\n\nof May\na,b\n1,2\n3,4\n"

    assert decoded(data, skip_lines="3")[0].to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert decoded(b"sep=;\nReport\na;b\n1;2\n", skip_lines="2")[0].to_pydict() == {"a": [1], "b": [2]}
    assert decoded(b"Report\nsep=;\na;b\n1;2\n", skip_lines="1")[0].to_pydict() == {"a": [1], "b": [2]}
    assert decoded(b"x\n" * 100_000 + b"a\n1\n", skip_lines="100000")[0].to_pydict() == {"a": [1]}
    many = b"x\n" * 200_000 + b"a,b\n" + b"1,2\n" * 200_000
    assert headed(many, 1, skip_lines="200000")[0].to_pydict() == {"a": [1], "b": [2]}
    with pytest.raises(DatasetError, match="has 6 lines, but the option skip_lines skips 7"):
        decoded(data, skip_lines="7")
    with pytest.raises(InvalidOption, match="skip_lines=x is not a number of lines"):
        decoded(data, skip_lines="x")


def test_rows_of_another_width_are_left_out_where_asked_and_told() -> None:
    data = b"a,b\n" + b"1,2\n" * 10 + b"Summe,1,2\n" + b"3,4\n" + b"footnote\n"

    table, (entry,) = decoded(data, ragged="drop")

    assert table["a"].to_pylist() == [*[1] * 10, 3]
    assert (entry.lossy, entry.count, entry.example) == (True, 2, "Summe,1,2")
    assert "the first is row 11" in entry.detail
    with pytest.raises(DatasetError, match="has 0 rows with as many cells as the header, but 2 rows with more"):
        decoded(b"Report\n1,2\n3,4\n", ragged="drop")
    with pytest.raises(DatasetError, match="is not utf-8 text: line 3 has the byte 0xFF"):
        decoded(b"a,b\n1,2\n\xff\n", ragged="drop")


def test_quotes_behind_a_blank_are_told() -> None:
    table, (entry,) = decoded(b'a, "b"\n1, "x"\n')

    assert table.to_pydict() == {"a": [1], ' "b"': [' "x"']}
    assert (entry.kind, entry.lossy) == ("text", False)


@pytest.mark.parametrize(
    ("data", "options", "offered"),
    [
        (b"a,b\n1,2\n3,4,x\n5,6\n", {}, [{"ragged": "drop"}]),
        (b"a,b\n1,2\n3,4\nSumme\n", {}, [{"ragged": "drop"}]),
        (b"a,b\n1,2,\n3,4,\nSumme,1\n5,6,\n", {}, []),
        (b"a;b;c\n1;2,5;3\n4;5;6\n", {}, [{"delimiter": ";"}]),
        (b"a,b,c\n1,2;5,3\n4,5,6\n", {"delimiter": ";"}, [{"delimiter": ","}]),
        (b"a\tb\n1\t2,5\n4\t5\n", {}, [{"delimiter": "tab"}]),
        (b"Report\na,b,c\nx,1,2\ny,3,4\n", {}, [{"skip_lines": "1"}]),
        (b"Report\nof May\n\na,b\n1,2\n3,4\n", {}, [{"skip_lines": "3"}]),
        (b"Report, May\na;b;c\n1;2;3\n4;5;6\n", {}, [{"delimiter": ";"}]),
        (b"a,b\nr1,1,2\nr2,3,4\n", {}, [{"unlabeled": "first"}, {"unlabeled": "last"}]),
        (b"Title\n1,2\n3,4\n", {"header": "false"}, []),
        (b"Title\nx,y\nz,w\n", {"header": "false"}, [{"skip_lines": "1"}]),
        (b"a,b,c\n1,2\n3,4\n", {}, []),
        (b"a,b\n1,2\n3,\0\n", {}, [{"nul_bytes": "missing"}, {"nul_bytes": "drop"}]),
    ],
)
def test_what_an_error_offers_reads_the_text_or_leads_to_another_error(
    data: bytes, options: dict[str, str], offered: list[dict[str, str]]
) -> None:
    with pytest.raises(DatasetError) as caught:
        decoded(data, **options)

    assert offers(caught.value) == [options | offer for offer in offered]
    for offer in offered:
        _follow(data, options | offer, {caught.value.message})


def _follow(data: bytes, options: dict[str, str], seen: set[str]) -> None:
    """Do what errors offer until the text is read."""
    error = None
    try:
        table, _ = decoded(data, **options)
    except DatasetError as raised:
        error = raised
    else:
        assert table.num_rows >= 2
        assert not any("," in label or ";" in label for label in table.column_names)
    if error is not None:
        assert error.message not in seen
        assert offers(error)
        for offer in offers(error):
            _follow(data, options | offer, seen | {error.message})
