"""What separates cells: judged by the majority of lines, or named by the first one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest

from blobprep.errors import DatasetError
from blobprep.tables import codecs
from blobprep.tables.codecs.csv.delimiters import likely_delimiter, separator_hint
from tests.tables.test_codecs import asked, decoded, headed, input_file
from tests.tables.test_csv_parts import joined

TABLE = {"Ort": ["Köln"], "Menge": [3], "Preis": ["1,50"]}


def by_name(data: bytes, name: str = "csv", **options: str) -> Any:
    """Read a blob of which only the name tells the format."""
    source = input_file(data)
    try:
        return codecs.decode(source, replace(asked(name, len(data), **options), found="name"))[0]
    finally:
        os.close(source.descriptor)


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        ("a;b;c|1;2;3|Summe;7", ";"),  # a footnote
        ("Report, May 2024|a;b;c|1,5;2;3|1,5;2;3", ";"),  # a title, decimal commas
        ("Ort;Menge, Stück;Preis|Aachen;3;1.5|Bonn;4;2.5", ";"),  # a comma in one cell
        ("a;b;c|1;2;3;|4;5;6;", ";"),  # one more behind the rows
        ("a;b|1;2|damaged|3;4", ";"),
        ('a;b|"x;y|z";2|3;4', ";"),  # a line break within quotes
        ("1,5;2,5|1,5;2,5|1,5;2,5", ";"),
        ("1,a;b,2|1,a;b,2", ","),
        ("a\tb|1\t2,3|1\t2", "\t"),
        ("remark|late; two boxes open|on time", ""),
        ("remark|late; open|early; shut|wet; cold", ""),
        ("tags|red;blue|red|green;blue;red|x", ""),
        ("a;b", ""),
    ],
)
def test_most_lines_tell_the_delimiter(lines: str, delimiter: str) -> None:
    text = lines.replace("|", "\n") if "|" not in delimiter else lines

    assert likely_delimiter(text.split("\n")) == delimiter


@pytest.mark.parametrize(
    "data",
    [
        "Ort;Menge;Preis\nAachen;3;1.5\nBonn;4;2.5\nSumme;7\n",
        "Ort;Menge;Preis\nAachen;3;1.5;\nBonn;4;2.5;\n",
        "Stand: Mai, 2024\nOrt;Menge\nAachen;3\nBonn;4\nKöln;5\n",
        "Ort;Menge, Stück;Preis\nAachen;3;1.5\n",
        "Ort;Menge;Preis\n",
        "Ort;Menge\nAachen;\0\nBonn;4\n",
        "x\n" * 20_000 + "Ort;Menge\n" + "Aachen;3\n" * 200_000,  # seen in the middle
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_csv_of_semicolons_is_doubted_whatever_else_is_in_it(data: str, encoding: str) -> None:
    with pytest.raises(DatasetError, match="separated by semicolons, not by commas") as caught:
        by_name(data.encode(encoding))

    assert caught.value.remedy.startswith('--read1 "delimiter=;", or --read1 format=csv ')


@pytest.mark.parametrize(
    ("name", "data", "remedy"),
    [("csv", b"a;b\n1;2\n", "delimiter=;"), ("csv", b"a\tb\n1\t2\n", "delimiter=tab"), ("tsv", b"a,b\n1,2\n", '=","')],
)
def test_a_name_that_lies_is_an_error_and_no_frame(name: str, data: bytes, remedy: str) -> None:
    with pytest.raises(DatasetError, match=f"is {name} by its name, but its lines are separated by") as caught:
        by_name(data, name)

    assert remedy in caught.value.remedy
    assert decoded(data, name)[0].num_columns == 1  # who says the format gets it


@pytest.mark.parametrize(
    "data",
    [
        b"remark\nlate; two boxes open\non time\n",
        b"a,b\n1;2;3,x\n1;2;3,y\n",
        b"a,b\n1,2\n" + b"3,4\n" * 50_000 + b"x;y;z\n" * 20_000,
        b"a,b\n",
        b"remark; see below\n",
        b"x\ny\n",
    ],
)
def test_what_is_plainly_no_other_table_is_not_doubted(data: bytes) -> None:
    try:
        by_name(data)
    except DatasetError as error:
        assert "separated" not in error.message  # noqa: PT017  a later row may be wrong


@pytest.mark.parametrize(
    ("line", "separator"),
    [
        ("sep=;", ";"),
        ("SEP=\t", "\t"),
        ("sep=\\t", "\t"),
        ('"sep=|"', "|"),
        ('sep=","', ","),
        ('"Sep=;",,', ";"),
        ("sep=;;;", ";"),
        ("sep= ", " "),
        ("sep=", ""),
    ],
)
def test_the_first_line_may_name_the_separator(line: str, separator: str) -> None:
    assert separator_hint(f"{line}\r\na") == (separator, len(line) + 2)
    assert separator_hint(line) == (separator, len(line))


@pytest.mark.parametrize("line", ["sep", "sep=ab", "sepal=;", "a,b", "x sep=;", "separator=;", ""])
def test_other_first_lines_name_none(line: str) -> None:
    assert separator_hint(f"{line}\na;b\n") is None


@pytest.mark.parametrize("hint", ["sep=;\n", "SEP=;\r\n", '"sep=;"\r\n', "\ufeffsep=;\r\n", '\ufeff"Sep=;"\n'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-be"])
@pytest.mark.parametrize("options", [{}, {"delimiter": ";"}])
def test_the_hint_is_followed_and_told(hint: str, encoding: str, options: dict[str, str]) -> None:
    data = f"{hint}Ort;Menge;Preis\nKöln;3;1,50\n".encode(encoding)

    table, ledger = decoded(data, encoding=encoding, **options)

    assert table.to_pydict() == TABLE
    assert by_name(data, encoding=encoding).to_pydict() == TABLE
    assert headed(data, 5, encoding=encoding, **options)[0].to_pydict() == TABLE
    assert [(entry.kind, "was used" in entry.detail) for entry in ledger] == [("dropped", True)]


def test_each_of_several_blobs_may_have_its_own_hint() -> None:
    table, ledger = joined(b"sep=;\na;b\n1;2\n", b"a,b\n3,4\n", b"sep=\t\nb\ta\n6\t5\n")

    assert table.to_pydict() == {"a": [1, 3, 5], "b": [2, 4, 6]}
    assert ["sep=;" in entry.detail for entry in ledger] == [True, False]


def test_a_hint_that_is_contradicted_is_dropped_and_told() -> None:
    for data, options, words in (
        (b"sep=,\na;b\n1;2\n", {"delimiter": ";"}, "because the option delimiter names semicolons"),
        (b"sep=;\na,b\n1,2\n", {}, "because commas separate the cells"),
        (b"sep=\na,b\n1,2\n", {}, "it is empty"),
    ):
        table, (entry,) = decoded(data, **options)

        assert table.to_pydict() == {"a": [1], "b": [2]}
        assert words in entry.detail


def test_a_hint_and_no_more_is_no_dataset() -> None:
    for data in (b"sep=;", b"sep=;\r\n"):
        with pytest.raises(DatasetError, match="is empty: it does not even have a header below the skipped lines"):
            decoded(data)
    assert decoded(b"sep=;\n1;2\n", header="false")[0].to_pydict() == {"Col1": [1], "Col2": [2]}
    with pytest.raises(DatasetError, match="names a separator in its first line, 'sep=§', that is not an ASCII"):
        decoded("sep=§\na§b\n".encode())
