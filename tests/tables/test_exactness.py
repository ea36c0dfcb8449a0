"""No value changes in silence: every type at its limits, on every way through the product, against exact arithmetic.

Each column comes out with the values it had, or with a lossy entry of the ledger that names it, or there is an error
that does; and never anything else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from blobprep.errors import DatasetError
from blobprep.protocol import Translation
from blobprep.tables import codecs
from blobprep.tables.translation import to_frame, to_table
from tests.child import limits
from tests.child.limits import exact, reads_as
from tests.tables.test_codecs import asked, decoded, encoded, input_file
from tests.tables.test_codecs_concat import together

_OFTEN = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@st.composite
def tables(draw: Any, rows: int = 3) -> pa.Table:
    kind = draw(limits.kinds)
    return pa.table({"x": draw(limits.columns(kind, draw(st.integers(0, rows))))})


@st.composite
def pairs(draw: Any) -> tuple[pa.Table, pa.Table]:
    kinds = draw(limits.families())
    first, second = (pa.table({"x": draw(limits.columns(kind, draw(st.integers(0, 2))))}) for kind in kinds)
    return first, second


def assert_told(
    before: list[Any], after: Any, ledger: list[Translation], look: Callable[[Any], Any] = lambda value: value
) -> None:
    """Fail where a value changed, or what counts of it, and no lossy entry names the column."""
    values = exact(after)
    if list(map(look, values)) != list(map(look, before)):
        assert any(entry.lossy and entry.column == "x" for entry in ledger), f"{before} became {values}: {ledger}"


def assert_named(error: DatasetError, *blobs: str) -> None:
    assert all(name in error.message for name in ("'x'", *blobs)), error.message


@_OFTEN
@given(table=tables())
@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_a_file_holds_every_value_or_says_so(name: str, table: pa.Table) -> None:
    try:
        data, ledger = encoded(table, name)
        back, decoding = decoded(data, name)
    except DatasetError as error:
        assert_named(error)
        return

    assert_told(exact(table["x"]), back["x"], [*ledger, *decoding])


@_OFTEN
@given(table=tables(), options=st.sampled_from([{}, {"integers": "nullable", "decimals": "keep"}]))
def test_a_frame_holds_every_value_or_says_so(table: pa.Table, options: dict[str, str]) -> None:
    try:
        frame, ledger = to_frame(table, "dataset1", options)
        back, returning = to_table(frame, "results")
    except DatasetError as error:
        assert_named(error)
        return

    assert_told(exact(table["x"]), back["x"], [*ledger, *returning])


@_OFTEN
@given(table=tables())
def test_a_frame_of_arrows_own_dtypes_loses_no_value_without_a_word(table: pa.Table) -> None:
    frame = pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(table["x"]))})
    try:
        back, ledger = to_table(frame, "results")
    except DatasetError as error:
        assert_named(error)
        return

    assert_told(exact(table["x"]), back["x"], ledger)


@_OFTEN
@given(parts=pairs())
@pytest.mark.parametrize("name", ["arrow"])
def test_parts_hold_every_value_or_say_so(name: str, parts: tuple[pa.Table, pa.Table]) -> None:
    before = [value for part in parts for value in exact(part["x"])]
    try:
        table, ledger = together(*parts, name=name)
    except DatasetError as error:
        assert_named(error, "az://raw/0", "az://raw/1")
        return

    beside_bytes = any("binary" in entry.detail for entry in ledger)
    assert_told(before, table["x"], ledger, _text_as_bytes if beside_bytes else lambda value: value)


def _text_as_bytes(value: Any) -> Any:
    """Return a value with the bytes of its texts: what text becomes beside bytes."""
    if value is None:
        return None
    family, inner = value
    if family == "l":
        return family, [_text_as_bytes(each) for each in inner]
    if family == "r":
        return family, {name: _text_as_bytes(each) for name, each in inner.items()}
    return ("b", inner.encode()) if family == "s" else value


@_OFTEN
@given(table=tables())
def test_the_first_rows_hold_every_value(table: pa.Table) -> None:
    for name in ("arrow", "parquet"):
        try:
            data, ledger = encoded(table, name)
        except DatasetError as error:
            assert_named(error)
            continue
        source = input_file(data)
        try:
            first, _ = codecs.head(source, asked(name, len(data)), 2)
        finally:
            os.close(source.descriptor)

        assert_told(exact(table["x"])[:2], first["x"], ledger)


@_OFTEN
@given(table=tables())
@pytest.mark.parametrize("name", ["csv", "json", "arff", "svmlight", pytest.param("excel", marks=pytest.mark.slow)])
def test_the_words_of_a_text_format_say_every_value(name: str, table: pa.Table) -> None:
    assume(len(table))
    table = table.append_column("beside", pa.array(range(len(table)), pa.int64()))
    try:
        data, ledger = encoded(table, name, **({"label": "beside"} if name == "svmlight" else {}))
        back, decoding = decoded(data, name)
    except DatasetError as error:
        assert_named(error)
        return

    if not any(entry.lossy and entry.column == "x" for entry in [*ledger, *decoding]):
        before, after = exact(table["x"]), exact(back.column(0))
        kind = table["x"].type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        assert all(map(reads_as, before, after, [kind] * len(before))), f"{before} was read as {after}: {ledger}"
