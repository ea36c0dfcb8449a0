"""Blobs divided into pieces: read one by one and joined, they are the whole."""

from __future__ import annotations

import csv as python_csv
import gzip
import io
import os
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import DatasetError, InvalidOption
from blobprep.formats import byte_ranges_named
from blobprep.protocol import Translation
from blobprep.protocol.divisions import Division
from blobprep.tables.codecs.csv import records
from blobprep.tables.codecs.division import divide
from blobprep.tables.translation import to_frame
from tests.tables.test_codecs import asked, decoded, headed, input_file


def divided(data: bytes, rows: int, name: str = "csv", **options: str) -> Division:
    source = input_file(data)
    try:
        return divide(source, asked(name, len(data), **options), rows)
    finally:
        os.close(source.descriptor)


def pieces_of(
    data: bytes, division: Division, name: str = "csv", **options: str
) -> list[tuple[pa.Table, dict[str, str]]]:
    """Read the pieces, each with the options that it is read with."""
    tables = []
    for number, piece in enumerate(division.pieces, 1):
        own = {**options, **division.options, **(division.last if number == len(division.pieces) else {})}
        own[division.option] = piece.place
        del own["format"]
        part = data
        if division.option == "bytes":
            part = b"".join(data[place.start : place.stop] for place in byte_ranges_named(piece.place))
        tables.append((decoded(part, name, **own)[0], own))
    return tables


def frames(tables: list[tuple[pa.Table, dict[str, str]]]) -> pd.DataFrame:
    """Join the frames that scripts get; they must have the same types."""
    made = [to_frame(table, "dataset1", options)[0] for table, options in tables]
    assert all(list(frame.dtypes) == list(made[0].dtypes) for frame in made)
    return pd.concat(made, ignore_index=True)


def require_same(data: bytes, rows: int, name: str = "csv", **options: str) -> Division:
    """Divide a blob, and compare the joined pieces with the whole, as tables and as frames."""
    whole, _ = decoded(data, name, **options)
    division = divided(data, rows, name, **options)
    assert division.pieces, division.reason
    tables = pieces_of(data, division, name, **options)
    joined = pa.concat_tables([table for table, _ in tables])
    assert joined.schema.equals(whole.schema)
    assert repr(joined.to_pydict()) == repr(whole.to_pydict())  # NaN equals nothing
    expected = to_frame(whole, "dataset1", dict(options))[0]
    pd.testing.assert_frame_equal(frames(tables), expected)
    return division


CELLS = st.one_of(
    st.sampled_from(
        ["", "?", "7", "007", "1.5", "true", "False", "x", "2024-05-30", "nan", "1e400", " 8 ", "9007199254740993"]
    ),
    st.text(st.sampled_from('ab1,;"\n\r\té '), max_size=6),
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=12),
    st.integers(1, 4),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
    st.booleans(),
)
def test_joined_pieces_of_any_text_are_the_whole(
    rows: list[tuple[str, str]], size: int, encoding: str, end: str, delimiter: str, header: bool, ended: bool
) -> None:
    text = io.StringIO(newline="")
    writer = python_csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([("a", "b")] * header + list(rows))
    data = (text.getvalue() if ended else text.getvalue().removesuffix(end)).encode(encoding)
    options = {
        "encoding": "auto" if encoding in ("utf-8", "utf-8-sig", "utf-16") else encoding,
        "delimiter": delimiter,
        "header": str(header).lower(),
    }
    try:
        whole, _ = decoded(data, **options)
    except DatasetError:
        return  # such as a quote never closed; a run of the whole says so
    division = divided(data, size, **options)
    if not division.pieces:
        assert whole.num_rows <= size or division.reason or len(rows) <= size
        return
    tables = pieces_of(data, division, **options)
    assert repr(pa.concat_tables([table for table, _ in tables]).to_pydict()) == repr(whole.to_pydict())
    pd.testing.assert_frame_equal(frames(tables), to_frame(whole, "dataset1", options)[0])


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b\n7,x\n8,y\n007,z\n", {}),
        ("a,b\n7,x\n8,y\n,z\n", {}),
        ("a,b\ntrue,x\nfalse,y\n,z\n", {}),
        ("a,b\n7,x\n8.5,y\nnan,z\n", {}),
        ("a,b\n\n7,x\n\n\n8,y\n9,z\n\n", {}),
        ('a,b\n7,"x\ny"\n8,"say ""hi"""\n9,\n', {}),
        ('a,b\n7,5" pipe\n8,"x,"y\n9,z\n', {}),
        ("a,b\n7,x\na,b\n8,y\na,b\n9,z\n", {}),
        ("sep=;\na;b\n7;x\n8;y\n9;z\n", {}),
        ("A title\nand more\na,b\n7,x\n8,y\n9,z\n", {"skip_lines": "2"}),
        ("a,b\n7,x\n8,y\n9,z\n", {"trailing_newline": "row"}),
        ("a,b\n2024-01-01,x\n2024-01-02T03:04:05.123456789,y\n,z\n", {"dates": "a"}),
        ("a,b\n2024-01-01T00:00:00Z,x\n2024-01-02T03:04:05+01:00,y\n,z\n", {"dates": "a"}),
        ("a,b\n7,x\n8,y\n007,z\n", {"text": "a"}),
        ("a,b\n7,x\n8,y\n007,z\n", {"leading_zeros": "number"}),
        ("a,b\n7,x\n-,y\n9,z\n", {"missing": "-"}),
        ("a,b\n7,x\n8,y\n,z\n", {"integers": "nullable"}),
        ("a,b\n7,x,\n8,y,\n9,z,\n", {}),
        ("a\n7,x\n8,y\n9,z\n", {"unlabeled": "first"}),
        ("a,b\n,\n?,\n,\n", {}),
        ("a\n7\n8\n9", {}),
        ("7,x\n8,y\n9,z\n", {"header": "false"}),
        ("a,b\n9007199254740993,x\n1,y\n1.5,z\n", {}),
    ],
)
@pytest.mark.parametrize("rows", [1, 2])
def test_pieces_see_the_types_and_rows_of_the_whole(text: str, options: dict[str, str], rows: int) -> None:
    require_same(text.encode(), rows, **options)


def test_a_piece_is_the_header_and_whole_rows_and_the_first_one_is_a_single_range() -> None:
    data = b'a,b\n1,"x\n"\n2,y\n3,z\n'
    division = require_same(data, 1)
    places = [piece.place for piece in division.pieces]
    assert places == ["0-10", "0-3;11-14", "0-3;15-18"]
    assert [(piece.first, piece.rows) for piece in division.pieces] == [(0, 1), (1, 1), (2, 1)]
    assert division.options == {
        "format": "csv",
        "encoding": "utf-8",
        "delimiter": ",",
        "column_types": "int64;string",
    }


def test_records_are_found_across_blocks_and_one_may_be_larger_than_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_BLOCK", 16)
    giant = '"' + "x,\n" * 5000 + '"'
    text = "a,b\r\n" + "".join(f'{number},"y{number}\r\n"\r\n' for number in range(300)) + f"7,{giant}\r\n8,z\r\n"
    for encoding in ("utf-8", "utf-16"):
        require_same(text.encode(encoding), 100)
    odd = text.replace("y7\r\n", 'y7"z')
    require_same(odd.encode(), 100)


@pytest.mark.parametrize(
    ("data", "options", "reason"),
    [
        (gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0), {}, "it is compressed"),
        (b"a,b\n1,2\n3,4\n", {"ragged": "drop"}, "ragged is about the whole"),
        (b"a,b\n1,2\n3,4\n", {"nul_bytes": "drop"}, "nul_bytes is about the whole"),
        ("a,b\n1,2\n3,4\n".encode("utf-7"), {"encoding": "utf-7"}, "the encoding utf-7"),
        ('a,b\n1,x"y"\n3,4\n'.encode("utf-16"), {}, "the ends of its rows are not known"),
        (b"a,b\n1,2\nx,4\n", {"dates": "a"}, "a column that the option dates names"),
        (b'"a;c",b\n1,2\n,4\n', {}, "no option can name"),
    ],
)
def test_a_text_that_only_the_whole_can_tell_about_stays_whole(
    data: bytes, options: dict[str, str], reason: str
) -> None:
    division = divided(data, 1, **options)
    assert division.pieces == ()
    assert reason in division.reason


def test_a_small_text_stays_whole_without_a_reason() -> None:
    assert divided(b"a,b\n1,2\n3,4\n", 2) == Division()


def test_cells_that_are_not_of_the_given_type_are_refused_with_their_row() -> None:
    with pytest.raises(DatasetError, match="has 'x' in row 2 of column 'a', which is not int64"):
        decoded(b"a,b\n1,2\nx,4\n", column_types="int64;int64")
    with pytest.raises(DatasetError, match="has '007' in column 'a', which is no plain int64"):
        decoded(b"a,b\n1,2\n007,4\n", column_types="int64;int64")
    with pytest.raises(DatasetError, match="has 2 columns, but the option column_types gives 1 types"):
        decoded(b"a,b\n1,2\n", column_types="int64")
    with pytest.raises(InvalidOption, match="column_types and dates are given together"):
        decoded(b"a,b\n1,2\n", column_types="int64;int64", dates="a")


def test_the_ledger_says_that_types_were_given() -> None:
    _, ledger = decoded(b"a,b\n1,2\n", column_types="double;string")
    assert Translation("dataset1", "", "type", ledger[0].detail) in ledger
    assert "option column_types gives" in ledger[0].detail


def parquet(table: Any, groups: int, **options: Any) -> bytes:
    sink = io.BytesIO()
    if isinstance(table, pd.DataFrame):
        table.to_parquet(sink, row_group_size=groups)
    else:
        pyarrow.parquet.write_table(table, sink, row_group_size=groups, **options)
    return sink.getvalue()


def test_parquet_is_divided_by_row_groups_and_missing_values_elsewhere_count() -> None:
    table = pa.table(
        {
            "n": pa.array([1, 2, 3, None, 5, 6], pa.int32()),
            "b": [True, False, None, True, True, True],
            "t": ["x", None, "z", "a", "b", "c"],
            "whole": [1, 2, 3, 4, 5, 6],
            "l": [[1], [], None, [2], [3], [4]],
        }
    )
    division = require_same(parquet(table, 2), 3, "parquet")
    assert [piece.place for piece in division.pieces] == ["0-0", "1-1", "2-2"]
    assert division.options == {"format": "parquet", "incomplete": "n;b"}
    assert [piece.place for piece in divided(parquet(table, 2), 4, "parquet").pieces] == ["0-1", "2-2"]


def test_times_of_spark_get_the_unit_that_all_of_them_need() -> None:
    far = 10**11  # seconds: the year 5138, beyond nanoseconds
    table = pa.table({"t": pa.array([1, 2, None, far], pa.timestamp("s")), "n": [1, 2, 3, 4]})
    data = parquet(table, 1, use_deprecated_int96_timestamps=True)
    division = require_same(data, 2, "parquet")
    assert division.options == {"format": "parquet", "int96": "us"}
    with pytest.raises(DatasetError, match="has times in column 't' that do not fit ns"):
        decoded(data, "parquet", int96="ns")


def test_an_index_that_pandas_keeps_apart_goes_on_from_piece_to_piece() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4]}, index=pd.RangeIndex(10, 18, 2, name="station"))
    require_same(parquet(frame, 1), 2, "parquet")


@pytest.mark.parametrize(
    ("table", "options", "reason"),
    [
        ({"a": [1, 2, 3]}, {"row_group_size": 3}, "one row group only"),
        ({"a": pa.array(["x", "y", "x"]).dictionary_encode()}, {}, "column 'a' has categories"),
        (
            {"a": pa.array([1, 2, 3], pa.timestamp("ns")), "b": pa.array([1, 2, 2**40], pa.timestamp("s"))},
            {"use_deprecated_int96_timestamps": True},
            "INT96 times need different units: ns, us",
        ),
        ({"a": [1, 2, None]}, {"write_statistics": False}, "does not say which columns have missing values"),
    ],
)
def test_parquet_that_only_the_whole_can_tell_about_stays_whole(
    table: dict[str, Any], options: dict[str, Any], reason: str
) -> None:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(table), sink, **{"row_group_size": 1, **options})
    assert reason in divided(sink.getvalue(), 1, "parquet").reason


def test_row_groups_beyond_the_last_one_are_refused() -> None:
    with pytest.raises(DatasetError, match="has 2 row groups, but the option row_groups names number 3"):
        decoded(parquet(pa.table({"a": [1, 2]}), 1), "parquet", row_groups="1-3")


def test_the_first_rows_of_row_groups_are_those_of_the_first_one_that_is_named() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4]}, index=pd.RangeIndex(10, 18, 2, name="station"))
    table, total = headed(parquet(frame, 1), 1, "parquet", row_groups="2-3")
    assert (table.to_pydict(), total) == ({"a": [3], "station": [14]}, 2)


def test_other_formats_stay_whole() -> None:
    assert divided(b'{"a": 1}\n{"a": 2}\n', 1, "jsonl").reason == "jsonl is not divided"
