"""Byte-order marks before rows are dropped and told; NUL bytes are an error, or taken out and told."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest

from blobprep.errors import DatasetError
from blobprep.tables.codecs.text.characters import Characters
from tests.tables.test_codecs import decoded, encoded, headed
from tests.tables.test_csv_parts import joined

BOM = "\ufeff"
TEXTS = {
    "csv": "a,b\n{0}1,x\n2,y\n",
    "tsv": "a\tb\n{0}1\tx\n2\ty\n",
    "jsonl": '{{"a": 1, "b": "x"}}\n{0}{{"a": 2, "b": "y"}}\n',
    "json": '[{{"a": 1, "b": "x"}},\n{0}{{"a": 2, "b": "y"}}]\n',
    "arff": "@relation r\n@attribute a integer\n@attribute b string\n@data\n{0}1,x\n2,y\n",
    "svmlight": "1 1:1\n{0}2 1:2\n",
    "plaintext": "1\n{0}b\n",
}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_marks_before_rows_are_no_data_in_any_format_and_encoding(name: str, encoding: str) -> None:
    text = TEXTS[name].format
    plain, _ = decoded(text("").encode(), name)
    marked = f"{BOM}{BOM}{text(BOM)}".encode(encoding if name != "svmlight" else "utf-8")

    table, (entry,) = decoded(marked, name)

    assert table.equals(plain)
    assert (entry.kind, entry.lossy, entry.count) == ("dropped", False, 2)
    assert headed(marked, 1, name)[0].equals(plain.slice(0, 1))


def test_one_mark_at_the_start_is_in_its_place() -> None:
    for name in TEXTS:
        assert decoded((BOM + TEXTS[name].format("")).encode(), name)[1] == []
    assert decoded(f"{BOM}a\n1\n".encode("utf-16-le"), encoding="utf-16-le") == decoded(b"a\n1\n")


@pytest.mark.parametrize(
    ("text", "table", "count"),
    [
        ('a,b\n{0}"7,1",2\n', {"a": ["7,1"], "b": [2]}, 1),
        ('"{0}a",{0}b\n"{0}7",{0}\n', {"a": [7], "b": [None]}, 4),
        ("a,b\n{0}\n1,2\n{0}{0}", {"a": [1], "b": [2]}, 3),
        ('a,b\n"x\n{0}y",z{0}z\n', {"a": ["x\n{0}y"], "b": ["z{0}z"]}, 0),
    ],
)
def test_marks_within_a_cell_stay_and_those_before_it_go(text: str, table: dict[str, list[object]], count: int) -> None:
    expected = {label: [v.format(BOM) if isinstance(v, str) else v for v in values] for label, values in table.items()}

    found, ledger = decoded(text.format(BOM).encode())

    assert found.to_pydict() == expected
    assert [entry.count for entry in ledger] == [count] * (count > 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_marks_may_straddle_the_pieces_a_file_is_read_in(encoding: str) -> None:
    text = f'{BOM}{BOM}a,b\r{BOM}1,"x\n{BOM}y"\n{BOM}{BOM}2,{BOM}'

    for size in range(1, 20):
        characters = Characters(io.BytesIO(text.encode(encoding)), encoding)
        read = b"".join(iter(lambda reader=characters, size=size: reader.read(size), b""))
        assert read.decode() == f'a,b\r1,"x\n{BOM}y"\n2,{BOM}\n'
        assert (characters.marks, characters.marked) == (4, True)


def test_texts_put_together_are_read_without_their_headers() -> None:
    text = f"{BOM}a,b\n1,x\n"

    table, ledger = decoded((text + text + "2,y\n").encode())

    assert table.to_pydict() == {"a": [1, 1, 2], "b": ["x", "x", "y"]}
    assert [entry.count for entry in ledger] == [1, 1]
    assert "repeat the header" in ledger[1].detail
    assert (ledger[1].lossy, ledger[1].remedy) == (True, "--read1 header=false")
    assert joined(text.encode(), f"{BOM}{text}a,b\n1,x\n007,y\n".encode())[0]["a"].to_pylist() == ["1", "1", "1", "007"]


@pytest.mark.parametrize("name", ["csv", "plaintext"])
def test_a_text_of_two_byte_orders_is_refused(name: str) -> None:
    data = "a,b\n1,2\n".encode("utf-16") + f"{BOM}3,4\n".encode("utf-16-be")

    with pytest.raises(DatasetError, match="a part of it has another byte order"):
        decoded(data, name)


@pytest.mark.parametrize("name", ["csv", "plaintext"])
def test_text_that_will_be_read_without_its_mark_is_told_when_written(name: str) -> None:
    data, ledger = encoded(pa.table({"a": ["x", f"{BOM}y"]}), name)

    assert decoded(data, name)[0].column(0).to_pylist()[-2:] == ["x", "y"]
    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [("text", True, 1)]


@pytest.mark.parametrize("name", ["csv", "tsv", "plaintext"])
def test_nul_bytes_in_results_are_told_when_written(name: str) -> None:
    data, ledger = encoded(pa.table({"a": ["x\0", None, "y"]}), name)

    with pytest.raises(DatasetError, match="has NUL bytes"):
        decoded(data, name)
    assert (True, 1) in [(entry.lossy, entry.count) for entry in ledger]


@pytest.mark.parametrize("name", ["arff", "json", "jsonl"])
def test_formats_with_escapes_hold_marks_and_nul_bytes(name: str) -> None:
    table = pa.table({"a\0": [f"{BOM}x\0y7", f"{BOM}{BOM}"]})
    data, ledger = encoded(table, name)

    assert decoded(data, name)[0].equals(table)
    assert (b"\0" in data, ledger) == (False, [])


@pytest.mark.parametrize("name", TEXTS)
def test_nul_bytes_are_an_error_that_says_where_in_every_format(name: str) -> None:
    data = TEXTS[name].format("").replace("1", "1\0", 1).encode()

    with pytest.raises(DatasetError, match="has NUL bytes in ") as caught:
        decoded(data, name)

    with pytest.raises(DatasetError) as at_head:
        headed(data, 1, name)
    assert at_head.value.message == caught.value.message
    assert "--read1 nul_bytes=drop" in caught.value.remedy
    table, ledger = decoded(data, name, nul_bytes="drop")
    assert table.equals(decoded(data.replace(b"\0", b""), name)[0])
    assert [(entry.lossy, entry.count) for entry in ledger] == [(True, 1)]


@pytest.mark.parametrize(
    ("data", "where", "emptied"),
    [
        (b"t,u\n0,1\n2,\0\0\n4,5\n", "row 2, column 'u'", {"t": [0, 2, 4], "u": [1, None, 5]}),
        (b"t,u\n0,1\n\0\0\0\0\n4,5\n", "row 2", {"t": [0, 4], "u": [1, 5]}),
        (b"t,u\n0,1\n\0\0\0\0", "row 2", {"t": [0], "u": [1]}),
        (b"t\0,u\n0,1\n", "the header, column 't'", {"t": [0], "u": [1]}),
        (b"\0\0t,u\n0,1\n", "the header, column 't'", {"t": [0], "u": [1]}),
        (b't,u\n"a\n\0",1\n', "row 1, column 't'", {"t": [None], "u": [1]}),
        (b"t,u\n" + b"0,1\n" * 3 + b"x,y,\0\n" + b"2,\0\n", "row 4", {"t": [0, 0, 0, 2], "u": [1, 1, 1, None]}),
    ],
)
def test_nul_bytes_are_found_by_row_and_column(data: bytes, where: str, emptied: dict[str, list[object]]) -> None:
    with pytest.raises(DatasetError) as caught:
        decoded(data)

    assert caught.value.message == f"az://raw/table has NUL bytes in {where}, which are damage or padding, not text"
    table, ledger = decoded(data, nul_bytes="missing")
    assert table.to_pydict() == emptied
    assert ledger
    assert all(entry.lossy for entry in ledger)
    assert not any("\0" in entry.detail + entry.example for entry in ledger)


def test_nul_bytes_far_behind_the_start_are_found_too() -> None:
    rows = b"1,2\n" * 1_500_000

    with pytest.raises(DatasetError, match="in row 1500002, column 'b'"):
        decoded(b"a,b\n" + rows + b"x\n3,\0\n", ragged="drop")
    assert headed(b"a,b\n" + rows + b"3,\0\n", 2)[0].num_rows == 2


@pytest.mark.parametrize("name", ["csv", "jsonl", "plaintext"])
@pytest.mark.parametrize("encoding", ENCODINGS[1:])
def test_wide_characters_without_a_mark_are_no_nul_bytes(name: str, encoding: str) -> None:
    text = "имя,город\nМосква,1\n" if name != "jsonl" else '{"имя": 1}\n'

    for given in ({}, {"encoding": "cp1251"}):
        with pytest.raises(DatasetError, match=f"is {encoding[:6].upper()}, not") as caught:
            decoded(text.encode(encoding), name, **given)
        assert caught.value.remedy == f"--read1 encoding={encoding}"
    assert decoded(text.encode(encoding), name, encoding=encoding)[0].num_rows >= 1


def test_a_blob_of_nothing_but_nul_bytes_says_so() -> None:
    for name in TEXTS:
        with pytest.raises(DatasetError, match=f"is nothing but NUL bytes, not {name}"):
            decoded(b"\0" * 600, name)
    with pytest.raises(DatasetError, match="is empty: it does not even have a header"):
        decoded(b"\0" * 600, nul_bytes="drop")
    with pytest.raises(DatasetError, match="has NUL bytes in the header") as caught:  # not all of it was seen
        decoded(b"\0" * (1 << 20) + b"a,b\n1,2\n")
    assert "--read1 nul_bytes=drop" in caught.value.remedy
    assert decoded(b"\0" * (1 << 20) + b"a,b\n1,2\n", nul_bytes="drop")[0].to_pydict() == {"a": [1], "b": [2]}
