"""A frame of any dtypes, to a table, through a format and back: the same values, or an entry for each difference.

What counts is the values and of which kind they are. A dtype that holds the same ones another way, as `Int8`, `int8`
and Arrow's `int8` do, is no difference.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.protocol import Translation
from blobprep.tables.translation import to_frame, to_table
from tests.tables.kinds import KINDS
from tests.tables.test_codecs import decoded, encoded

_FEW = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])

_BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
_LONG = st.integers(-(2**63), 2**63 - 1)
_MOMENTS = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30))
_FINE = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))
_SPANS = st.timedeltas(datetime.timedelta(-(10**5)), datetime.timedelta(10**5))
_DECIMALS = st.decimals(-(10**6), 10**6, places=2)

Columns = Callable[[int], Any]


def _of(cells: Any, dtype: Any, missing: bool = True) -> Columns:
    drawn = st.none() | cells if missing else cells
    return lambda rows: st.lists(drawn, min_size=rows, max_size=rows).map(lambda each: pd.Series(each, dtype=dtype))


def _numbers() -> list[Columns]:
    columns = []
    for width in (8, 16, 32, 64):
        signed, unsigned = st.integers(-(2 ** (width - 1)), 2 ** (width - 1) - 1), st.integers(0, 2**width - 1)
        for cells, name in ((signed, f"int{width}"), (unsigned, f"uint{width}")):
            columns += [
                _of(cells, name, missing=False),
                _of(cells, name.replace("i", "I").replace("u", "U")),
                _of(cells, pd.ArrowDtype(getattr(pa, name)())),
            ]
    for width in (16, 32, 64):
        cells = st.floats(width=width)  # type: ignore[call-overload]
        columns.append(_of(cells, f"float{width}"))
        if width > 16:
            columns += [
                _of(cells, f"Float{width}"),
                _of(cells, pd.ArrowDtype(getattr(pa, f"float{width}")())),
            ]
    columns += [
        _of(st.booleans(), kind, missing=kind != "bool") for kind in ("bool", "boolean", pd.ArrowDtype(pa.bool_()))
    ]
    complexes = st.complex_numbers(max_magnitude=9)
    return [*columns, _of(complexes, "complex128"), _of(_DECIMALS, pd.ArrowDtype(pa.decimal128(20, 2)))]


def _texts() -> list[Columns]:
    dtypes = ("str", "string", pd.StringDtype("python"), pd.ArrowDtype(pa.string()), pd.ArrowDtype(pa.large_string()))
    return [_of(_TEXTS, dtype) for dtype in dtypes]


def _moments() -> list[Columns]:
    columns = []
    for unit in ("s", "ms", "us", "ns"):
        cells = (_FINE if unit == "ns" else _MOMENTS).map(lambda each: each.replace(microsecond=0))
        columns += [
            _of(cells, f"datetime64[{unit}]"),
            _of(cells.map(lambda each: each.replace(tzinfo=datetime.UTC)), f"datetime64[{unit}, UTC]"),
            _of(cells.map(lambda each: each.replace(tzinfo=_BERLIN)), f"datetime64[{unit}, Europe/Berlin]"),
            _of(cells, pd.ArrowDtype(pa.timestamp(unit))),
            _of(_SPANS.map(lambda each: datetime.timedelta(each.days, each.seconds)), f"timedelta64[{unit}]"),
        ]
    days = pd.ArrowDtype(pa.date32())
    return [*columns, _of(st.dates(), days), _of(st.times(), pd.ArrowDtype(pa.time64("us")))]


def _categories() -> list[Columns]:
    labels: list[Any] = [
        ["b", "a", "unused"],
        [3, 1, 2],
        [0.5, -1.0],
        [True, False],
        [1, "1", "x"],
        pd.to_datetime(["2024-05-30", "0001-01-01"]),
        pd.to_datetime(["2024-05-30", "2020-01-01"]).tz_localize("Europe/Berlin"),
        pd.to_timedelta([2, 1], unit="s"),
        pd.interval_range(0, 2),
        pd.period_range("2024-01", periods=2, freq="M"),
        pd.array(["b", "a"], pd.ArrowDtype(pa.string())),
        pd.array([3, 1], "Int8"),
    ]

    def of(dtype: Any, rows: int) -> Any:
        codes = st.lists(st.integers(-1, len(dtype.categories) - 1), min_size=rows, max_size=rows)
        return codes.map(lambda each: pd.Series(pd.Categorical.from_codes(each, dtype=dtype)))

    dtypes = [pd.CategoricalDtype(each, ordered) for each in labels for ordered in (False, True)]
    return [lambda rows, dtype=dtype: of(dtype, rows) for dtype in dtypes]  # type: ignore[misc]


def _odd() -> list[Columns]:
    scalars = (
        st.integers(-(2**70), 2**70)
        | st.floats()
        | st.booleans()
        | _TEXTS
        | st.binary(max_size=3)
        | _DECIMALS
        | _MOMENTS
        | _MOMENTS.map(lambda each: each.replace(tzinfo=_BERLIN))
        | st.dates()
        | st.times()
        | _SPANS
        | st.uuids()
        | st.complex_numbers(max_magnitude=9)
        | st.sampled_from([pd.NA, pd.NaT, np.int8(1), np.float32(0.5), np.datetime64("99999-01-01")])
    )
    inner = st.integers(-9, 9) | st.floats(allow_nan=False) | _TEXTS | st.none()
    nested = st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    one_kind = [
        *(st.integers(-(2**70), 2**70), st.floats(), st.booleans(), _TEXTS, st.binary(max_size=3), _DECIMALS),
        *(_MOMENTS, _MOMENTS.map(lambda each: each.replace(tzinfo=_BERLIN)), st.dates(), st.times(), _SPANS),
        *(st.uuids(), st.complex_numbers(max_magnitude=9), st.lists(st.integers(-9, 9), max_size=3)),
        *(st.integers() | st.floats(), nested, scalars, scalars | nested),
    ]
    return [
        *(_of(cells, object) for cells in one_kind),
        _of(st.integers(-9, 9), pd.SparseDtype("int64", 0), missing=False),
        _of(st.floats(), pd.SparseDtype("float64")),
        _of(st.sampled_from(list(pd.interval_range(0.0, 3.0))), pd.interval_range(0.0, 3.0).dtype),
        _of(st.sampled_from(list(pd.period_range("2024-01", periods=3, freq="M"))), "period[M]"),
        lambda rows: st.just(pd.Series([None] * rows, dtype=object)),
    ]


COLUMNS = [*_numbers(), *_texts(), *_moments(), *_categories(), *_odd()]
_LABELS = st.sampled_from(["a", "b", "a (1)", 1, "1", None, 2.5, ("x", 1), ""])


@st.composite
def frames(draw: Any) -> pd.DataFrame:
    rows = draw(st.integers(0, 4))
    drawn = [draw(draw(st.sampled_from(COLUMNS))(rows)) for _ in range(draw(st.integers(1, 4)))]
    frame = pd.concat(drawn, axis="columns")
    labels = draw(st.lists(_LABELS, min_size=len(drawn), max_size=len(drawn)))
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    if draw(st.booleans()):
        frame.index = pd.Index([f"row {number}" for number in range(rows)])
    return frame


@_FEW
@given(frame=frames(), options=st.sampled_from([{}, {"integers": "nullable", "decimals": "keep"}]))
@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_what_differs_after_the_journey_has_an_entry(name: str, frame: pd.DataFrame, options: dict[str, str]) -> None:
    table, ledger = to_table(frame, "results")
    data, written = encoded(table, name)
    read, decoding = decoded(data, name)
    back, returned = to_frame(read, "dataset1", options)
    ledger += [*written, *decoding, *returned]

    told = {entry.column for entry in ledger if entry.kind != "rename"}
    assert back.shape == frame.shape
    for position, label in enumerate(back.columns):
        same = _same(frame.iloc[:, position], back.iloc[:, position])
        assert same or label in told, f"{frame.iloc[:, position]} became {back.iloc[:, position]}"
    _assert_labels_and_index_are_told(frame, back, ledger)
    assert all(entry.remedy for entry in ledger if entry.lossy)


def _assert_labels_and_index_are_told(frame: pd.DataFrame, back: pd.DataFrame, ledger: list[Translation]) -> None:
    renamed = {entry.column for entry in ledger if entry.kind == "rename"}
    assert back.columns.is_unique
    for old, new in zip(frame.columns, back.columns, strict=True):
        assert old == new or new in renamed or str(old) in renamed
    if len(frame):
        assert frame.index.equals(back.index) or any(entry.kind == "index" and entry.lossy for entry in ledger)


@_FEW
@given(frame=frames())
def test_a_change_is_counted_with_no_more_values_than_there_are(frame: pd.DataFrame) -> None:
    _, ledger = to_table(frame, "results")

    for entry in ledger:
        if entry.kind in ("cast", "zone", "text"):
            assert entry.count is not None
            # Of categories it is the labels that change.
            assert entry.count <= max(len(frame), 3)
            assert bool(entry.example) <= bool(entry.count)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_arrows_own_dtypes_comes_back_as_its_table_was(kind: str) -> None:
    column = pa.chunked_array([KINDS[kind].array])
    frame = pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(column))})

    table, ledger = to_table(frame, "results")

    same = table["x"].equals(column) or repr(table["x"]) == repr(column)
    narrowed = table["x"].cast(column.type).equals(column) if not pa.types.is_dictionary(column.type) else same
    assert same or narrowed or ledger or kind in ("NaN", "categories of large text")


def _same(before: pd.Series[Any], after: pd.Series[Any]) -> bool:
    if isinstance(before.dtype, pd.CategoricalDtype):
        if not isinstance(after.dtype, pd.CategoricalDtype) or before.cat.ordered != after.cat.ordered:
            return False
        if list(map(_plain, before.cat.categories)) != list(map(_plain, after.cat.categories)):
            return False
    pairs = zip(before.astype(object), after.astype(object), strict=True)
    return all(_equal(_plain(old), _plain(new)) for old, new in pairs)


def _equal(old: Any, new: Any) -> bool:
    """Compare what differs only in being a float or an int by its value; never a truth with a number."""
    if isinstance(old, bool) != isinstance(new, bool) or isinstance(old, str) != isinstance(new, str):
        return False
    if isinstance(old, datetime.datetime) and isinstance(new, datetime.datetime):
        return bool(old == new) and old.utcoffset() == new.utcoffset()
    return bool(old == new) or repr(old) == repr(new)


def _plain(value: Any) -> Any:
    """Return a value as Python's own, and one look for whatever is missing."""
    if isinstance(value, (list, dict, tuple)):
        return value
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value.normalize() if isinstance(value, Decimal) else value
