"""JSON, as a document and as lines."""

from __future__ import annotations

import datetime
import json
import os
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.protocol import AskedPart
from blobprep.tables import codecs
from tests.tables.test_codecs import asked, decoded, encoded, headed, input_file


def column(values: list[Any], name: str = "jsonl") -> tuple[Any, list[Any]]:
    """Read one column of JSON values."""
    rows = [{"a": value} for value in values]
    data = json.dumps(rows) if name == "json" else "\n".join(map(json.dumps, rows))
    table, ledger = decoded(data.encode(), name)
    return table.column(0), ledger


@pytest.mark.parametrize("name", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None, -3], pa.int64()),
        ([2**63 - 1, -(2**63)], pa.int64()),
        ([1, 0.5], pa.float64()),
        ([True, None], pa.bool_()),
        (["007", "2024-05-30", "NULL", "", "?"], pa.string()),
        ([None, None], pa.float64()),
        ([[1], [], None], pa.list_(pa.int64())),
        ([{"x": 1}, {"y": "b"}], pa.struct([("x", pa.int64()), ("y", pa.string())])),
    ],
)
def test_a_column_is_what_its_values_are_and_no_date_is_guessed(name: str, values: list[Any], kind: Any) -> None:
    array, ledger = column(values, name)

    assert array.type == kind
    assert ledger == []


@pytest.mark.parametrize(
    ("values", "texts", "lossy"),
    [
        ([1, "x", None, [2], {"y": None}, 0.5, False], ["1", "x", None, "[2]", '{"y":null}', "0.5", "false"], True),
        ([2**64, 1], ["18446744073709551616", "1"], False),
        ([{}], ["{}"], False),
        ([[{}]], ["[{}]"], False),
        ([[1, "x"]], ['[1,"x"]'], False),
    ],
)
def test_what_no_column_holds_becomes_text_and_is_told(values: list[Any], texts: list[str], lossy: bool) -> None:
    array, ledger = column(values)

    assert array.to_pylist() == texts
    assert [(entry.column, entry.kind, entry.lossy, entry.count) for entry in ledger] == [
        ("a", "type", lossy, len([text for text in texts if text is not None]))
    ]


def test_kinds_that_differ_between_blocks_of_lines_are_seen_as_one_column() -> None:
    lines = [json.dumps({"a": number, "pad": "x" * 500}) for number in range(1000)]

    table, ledger = decoded("\n".join([*lines, '{"a":0.5}', '{"a":1.5}']).encode(), "jsonl")
    texts, told = decoded("\n".join([*lines, '{"a":"x"}']).encode(), "jsonl")

    assert table.schema.field("a").type == pa.float64()
    assert table["a"].to_pylist()[-3:] == [999.0, 0.5, 1.5]
    assert ledger == []
    assert texts["a"].to_pylist()[-2:] == ["999", "x"]
    assert [entry.lossy for entry in told] == [True]


def test_integers_that_a_double_cannot_hold_are_told() -> None:
    lines = [json.dumps({"a": 2**60 + 1, "pad": "x" * 500})] * 1000

    _, ledger = decoded("\n".join([*lines, '{"a":0.5}']).encode(), "jsonl")

    assert [(entry.column, entry.lossy) for entry in ledger] == [("a", True)]


def test_keys_come_in_the_order_of_their_first_appearance_and_may_be_missing() -> None:
    table, _ = decoded(b'{"b":1}\r\n\r\n{"a":2,"b":3}\n{}\n', "jsonl")

    assert table.column_names == ["b", "a"]
    assert table.to_pydict() == {"b": [1, 3, None], "a": [None, 2, None]}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]', {}),
        ('{"a": [1, 2], "b": ["x", "y"]}', {}),
        ('{"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}', {}),
        ('{"value": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}', {"records": "value"}),
        ('{"d": {"e": {"a": [1, 2], "b": ["x", "y"]}}}', {"records": "d.e"}),
    ],
)
def test_a_document_holds_rows_in_several_shapes(text: str, options: dict[str, str]) -> None:
    for data in (text.encode(), ("\ufeff" + text).encode(), text.encode("utf-16")):
        assert decoded(data, "json", **options)[0].to_pydict() == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("name", "data", "words", "remedy"),
    [
        ("json", b'[{"a": 1}, {"a" 2}]', "is not valid JSON: Expecting ':' delimiter at line 1, column 17", ""),
        ("json", b'{"a": 1}\n{"a": 2}', "is not valid JSON: Extra data at line 2, column 1", "format=jsonl"),
        ("json", b'{"value": [{"a": 1}]}', "is an object whose key 'value' holds rows", "records=value"),
        ("json", b'{"a": 1}', "is an object without rows; its keys are 'a'", ""),
        ("json", b'{"a": [1], "b": [1, 2]}', "is an object without rows", ""),
        ("json", b"[1, 2]", "row 1 is not an object: 1", ""),
        ("json", b"3", "contains no rows: 3", ""),
        ("json", b"[" * 100_000, "has values nested too deeply", ""),
        ("json", b'{"columns": ["a"], "data": [[1, 2]]}', "row 1 is not an array of 1 values", ""),
        ("jsonl", b'{"a": 1}\n{"a": }\n', r"has invalid JSON in line 2 \(Expecting value, column 7\)", ""),
        ("jsonl", b'{"a": 1}\n[1]\n', "line 2 is not a JSON object", ""),
        ("jsonl", b'[{"a": 1}]', "line 1 is not a JSON object", "format=json"),
        ("jsonl", b'[\n{"a": 1}\n]', "has invalid JSON in line 1", "format=json"),
        ("jsonl", b'{"a": 1},{"a": 2}', "has invalid JSON in line 1", ""),
        ("jsonl", b'{"a": [1\n2]}', "has invalid JSON in line 1", ""),
        ("jsonl", b"[" * 100_000, "has values nested too deeply to read, in line 1", ""),
        ("jsonl", b'{"a": "\xff"}', "is not utf-8 text: line 1 has the byte 0xFF", "encoding=cp1252"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(name: str, data: bytes, words: str, remedy: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        decoded(data, name)

    assert remedy in caught.value.remedy


@pytest.mark.parametrize(("path", "words"), [("x", "has no key 'x'"), ("a.b", "has no key 'b'")])
def test_a_path_to_the_records_that_leads_nowhere_is_refused(path: str, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        decoded(b'{"a": [1]}', "json", records=path)


def test_dates_are_read_where_asked() -> None:
    table, ledger = decoded(b'{"a":"2024-05-30"}\n{"a":null}\n', "jsonl", dates="a")

    assert table["a"].to_pylist() == [datetime.datetime(2024, 5, 30), None]
    assert ledger == []
    with pytest.raises(DatasetError, match="has int64, not text, in column 'a'"):
        decoded(b'{"a":1}\n', "jsonl", dates="a")


def test_several_blobs_are_one_dataset_whose_keys_may_differ() -> None:
    first, second = b'{"a":1}\n', b'{"a":2.5,"b":true}'
    source = input_file(first + second)
    parts = (AskedPart("az://raw/1", 0, len(first)), AskedPart("az://raw/2", len(first), len(second)))

    table, *_ = codecs.decode(source, replace(asked("jsonl", source.length), parts=parts))

    os.close(source.descriptor)
    assert table.to_pydict() == {"a": [1.0, 2.5], "b": [None, True]}


def test_the_head_of_lines_reads_only_the_first() -> None:
    data = b'{"a":1}\n' * 200_000 + b"rubbish"

    table, total = headed(data, 3, "jsonl")

    assert (table.num_rows, total) == (3, None)


@pytest.mark.parametrize(
    ("values", "kind", "written"),
    [
        ([1, None, -2], pa.int8(), "1 null -2"),
        ([0.1, 2.0, None], pa.float64(), "0.1 2.0 null"),
        ([float("nan"), float("-inf")], pa.float64(), 'null "-inf"'),
        ([1.5, float("inf")], pa.float16(), '1.5 "inf"'),
        ([True, False, None], pa.bool_(), "true false null"),
        (['a"b\\', "\x00\n", "ü\u2028"], pa.string(), '"a\\"b\\\\" "\\u0000\\n" "ü\u2028"'),
        ([Decimal("1.50")], pa.decimal128(5, 2), "1.50"),
        ([datetime.date(2024, 5, 30)], pa.date32(), '"2024-05-30"'),
        ([datetime.datetime(2024, 5, 30)], pa.timestamp("ns", "UTC"), '"2024-05-30T00:00:00Z"'),
        ([b"\x00\xff"], pa.binary(), '"AP8="'),
        ([[1, None]], pa.list_(pa.int8()), "[1,null]"),
        ([{"x": "y"}], None, '{"x":"y"}'),
        ([None, None], pa.null(), "null null"),
    ],
)
def test_every_type_has_one_way_of_writing(values: list[Any], kind: Any, written: str) -> None:
    data, _ = encoded(pa.table({"é": pa.array(values, kind)}), "jsonl")

    assert data.decode() == "".join(f'{{"é":{each}}}\n' for each in written.split(" "))


def test_a_document_is_an_array_of_the_same_objects() -> None:
    table = pa.table({"a": [1, 2]})

    assert encoded(table, "json")[0] == b'[\n{"a":1},\n{"a":2}\n]\n'
    assert encoded(table.slice(0, 0), "json")[0] == b"[\n\n]\n"
    assert encoded(table.slice(0, 0), "jsonl")[0] == b""


_VALUES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=5)
_ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b", "ü\n"]),
        st.recursive(
            _VALUES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
        ),
    ),
    min_size=1,
    max_size=5,
)


@given(_ROWS)
def test_any_objects_are_read_the_same_as_a_document_and_as_lines(rows: list[dict[str, Any]]) -> None:
    document = decoded(json.dumps(rows).encode(), "json")[0]
    lines = decoded("\n".join(map(json.dumps, rows)).encode(), "jsonl")[0]

    assert document.schema == lines.schema
    assert str(document.to_pydict()) == str(lines.to_pydict())


@given(_ROWS)
def test_what_is_written_reads_back(rows: list[dict[str, Any]]) -> None:
    table = decoded(json.dumps(rows).encode(), "json")[0]
    for name in ("json", "jsonl"):
        data, ledger = encoded(table, name)
        back = decoded(data, name)[0]
        told = {entry.column for entry in ledger}
        for label in set(table.column_names) - told:
            if table[label].null_count < len(table):
                assert str(back[label].to_pylist()) == str(table[label].to_pylist())


def test_no_column_of_what_pandas_splits_is_lost_in_silence() -> None:
    text = '{"columns": ["a", "a", 1, "1"], "index": [7, 9], "data": [[1, 2, 3, 4], [5, 6, 7, 8]]}'

    table, ledger = decoded(text.encode(), "json")

    assert table.to_pydict() == {"a": [1, 5], "a (1)": [2, 6], "1": [3, 7], "1 (1)": [4, 8]}
    assert [(entry.kind, entry.lossy) for entry in ledger] == [("rename", False), ("rename", False), ("index", True)]
    assert decoded(b'{"columns": ["a"], "index": [0, 1], "data": [[1], [2]]}', "json")[1] == []


@pytest.mark.parametrize("value", ['"x"', "1"])
def test_half_characters_are_replaced_and_told(value: str) -> None:
    table, ledger = decoded(f'[{{"a": "\\ud800"}}, {{"a": {value}}}, {{"a": "\\ud83d\\ude00"}}]'.encode(), "json")

    assert table["a"].to_pylist() == ["\ufffd", value.strip('"'), "😀"]
    assert ("a", "text", True, 1) in [(entry.column, entry.kind, entry.lossy, entry.count) for entry in ledger]


@given(st.binary(max_size=60) | st.text(st.sampled_from('[]{}",:1a.-e\\u \n'), max_size=40).map(str.encode))
def test_any_bytes_end_with_a_table_or_a_dataset_error(data: bytes) -> None:
    for name in ("json", "jsonl"):
        try:
            decoded(data, name)
        except DatasetError:
            continue


def _odd(data: bytes, name: str, **options: str) -> list[tuple[str, str, bool, int | None, str]]:
    _, ledger = decoded(data, name, **options)
    return [(entry.column, entry.detail.partition(",")[0], entry.lossy, entry.count, entry.example) for entry in ledger]


_INFINITE = "Became infinite"


@pytest.mark.parametrize(
    ("name", "text", "options", "told"),
    [
        ("jsonl", '{"a": 1e400}\n{"a": 0.5}\n{"a": -2E+999}\n', {}, [("a", _INFINITE, True, 2, "1e400")]),
        ("json", '[{"a": Infinity, "b": 1e400}, {"a": -Infinity}]', {}, [("b", _INFINITE, True, 1, "1e400")]),
        ("json", '[{"a": Infinity}, {"a": 1e400}]', {}, [("a", _INFINITE, True, 1, "1e400")]),
        ("json", '{"a": [1e400, 1.5]}', {}, [("a", _INFINITE, True, 1, "1e400")]),
        ("json", '{"r": [{"a": {"b": [1e400]}}]}', {"records": "r"}, [("a", _INFINITE, True, 1, "1e400")]),
        ("jsonl", '{"a": Infinity, "b": "Infinity", "c": ["Infinity"]}\n', {}, []),
    ],
)
def test_a_number_beyond_doubles_is_told_from_a_literal_infinity(
    name: str, text: str, options: dict[str, str], told: list[Any]
) -> None:
    assert _odd(text.encode(), name, **options) == told


@pytest.mark.parametrize(
    ("name", "text", "options", "column"),
    [
        ("jsonl", '{"a": 1, "a": 2}\n{"a": 3}\n', {}, "a"),
        ("json", '[{"a": "18:07", "a": "x"}]', {}, "a"),
        ("json", '[{"a" : 1, "a" : 2}]', {}, "a"),
        ("json", '[{"a": 1, "a"\t:2, "b":":"}]', {}, "a"),
        ("json", '{"a": [1], "a": [2]}', {}, "a"),
        ("json", '{"r": [{"a": 1, "a": 2}]}', {"records": "r"}, "a"),
        ("jsonl", '{"b": {"c": 1, "c": 2}}\n', {}, ""),
        ("jsonl", '{"b": [{"c": 1, "c": 2}]}\n{"b": [{"c": 1}]}\n', {}, ""),
    ],
)
def test_a_key_that_an_object_has_twice_is_told_and_lossy(
    name: str, text: str, options: dict[str, str], column: str
) -> None:
    _, ledger = decoded(text.encode(), name, **options)

    assert [(entry.column, entry.lossy, entry.count) for entry in ledger] == [(column, True, 1)]
    assert "more than once" in ledger[0].detail


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "x: y", "b": ": \\":", "c": {"d": "\\":", "e": [{"f": 1}]}}',
        '{"a" : 1, "b"\t: {"c" : ":"}}',
        '{"a": {"b": "\\u0022:"}, ":": 1}',
    ],
)
def test_colons_in_other_places_are_no_keys(text: str) -> None:
    assert decoded(text.encode(), "jsonl")[1] == []


_JSON_TEXTS = st.text(st.sampled_from('a":\\ \t'), max_size=4)


@given(st.lists(st.dictionaries(_JSON_TEXTS, _JSON_TEXTS | st.lists(_JSON_TEXTS, max_size=2), max_size=3), min_size=1))
def test_objects_as_python_writes_them_repeat_no_key(objects: list[dict[str, Any]]) -> None:
    written = "\n".join(map(json.dumps, objects)) + "\n"

    assert not any("more than once" in entry.detail for entry in decoded(written.encode(), "jsonl")[1])


@pytest.mark.parametrize("name", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("number", "lost"),
    [
        ("12345678901234567.89", True),
        ("[1e-400]", True),
        ("0e-400", False),
        ("[0.12345678901234567890123]", True),
        ("0.0012345678901234567", False),
        ("0.500000000000000000000", False),
        ("123456789012345678", False),
        ('"1.23456789012345678901"', False),
    ],
)
def test_digits_that_a_double_has_not_are_told(name: str, number: str, lost: bool) -> None:
    row = f'{{"a":{number},"b":0.5}}'
    _, ledger = decoded((row if name == "jsonl" else f"[{row}]").encode(), name)

    assert [(entry.column, entry.lossy, entry.count) for entry in ledger] == [("a", True, 1)] * lost
