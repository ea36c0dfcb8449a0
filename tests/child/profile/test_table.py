"""Whole profiles: hostile data, time, bytes and memory."""

from __future__ import annotations

import datetime
import json
import random
import tracemalloc
from collections.abc import Callable
from decimal import Decimal, getcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.child.profile.clock import Clock
from blobprep.child.profile.table import profile_table
from blobprep.protocol import Facts, decode_facts, encode_facts
from blobprep.protocol.profiles import AskedProfile, TableProfile
from blobprep.tables.codecs.types.storage import to_plain
from tests.fuzzing import tables

HOSTILE = "<script>alert(1)</script>\u202e\x00\x1b[2J\ud7ff🙂\u0600"


def profiled(table: pa.Table, clock: Clock | None = None, **asked: Any) -> TableProfile:
    """Return a profile that another process reads as it is."""
    profile = profile_table(table, AskedProfile(**asked), clock)
    data = encode_facts(Facts(profiles={"results": profile}))
    assert len(data) <= AskedProfile(**asked).bytes + 1000
    assert decode_facts(data).profiles == {"results": profile}
    return profile


EVERY: dict[str, pa.Array] = {
    "null": pa.nulls(4),
    "boolean": pa.array([True, None, False, True]),
    "integer": pa.array([1, None, -3, 2**63 - 1]),
    "double": pa.array([1.5, None, float("nan"), float("-inf")]),
    "half": pa.array(np.array([1, 2, np.nan, 4], np.float16)),
    "decimal": pa.array([Decimal("1.5"), None, Decimal("-0.25"), Decimal("9")]),
    "negative scale": pa.array([Decimal("1500"), None, Decimal("100"), Decimal("0")], pa.decimal128(9, -2)),
    "text": pa.array([HOSTILE, None, "", "中文" * 3000]),
    "category": pa.array([HOSTILE, None, HOSTILE, "b"]).dictionary_encode(),
    "binary": pa.array([b"\xff\x00", None, b"", b"x" * 9000]),
    "date": pa.array([0, None, -(10**6), 2**31 - 1], pa.int32()).cast(pa.date32()),
    "date of milliseconds": pa.array([0, None, 5, -(10**16)], pa.int64()).cast(pa.date64()),
    "time": pa.array([0, None, 1, 86_399], pa.int32()).cast(pa.time32("s")),
    "timestamp": pa.array(
        [datetime.datetime(1, 1, 1), None, datetime.datetime(9999, 1, 1), datetime.datetime(1960, 1, 1)]
    ),
    "zone": pa.array([0, None, 1, -1], pa.timestamp("ns", "Europe/Berlin")),
    "far": pa.array([10**17, None, -(10**17), 0], pa.timestamp("s")),
    "duration": pa.array([2**63 - 1, None, -(2**63), 0], pa.duration("ns")),
    "interval": pa.array([(1, 2, 3), None, (0, 0, 0), (1, 2, 3)], pa.month_day_nano_interval()),
    "list": pa.array([[1, None], None, [], [2]]),
    "struct": pa.array([{"a": HOSTILE}, None, {"a": None}, {"a": "b"}]),
    "map": pa.array([[("a", 1)], None, [], []], pa.map_(pa.string(), pa.int64())),
    "view": pa.array(["a", None, "b", "a"], pa.string_view()),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 4], pa.int32()), pa.array([1.5, None])),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16, None, b"1" * 16, b"1" * 16], pa.binary(16))),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("values", [True, False])
def test_every_type_has_a_profile(name: str, values: bool) -> None:
    array = EVERY[name]
    for column in (array, array.slice(1, 2), array.slice(0, 0), pa.chunked_array([array, array.slice(2)])):
        profile = profiled(pa.table({HOSTILE: column}), values=values)
        (found,) = profile.columns
        assert "cannot be computed" not in found.note
        assert found.count + found.missing == len(column)
        assert len(profile.sample.cells) == (len(column) if values else 0)


def test_all_types_beside_each_other_are_compared_too() -> None:
    profile = profiled(pa.table(EVERY))
    assert profile.notes == ()
    assert len(profile.columns) == profile.width == len(EVERY)


@pytest.mark.parametrize(
    "table",
    [
        pa.table({}),
        pa.table({"a": pa.array([], pa.int64())}),
        pa.table([[1], [2]], names=["a", "a"]),
        pa.table({"": [1]}),
    ],
    ids=["no columns", "no rows", "one name twice", "no name"],
)
def test_odd_tables_have_profiles(table: pa.Table) -> None:
    profile = profiled(table)
    assert (profile.rows, profile.width) == (table.num_rows, table.num_columns)
    assert [column.name for column in profile.columns] == table.column_names
    assert profile.notes == ()


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_generated_tables_have_profiles(seed: int) -> None:
    table = tables.table(random.Random(seed))
    profile = profiled(table)
    for column, data in zip(profile.columns, table.columns, strict=True):
        assert column.count + column.missing == table.num_rows
        if column.kind in ("numeric", "text", "time", "boolean") and to_plain(data) is data:
            missing = pa.chunked_array([chunk.is_null(nan_is_null=True) for chunk in data.chunks], pa.bool_())
            assert column.missing == sum(chunk.true_count for chunk in missing.chunks)


def test_a_column_that_fails_has_a_note_and_the_others_go_on() -> None:
    damaged = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(np.array([0, 1, 2], np.int32)), pa.py_buffer(b"\xff\xfe")]
    )
    first, second = profiled(pa.table([damaged, [1, 2]], names=["bad", "good"])).columns
    assert "cannot be" in first.note
    assert (second.mean, second.note) == (1.5, "")


def test_without_values_the_reason_for_a_failure_has_none() -> None:
    class Failing(Clock):
        def check(self) -> None:
            raise ValueError("the cell 'secret' is wrong")

    table = pa.table({"a": ["secret", "other"]})
    (shown,), (hidden,) = (
        profile_table(table, AskedProfile(values=values), Failing(None)).columns for values in (True, False)
    )
    assert "secret" in shown.note
    assert "ValueError" in hidden.note
    assert "secret" not in repr(hidden)


def test_when_no_time_is_left_there_are_rows_types_and_counts() -> None:
    profile = profiled(pa.table({"a": [1, None], "b": ["x", "y"]}), Clock(0))
    assert profile.sample.cells == (("1", "x"), (None, "y"))
    assert [(column.kind, column.count, column.missing) for column in profile.columns] == [
        ("numeric", 1, 1),
        ("text", 2, 0),
    ]
    assert profile.columns[0].mean is None
    assert any(note.startswith("Time ran out: no statistics of 2 of 2 columns") for note in profile.notes)


class Stopping(Clock):
    """A clock that runs out when it was looked at so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__(None)
        self.looks = looks

    def has_run_out(self) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("looks", range(0, 40, 3))
def test_whenever_time_runs_out_what_is_there_is_whole(looks: int) -> None:
    table = pa.table({name: np.random.default_rng(0).normal(size=300) for name in "abcd"} | {"t": ["x", "y"] * 150})
    profile, whole = profiled(table, Stopping(looks)), profiled(table)
    late = any("Time ran out" in note for note in profile.notes)

    assert late or profile.columns == whole.columns
    for column, complete in zip(profile.columns, whole.columns, strict=True):
        assert (column.count, column.missing) == (complete.count, complete.missing)
        assert column.mean in (None, complete.mean)
        assert column.bins in (None, complete.bins)
        assert "Time ran out" in column.note or column == complete


def wide() -> pa.Table:
    return pa.table([[n, n + 1, n + 2] for n in range(2000)], names=[f"column {n} {HOSTILE}" for n in range(2000)])


# Each is made by the test that profiles it: together they take a second and 200 MB.
LARGE: dict[str, Callable[[], pa.Table]] = {
    "2,000 columns": wide,
    "100,000 columns": lambda: pa.table([[1]] * 100_000, names=[f"c{n}" for n in range(100_000)]),
    "cells of 10 MB": lambda: pa.table(
        {name: ["x" * 10_000_000, "\x00" * 10_000_000, "中" * 3_000_000] for name in "ab"}
    ),
    "many long cells": lambda: pa.table({f"c{n}": ["\x01" * 5000] * 200 for n in range(60)}),
    "100,000 categories": lambda: pa.table(
        {"c": pa.array([f"{HOSTILE}{n}" for n in range(100_000)]).dictionary_encode()}
    ),
    "long labels": lambda: pa.table([[1.5]] * 1000, names=[f"{n}" + "x" * 9000 for n in range(1000)]),
    "long types": lambda: pa.table(
        {"s": pa.array([None], pa.struct([(f"field {n}", pa.int64()) for n in range(5000)]))}
    ),
    "commas": lambda: pa.table({f"c{n}": [",[" * 1000] * 100 for n in range(60)}),
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("most", [pytest.param(3 * 1024 * 1024, marks=pytest.mark.slow), 200_000, 5_000])
def test_a_profile_has_its_bytes_and_says_what_was_left_out(name: str, most: int) -> None:
    table = LARGE[name]()
    profile = profiled(table, bytes=most)
    assert len(profile.columns) == table.num_columns or any("columns fit" in note for note in profile.notes)
    if profile.sample.columns < min(table.num_columns, len(profile.columns)):
        assert profile.notes
    assert most < 10_000 or profile.columns


@pytest.mark.slow
def test_the_first_rows_stay_longest() -> None:
    """Of 2,000 columns there are cells, of all of them what is known, and nothing that was cut is said to be whole."""
    profile = profiled(wide())
    assert len(profile.columns) == 2000
    assert profile.sample.numbers[0] == 0
    cut = {(row, column) for row, column, _ in profile.sample.lengths}
    table = pa.table({f"c{n}": ["\x01" * 5000 + str(n)] * 200 for n in range(60)})
    profile = profiled(table)
    cut = {(row, column): size for row, column, size in profile.sample.lengths}
    for at, row in enumerate(profile.sample.cells):
        for place, cell in enumerate(row):
            assert cut[at, place] == 5000 + len(str(place))
            assert cell is not None
            assert len(cell) < 5000
    assert profile.notes


def test_without_values_no_cell_is_in_a_profile() -> None:
    secrets = [f"secret-{n}" for n in range(20)] * 2
    table = pa.table(
        {
            "text": secrets,
            "category": pa.array(secrets).dictionary_encode(),
            "binary": [text.encode() for text in secrets],
            "list": [[text] for text in secrets],
            "number": [*range(39), 123_456],
        }
    )
    assert "secret" not in json.dumps(profiled(table, values=False), default=repr)


def test_neither_settings_nor_random_numbers_of_a_script_matter_or_change() -> None:
    table = pa.table({"a": np.random.default_rng(0).normal(size=120_000), "d": [Decimal("1.10")] * 120_000})
    expected = profiled(table)
    random.seed(7)
    state, precision = random.getstate(), getcontext().prec
    getcontext().prec = 1
    try:
        with np.errstate(all="raise"):
            profile = profiled(table)
            assert np.geterr()["over"] == "raise"
        assert getcontext().prec == 1
    finally:
        getcontext().prec = precision
    assert random.getstate() == state
    assert profile.columns == expected.columns
    assert profile.drawn == expected.drawn


def test_no_second_copy_of_a_table_is_made() -> None:
    """Of a table of 80 MB less than 40 are taken at a time: blocks, and the rows that are chosen."""
    rows = 1_000_000
    chance = np.random.default_rng(0)
    numbers = {f"n{at}": chance.normal(size=rows) for at in range(8)}
    table = pa.table({**numbers, "t": pa.array([f"customer {n:06d}" for n in range(rows)])})
    size = table.nbytes
    pool = pa.default_memory_pool()
    before = pool.bytes_allocated()
    tracemalloc.start()
    try:
        highest = _highest_of(pool, table)
        _, traced = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert traced < size / 2
    assert highest - before < size / 2


def _highest_of(pool: Any, table: pa.Table) -> int:
    """Return the most bytes that Arrow had while a table was profiled, as seen at each look at the clock."""
    highest = 0

    class Watching(Clock):
        def check(self) -> None:
            nonlocal highest
            highest = max(highest, pool.bytes_allocated())

    profile_table(table, AskedProfile(), Watching(None))
    return max(highest, pool.bytes_allocated())
