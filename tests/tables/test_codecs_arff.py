"""ARFF datasets."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from tests.tables.test_codecs import REFERENCE, decoded, encoded, headed

DATA = Path(__file__).parents[1] / "data" / "arff"


def read(text: str, **options: str) -> pa.Table:
    return decoded(text.encode(), "arff", **options)[0]


def column(declared: str, *rows: str) -> pa.ChunkedArray:
    """Read one attribute."""
    return read("\n".join([f"@attribute a {declared}", "@data", *rows]))["a"]


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(DatasetError, match=REFERENCE) as caught:
        decoded(text.encode(), "arff")
    return str(caught.value), caught.value.remedy


def test_a_file_by_wekas_rules_is_read() -> None:
    table, ledger = decoded((DATA / "stations.arff").read_bytes(), "arff")

    assert table.to_pydict() == {
        "Station": ["north", "far south", 'the "old" mill', "north"],
        "wind speed": [1.5, -5.0, None, 2.0],
        "readings": [3, 4, 5, 6],
        "it's 50% off": ["calm", "a, b", "?", ""],
        "seen": [datetime.datetime(2003, 2, 1, 4, 5), datetime.datetime(2003, 12, 1, 23, 59), None, None],
    }
    assert table.schema.types == [
        pa.dictionary(pa.int32(), pa.string()),
        pa.float64(),
        pa.int64(),
        pa.string(),
        pa.timestamp("ms"),
    ]
    assert [(entry.kind, entry.count, entry.example) for entry in ledger] == [
        ("dropped", 2, "% bare, quoted and missing values")
    ]


def test_a_sparse_row_has_zero_or_the_first_label_where_it_says_nothing() -> None:
    table, ledger = decoded((DATA / "baskets.arff").read_bytes(), "arff")

    assert table.to_pydict() == {
        "apples": [3.0, 0.0, 0.0, 0.0],
        "ripeness": ["green", "red", "green", "green"],
        "pears": [1.5, 0.0, 0.0, None],
        "note": [None, "by post", None, None],
    }
    assert [(entry.kind, entry.lossy, entry.count, entry.example) for entry in ledger] == [
        ("dropped", True, 1, "0.5"),
        ("missing", False, 3, "note"),
    ]


def test_labels_keep_the_order_they_are_declared_in_and_those_that_no_row_has() -> None:
    labels = column("{c,a,'b b'}", "a", "c").chunk(0).dictionary

    assert labels.to_pylist() == ["c", "a", "b b"]


def test_nominal_attributes_become_text_where_asked() -> None:
    table = read("@attribute a {x,y}\n@data\ny\n?\n", nominal="text")

    assert table["a"].type == pa.string()
    assert table["a"].to_pylist() == ["y", None]


@pytest.mark.parametrize(
    ("rows", "kind", "values"),
    [
        (["1", "-7", "+3"], pa.int64(), [1, -7, 3]),
        (["1.0", "2e3"], pa.int64(), [1, 2000]),
        (["9223372036854775807", "?"], pa.int64(), [2**63 - 1, None]),
        (["1", "2.5"], pa.float64(), [1.0, 2.5]),
    ],
)
def test_integers_stay_integers_where_all_are(rows: list[str], kind: Any, values: list[Any]) -> None:
    found = column("integer", *rows)

    assert found.type == kind
    assert found.to_pylist() == values


@pytest.mark.parametrize(("row", "lossy"), [("2.5", False), ("18446744073709551616", True)])
def test_an_integer_attribute_that_is_none_is_told(row: str, lossy: bool) -> None:
    _, ledger = decoded(f"@attribute a integer\n@data\n1\n{row}\n".encode(), "arff")

    assert [(entry.column, entry.kind, entry.lossy, entry.count) for entry in ledger] == [("a", "type", lossy, 1)]


@pytest.mark.parametrize("quirk", ["", "% a comment sends the rows through the slow way\n"])
def test_both_ways_of_reading_rows_see_the_same(quirk: str) -> None:
    text = f"@attribute a real\n@attribute b string\n@data\n{quirk}1 , x\n\n\t2\ty \n?,?\n+.5,z,\n\x0b1e3 ,\x0cnan"

    table = read(text)

    assert table.to_pydict() == {"a": [1, 2, None, 0.5, 1000], "b": ["x", "y", None, "z", "nan"]}


def test_words_of_java_for_what_is_no_finite_number_are_numbers() -> None:
    first, second, third = column("real", "Infinity", "-Infinity", "NaN").to_pylist()

    assert (first, second) == (math.inf, -math.inf)
    assert math.isnan(third)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    table, _ = decoded("@attribute größe string\n@data\nйод\n".encode(encoding), "arff")

    assert table.to_pydict() == {"größe": ["йод"]}


def test_the_encoding_can_be_named_and_a_wrong_one_is_refused_with_its_line() -> None:
    data = "@attribute a string\n@data\nok\nübel\n".encode("cp1252")

    assert decoded(data, "arff", encoding="cp1252")[0].to_pydict() == {"a": ["ok", "übel"]}
    with pytest.raises(DatasetError, match="is not utf-8 text: line 4 has the byte 0xFC"):
        decoded(data, "arff")


@pytest.mark.parametrize(
    ("rows", "kept", "words", "lossy", "example"),
    [
        ("1,x\n%2,y\n3,z\n", 2, "Comments that look like rows were dropped.", True, "%2,y"),
        ("1,x\n% ?,y\n", 1, "Comments that look like rows were dropped.", True, "% ?,y"),
        ("1,x\n% and so on, and on\n%\n%%%\n", 1, "Comments were dropped.", False, "% and so on, and on"),
        ("1,x % why\n", 1, "Comments were dropped.", False, "% why"),
        ("1,'x'% why\n", 1, "Comments were dropped.", False, "% why"),
        ("1,50%\n", 1, "A % in a value began a comment", True, "50%"),
        ("1,a%b\n", 1, "A % in a value began a comment", True, "a%b"),
    ],
)
def test_what_a_percent_sign_takes_away_is_told(rows: str, kept: int, words: str, lossy: bool, example: str) -> None:
    table, ledger = decoded(f"@attribute a real\n@attribute b string\n@data\n{rows}".encode(), "arff")

    (entry,) = ledger
    assert (table.num_rows, entry.lossy, entry.count, entry.example) == (kept, lossy, 1, example)
    assert entry.detail.startswith(words)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("real", "9007199254740993", "Integers beyond 2**53 lost digits"),
        ("real", "-123456789012345678901", "Integers beyond 2**53 lost digits"),
        ("real", "1e400", "Became infinite"),
        ("integer", "-1e400", "Became infinite"),
    ],
)
def test_a_number_that_no_double_holds_is_told(kind: str, value: str, words: str) -> None:
    _, ledger = decoded(f"@attribute a {kind}\n@data\n1\n{value}\nInfinity\n9007199254740992\n".encode(), "arff")

    entry = ledger[-1]
    assert (entry.column, entry.lossy, entry.count, entry.example) == ("a", True, 1, value)
    assert entry.detail.startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "line 1 is neither @attribute nor @data: 'a,b'"),
        ("@relation r\n", "has no @data line"),
        ("@relation r\n@data\n1\n", "line 2 begins the data, but no attribute is declared"),
        ("@attribute\n", "line 1 declares no name"),
        ("@attribute 'a\n", "line 1 opens a quote but does not close it"),
        ("@attribute a\n", "line 1 declares no type for 'a'"),
        ("@attribute a money\n", "line 1 declares 'a' as 'money', which is not a type"),
        ("@attribute a relational\n", "line 1 declares 'a' as relational"),
        ("@attribute a {x,y\n", "line 1 does not close the labels of 'a'"),
        ("@attribute a {x,'y}\n", "line 1 does not close the labels of 'a'"),
        ("@attribute a {x,y,x}\n", "line 1 declares the label 'x' of 'a' twice"),
        ("@attribute a date 'yyyy-QQ'\n", "line 1 declares 'a' with an invalid date pattern"),
        ("@attribute a real\n@data\n1\n\n% c\nx\n", r"line 6 has 'x', which is not a number \(column 'a'\)"),
        ("@attribute a real\n@data\n1\n\nx\n", r"line 5 has 'x', which is not a number \(column 'a'\)"),
        ("@attribute a {x}\n@data\nX\n", r"line 3 has 'X', which is not one of its declared labels \(column 'a'\)"),
        ("@attribute a date\n@data\n2001-02-30T00:00:00\n", "line 3 has '2001-02-30T00:00:00', which is not a date"),
        ("@attribute a date\n@data\n0000-02-03T00:00:00\n", "line 3 has '0000-02-03T00:00:00', which is not a date"),
        ("@attribute a integer\n@data\n0x10\n", r"line 3 has '0x10', which is not a number \(column 'a'\)"),
        ("@attribute a real\n@data\n1,2\n", "line 3 has 2 values, but 1 attribute is declared"),
        ("@attribute a real\n@attribute b real\n@data\n1\n", "line 4 has 1 value, but 2 attributes are declared"),
        ("@attribute a string\n@attribute b string\n@data\nx,,y\n", "line 4 has no value before value 2"),
        ("@attribute a string\n@data\n'x\n", "line 3 opens a quote but does not close it"),
        ("@attribute a string\n@data\ndon't\n", "line 3 opens a quote but does not close it"),
        ("@attribute a real\n@data\n{1 5}\n", "line 3 has the index '1'; the attributes have the indices 0 to 0"),
        ("@attribute a real\n@data\n{0 5, 0 6}\n", "line 3 has the index 0 twice"),
        ("@attribute a real\n@data\n{0}\n", "line 3 is a sparse row that is not a list of index and value pairs"),
        ("@attribute a real\n@data\n{0 1\n", "line 3 is a sparse row whose braces do not match"),
        ("@attribute a real\n@data\n}\n", "line 3 is a sparse row whose braces do not match"),
        ("@attribute a string\n@data\nx{y}\n", "line 3 has braces after its values that are not a weight"),
        (
            "@attribute a real\n@attribute b real\n@data\n{0,1}\n",
            "line 4 is a sparse row that is not a list of index and value pairs",
        ),
        ("@attribute a real\n@attribute b real\n@data\n{0 5,,1 6}\n", "line 4 is a sparse row that is not a list of"),
        ("@attribute a real\n@attribute b real\n@data\n{0 5,\n", "line 4 is a sparse row whose braces do not match"),
        ("@attribute a real\n@data 1\n2\n", "line 2 has text after @data: '1'"),
        ("@attribute a real\n@data\n1,{x y}\n", "line 3 has braces after its values that are not a weight"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, words: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        decoded(text.encode(), "arff")

    assert caught.value.remedy


@pytest.mark.timeout(60)
@pytest.mark.parametrize("line", [r"'" + r"\'" * 200_000, "x" + " " * 400_000, '"' * 400_001, "{" * 400_000])
def test_a_long_line_is_not_gone_over_again_and_again(line: str) -> None:
    with pytest.raises(DatasetError, match="line 4"):
        decoded(f"@attribute a real\n@attribute b real\n@data\n{line} %\n".encode(), "arff")


def test_sparse_rows_that_would_fill_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blobprep.tables.codecs.arff.rows._SPARSE_CELLS", 5)

    message, _ = refusal("@attribute a real\n@attribute b real\n@data\n{}\n{}\n{}\n")

    assert "line 6 is a sparse row that makes the table larger than 5 cells" in message


def test_head_reads_no_further_than_it_must() -> None:
    rows = "".join(f"{number}\n" for number in range(100_000))

    table, total = headed(f"@attribute a integer\n@data\n{rows}not a number\n".encode(), 3, "arff")

    assert table.to_pydict() == {"a": [0, 1, 2]}
    assert total is None


def test_every_type_has_one_way_of_writing() -> None:
    day = datetime.datetime(2024, 5, 30, 18, 7)
    table = pa.table(
        {
            "whole": pa.array([1, None]),
            "double": pa.array([0.1, math.inf]),
            "two words": pa.array(["it's 5%", None]),
            "text": pa.array(["", "?"]),
            "flag": pa.array([True, None]),
            "label": pa.array(["b", "a b"]).dictionary_encode(),
            "second": pa.array([day, None], pa.timestamp("s")),
            "utc": pa.array([day.replace(microsecond=250_000), None], pa.timestamp("us", "UTC")),
            "fine": pa.array([day.replace(microsecond=1), None], pa.timestamp("us")),
            "decimal": pa.array([Decimal("1.50"), None]),
            "bytes": pa.array([b"\x00\xff", None]),
            "list": pa.array([["x y"], []]),
            "none": pa.nulls(2),
        }
    )

    data, ledger = encoded(table, "arff", relation="my table")

    assert data.decode().splitlines() == [
        "@RELATION 'my table'",
        "",
        "@ATTRIBUTE whole INTEGER",
        "@ATTRIBUTE double NUMERIC",
        "@ATTRIBUTE 'two words' STRING",
        "@ATTRIBUTE text STRING",
        "@ATTRIBUTE flag {False,True}",
        "@ATTRIBUTE label {b,'a b'}",
        "@ATTRIBUTE second DATE \"yyyy-MM-dd'T'HH:mm:ss\"",
        "@ATTRIBUTE utc DATE \"yyyy-MM-dd'T'HH:mm:ss.SSSZ\"",
        "@ATTRIBUTE fine STRING",
        "@ATTRIBUTE decimal NUMERIC",
        "@ATTRIBUTE bytes STRING",
        "@ATTRIBUTE list STRING",
        "@ATTRIBUTE none STRING",
        "",
        "@DATA",
        r"1,0.1,'it\'s 5\%','',True,b,2024-05-30T18:07:00,2024-05-30T18:07:00.250+0000,"
        r"""2024-05-30T18:07:00.000001,1.50,AP8=,'[\"x y\"]',?""",
        "?,Infinity,?,'?',?,'a b',?,?,?,?,?,[],?",
    ]
    assert {entry.column: (entry.kind, entry.lossy, entry.count, entry.example) for entry in ledger} == {
        "flag": ("text", False, 1, "True"),
        "second": ("type", False, 1, "2024-05-30T18:07:00"),
        "utc": ("type", False, 1, "2024-05-30T18:07:00.250+0000"),
        "fine": ("text", False, 1, "2024-05-30T18:07:00.000001"),
        "decimal": ("type", False, 1, "1.50"),
        "bytes": ("text", False, 1, "AP8="),
        "list": ("text", False, 2, r"'[\"x y\"]'"),
        "none": ("text", False, 0, ""),
    }


def test_what_the_file_cannot_keep_is_a_loss() -> None:
    ordered = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(["a"]), ordered=True)
    table = pa.table(
        {
            "nan": [math.nan],
            "ordered": ordered,
            "zone": pa.array([datetime.datetime(2024, 5, 30)], pa.timestamp("ms", "Europe/Paris")),
        }
    )

    _, ledger = encoded(table, "arff")

    assert [(entry.column, entry.kind, entry.lossy) for entry in ledger] == [
        ("nan", "missing", True),
        ("ordered", "text", True),
        ("zone", "zone", True),
    ]


def test_chunks_with_other_categories_become_one_attribute() -> None:
    chunks = pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", "a"]).dictionary_encode()])

    data, _ = encoded(pa.table({"x": chunks}), "arff")

    assert b"@ATTRIBUTE x {a,b,c}" in data
    assert decoded(data, "arff")[0]["x"].to_pylist() == ["a", "b", "c", "a"]


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
MOMENTS = st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31))
COLUMNS = (
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint8(), st.integers(0, 255)),
    (pa.float64(), st.floats(allow_nan=False)),
    (pa.float32(), st.floats(width=32)),
    (pa.string(), TEXT),
    (pa.dictionary(pa.int32(), pa.string()), TEXT),
    (pa.bool_(), st.booleans()),
    (pa.timestamp("ms"), MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))),
    (pa.timestamp("us"), MOMENTS),
    (pa.binary(), st.binary(max_size=5)),
    (pa.list_(pa.string()), st.lists(TEXT, max_size=2)),
)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    labels = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    rows = draw(st.integers(0, 4))
    columns = []
    for _ in labels:
        kind, values = draw(st.sampled_from(COLUMNS))
        drawn = draw(st.lists(st.none() | values, min_size=rows, max_size=rows))
        encode = pa.types.is_dictionary(kind)
        columns.append(pa.array(drawn, pa.string()).dictionary_encode() if encode else pa.array(drawn, kind))
    return pa.table(columns, names=labels)


@given(tables())
def test_what_was_written_is_read_or_told(table: pa.Table) -> None:
    data, ledger = encoded(table, "arff")

    back, told = decoded(data, "arff")

    assert told == []
    assert back.column_names == table.column_names
    entries = {entry.column for entry in ledger}
    for label in table.column_names:
        if label not in entries:
            assert back[label].to_pylist() == table[label].to_pylist()
            assert back[label].type == table[label].type
        else:
            assert len(back[label]) == len(table[label])
    assert all(len(entry.example) <= 40 for entry in ledger)


def message(data: bytes) -> str:
    """Return why bytes are refused, and the reference alone where they are read."""
    try:
        table, _ = decoded(data, "arff", compression="none")
    except DatasetError as error:
        return str(error)
    table.validate(full=True)
    return REFERENCE


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"@attribute a real\n@attribute b {x,'y z'}\n@attribute c string\n@data\n"):
        assert REFERENCE in message(start + data)


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray((DATA / data.draw(st.sampled_from(["stations.arff", "baskets.arff"]))).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(whole) - 1))
        whole[position : position + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b"'", b'"', b"{", b"}", b",", b"%", b"\\", b"?", b"\n", b"\x00", b"\xff", b""])
        )

    assert REFERENCE in message(bytes(whole))


def test_many_rows_come_through_the_fast_way_in_their_order() -> None:
    numbers = pa.array(range(50_000))
    table = pa.table({"a": numbers, "b": pc.add(pc.divide(numbers.cast(pa.float64()), 7), 0.5)})

    back, _ = decoded(encoded(table, "arff")[0], "arff")

    assert back.equals(table)


@pytest.mark.parametrize(
    ("number", "lost"),
    [
        *(("0.12345678901234567890123", True), ("1e-999", True), (f"0.{'0' * 330}1", True)),
        *(("9007199254740992", False), ("100000000000000000000", False), ("0.12345678901234567", False)),
        *(("0.1000000000000000000", False), ("0e-999", False), ("Infinity", False), ("NaN", False)),
    ],
)
def test_a_number_that_its_double_is_not_is_told(number: str, lost: bool) -> None:
    for name, text in (
        ("arff", f"@relation r\n@attribute a numeric\n@data\n{number}\n"),
        ("svmlight", f"1 1:{number}\n"),
    ):
        _, ledger = decoded(text.encode(), name)

        assert [(entry.lossy, entry.count, entry.example) for entry in ledger] == [(True, 1, number[:40])] * lost
