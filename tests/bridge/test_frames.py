"""Frames cross to another interpreter and back without a change of any value."""

from __future__ import annotations

import datetime
import math
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from blobprep.bridge.arrays import CHUNK
from blobprep.tables.translation import to_frame, to_table
from tests.bridge.echoing import Echo, echoing
from tests.bridge.interpreters import EVERY, HERE, of_the_time
from tests.tables.kinds import KINDS

NAN = float("nan")
BERLIN = pd.to_datetime(["2024-10-27 00:30", "2024-10-27 01:30", None]).tz_localize("UTC").tz_convert("Europe/Berlin")

BEYOND = "seconds beyond the year 9999"
"""A type that no pandas before 2 has, nor Python: see test_running."""

SAME: dict[str, Any] = {
    "int8": np.array([-128, 0, 127], "int8"),
    "int64": np.array([-(2**63), 0, 2**63 - 1]),
    "uint64": np.array([0, 1, 2**64 - 1], "uint64"),
    "float": np.array([math.pi, NAN, -0.0]),
    "subnormal": np.array([5e-324, np.inf, -np.inf]),
    "float32": np.array([1.1, NAN, 3], "float32"),
    "float16": np.array([1.5, 2, 65504], "float16"),
    "longdouble": np.array([1, 2, 3], "longdouble") / 3,
    "complex": np.array([1j, 2, NAN]),
    "bool": np.array([True, False, True]),
    "flags": pd.Series([True, None, False], dtype=object),
    "text": ["a", "ünï ☃ 𝒳 العربية 日本語", None],
    "empty text": ["", "", ""],
    "categories": pd.Categorical(["x", "y", None], categories=["y", "x", "unused"]),
    "ordered": pd.Categorical([3, 1, 2], categories=[3, 1, 2], ordered=True),
    "times": pd.Series(pd.to_datetime(["1677-09-22", "2262-04-11", None])).astype("datetime64[ns]"),
    "zoned": pd.Series(BERLIN).dt.as_unit("ns"),
    "spans": pd.Series(pd.to_timedelta([1, None, -3], unit="ns")).dt.as_unit("ns"),
    "decimals": [Decimal("1.10"), Decimal("-1E+30"), None],
    "dates": [datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None],
    "clock": [datetime.time(1, 2, 3, 4), datetime.time(23, 59), None],
    "moments": pd.Series(
        [datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), None], dtype=object
    ),
    "large integers": [2**70, 1, -(2**65)],
    "lists": [[1, [2.5, None]], [], ["x", {"a": Decimal(1)}]],
    "tuples": [(1, "a"), (), None],
    "dicts": [{"a": 1}, {1: [2]}, {}],
    "arrays": pd.Series(
        [np.array([1, 2], "int16"), np.array([[1.5], [NAN]]), np.array(["a", None], object)], dtype=object
    ),
    "numbers of numpy": pd.Series([np.int8(1), np.float32(1.1), np.datetime64("2024-01-01", "D")], dtype=object),
    "missing of all kinds": pd.Series([None, NAN, pd.NaT], dtype=object),
    "identities": [uuid.UUID(int=7), uuid.UUID(int=2**128 - 1), None],
    "mixed": pd.Series([1, "x", 2.5], dtype=object),
}
"""Columns that come back with the same type and the same values from every interpreter."""


@pytest.fixture(scope="module", params=EVERY)
def echo(request: pytest.FixtureRequest) -> Iterator[Echo]:
    """Share one process of each interpreter among the tests."""
    with echoing(request.param) as process:
        yield process


def shown(column: Any) -> list[tuple[str, str]]:
    """Show values so that no two different ones look the same."""
    return [(type(value).__name__, _bits(value)) for value in column]


def _bits(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {[shown([item]) for item in value.tolist()]}"
    return value.hex() if type(value) is float else repr(value)


@pytest.mark.parametrize("name", SAME)
def test_a_column_comes_back_as_it_was(echo: Echo, name: str) -> None:
    frame = pd.DataFrame({"x": SAME[name]})

    back = echo(frame)

    assert back["x"].dtype == frame["x"].dtype
    assert shown(back["x"]) == shown(frame["x"])


def test_all_of_them_come_back_together(echo: Echo) -> None:
    frame = pd.DataFrame(SAME)

    back = echo(frame)

    assert list(back) == list(frame)
    assert [shown(back[name]) for name in frame] == [shown(frame[name]) for name in frame]


@pytest.mark.parametrize("name", sorted(KINDS.keys() - {BEYOND}))
def test_a_dataset_of_each_type_is_translated_as_if_it_had_not_left(echo: Echo, name: str) -> None:
    given, _ = to_frame(pa.table({"x": KINDS[name].array}), "dataset1", {})
    here, _ = to_table(given, "results")
    there, _ = to_table(echo(given), "results")

    assert as_plain(there["x"]) == as_plain(here["x"])
    assert there.num_rows == here.num_rows


def test_times_beyond_those_of_python_cross_where_pandas_has_them() -> None:
    frame = pd.DataFrame({"t": np.array([2**60, -(2**60)], "datetime64[s]")})

    with echoing(HERE) as echo:
        assert echo(frame)["t"].to_numpy().tolist() == frame["t"].to_numpy().tolist()


def as_plain(column: Any) -> list[str]:
    """Return values as text in which a time has no unit: before pandas 2 all of them are nanoseconds."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        factor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[kind.unit]
        numbers = column.cast(pa.int64()).to_pylist()
        return [repr(None if number is None else number * factor) for number in numbers]
    return [repr(value) for value in column.to_pylist()]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(pd.DataFrame(), id="nothing"),
        pytest.param(pd.DataFrame(index=range(3)), id="rows without columns"),
        pytest.param(pd.DataFrame({"a": np.array([], "int64"), "b": pd.Series([], dtype="str")}), id="no rows"),
        pytest.param(pd.DataFrame({"a": range(6)}).iloc[::2], id="every second row"),
        pytest.param(pd.DataFrame({"a": range(3)}, index=pd.Index(["x", "y", "z"], name="who")), id="named index"),
        pytest.param(pd.DataFrame({"a": range(3)}, index=pd.Index(range(3), name="n")), id="named positions"),
        pytest.param(pd.DataFrame({"a": [1, 2], "b": [3, 4]}).iloc[:, [0, 0, 1]], id="equal labels"),
        pytest.param(
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"])),
            id="levels of labels",
        ),
        pytest.param(
            pd.DataFrame({"n": range(4)}).set_index([["a", "a", "b", "b"], [1, 2, 1, 2]]), id="levels of rows"
        ),
    ],
)
def test_the_shape_comes_back_as_it_was(echo: Echo, frame: pd.DataFrame) -> None:
    back = echo(frame)

    assert back.shape == frame.shape
    assert [repr(label) for label in back.columns] == [repr(label) for label in frame.columns]
    assert list(back.index) == list(frame.index)
    assert list(back.index.names) == list(frame.index.names)
    assert list(back.columns.names) == list(frame.columns.names)
    assert back.to_numpy().tolist() == frame.to_numpy().tolist()


def test_labels_that_are_no_texts_come_back(echo: Echo) -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]])
    frame.columns = pd.Index([1, ("a", None), None, datetime.date(2024, 1, 1)], dtype=object, tupleize_cols=False)

    assert [repr(label) for label in echo(frame).columns] == [repr(label) for label in frame.columns]


def test_texts_with_every_kind_of_character_come_back_in_each_chunk(echo: Echo) -> None:
    texts = [f"{at} \t\n\r\x01 é 𝒳" if at % 3 else None for at in range(2 * CHUNK + 5)]
    texts[CHUNK + 1] = "a\0b"
    frame = pd.DataFrame({"t": pd.Series(texts, dtype="str")})

    back = echo(frame)["t"]

    assert [None if value is NAN or value != value else value for value in back] == texts


def test_halves_of_characters_come_back(echo: Echo) -> None:
    frame = pd.DataFrame({"t": pd.Series(["a\ud800", "b", None], dtype=object)})

    assert list(echo(frame)["t"].astype(object))[:2] == ["a\ud800", "b"]


def test_times_of_every_unit_keep_their_instant(echo: Echo) -> None:
    values = {unit: np.array([0, 1, -1], f"datetime64[{unit}]") for unit in ("s", "ms", "us", "ns")}

    back = echo(pd.DataFrame(values))

    for unit, array in values.items():
        assert list(back[unit].astype("datetime64[ns]")) == list(pd.Series(array).astype("datetime64[ns]"))


def test_times_that_an_old_pandas_cannot_hold_become_objects_of_the_same_instant(echo: Echo) -> None:
    frame = pd.DataFrame({"t": np.array(["0001-01-01", "9999-12-31T23:59:59.999999", "NaT"], "datetime64[us]")})

    back = echo(frame)["t"]

    assert [None if value is pd.NaT else (value.year, value.microsecond) for value in back] == [
        (1, 0),
        (9999, 999999),
        None,
    ]


@pytest.mark.parametrize("name", ["py27", "py36"])
def test_an_old_interpreter_sees_the_types_of_its_time(name: str) -> None:
    frame = pd.DataFrame(
        {
            "text": ["a", "é", None],
            "nullable": pd.array([1, None, 2**62], dtype="Int64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "times": pd.to_datetime(["2024-01-01", None, "1999-12-31"]),
        }
    )
    with echoing(of_the_time(name)) as echo:
        echo(frame)

        assert echo.dtypes == ["object", "object", "object", "datetime64[ns]"]
        assert echo.shown[0] == (["u'a'", "u'\\xe9'", "nan"] if name == "py27" else ["'a'", "'é'", "nan"])
        assert [text.rstrip("L") for text in echo.shown[1]] == ["1", "None", str(2**62)]
        assert echo.shown[2] == ["True", "None", "False"]


def test_nullable_and_sparse_columns_keep_their_type_where_pandas_has_it() -> None:
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int32"),
            "b": pd.array([True, None], dtype="boolean"),
            "f": pd.array([1.5, None], dtype="Float64"),
            "s": pd.arrays.SparseArray([0, 1]),
            "p": pd.period_range("2024-01", periods=2, freq="M"),
            "v": pd.interval_range(0, 2),
        }
    )
    with echoing(HERE) as echo:
        back = echo(frame)

        assert [str(kind) for kind in back.dtypes] == [str(kind) for kind in frame.dtypes]
        pd.testing.assert_frame_equal(back, frame)


def test_an_object_of_unknown_kind_keeps_its_name_and_its_text() -> None:
    with echoing(HERE) as echo:
        back = echo(pd.DataFrame({"x": [range(3), {1}, 1.5]}))["x"]

        assert [type(value).__name__ for value in back] == ["range", "set", "float"]
        assert [str(value) for value in back] == ["range(0, 3)", "{1}", "1.5"]
