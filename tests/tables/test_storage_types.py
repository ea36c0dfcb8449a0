"""Types that hold ordinary values in another way: what becomes of them on reading."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from blobprep.errors import DatasetError
from blobprep.tables.codecs.types.storage import replace_odd_types
from tests.tables.test_codecs import asked, decoded, headed

LONG = "longer than the twelve bytes of a view"
KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")
ENDS = pa.array([2, 3], pa.int32())


def arrow_file(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def tensors() -> Any:
    kind = pa.fixed_shape_tensor(pa.int8(), [2])
    return pa.ExtensionArray.from_storage(kind, pa.array([[1, 2], [3, 4]], kind.storage_type))


ODD = {
    "text": (pa.array(["a", LONG, None, ""], pa.string_view()), ["a", LONG, None, ""]),
    "bytes": (pa.array([b"a", LONG.encode(), None], pa.binary_view()), [b"a", LONG.encode(), None]),
    "lists": (pa.array([[1, 2], None, [], [3]], pa.list_view(pa.int8())), [[1, 2], None, [], [3]]),
    "large lists": (pa.array([[LONG], None], pa.large_list_view(pa.string_view())), [[LONG], None]),
    "lists backwards": (
        pa.ListViewArray.from_arrays(
            pa.array([1, 0, 0], pa.int32()), pa.array([1, 1, 2], pa.int32()), pa.array([7, 8])
        ),
        [[8], [7], [7, 8]],
    ),
    "runs": (pa.RunEndEncodedArray.from_arrays(ENDS, pa.array(["x", None], pa.string_view())), ["x", "x", None]),
    "runs of lists": (pa.RunEndEncodedArray.from_arrays(ENDS, pa.array([[1], None])), [[1], [1], None]),
    "a list of text": (pa.array([[LONG, None], None], pa.list_(pa.string_view())), [[LONG, None], None]),
    "a fixed list": (pa.array([["a", None], None], pa.list_(pa.string_view(), 2)), [["a", None], None]),
    "a struct": (
        pa.array([{"a": LONG}, None, {"a": None}], pa.struct([("a", pa.string_view())])),
        [{"a": LONG}, None, {"a": None}],
    ),
    "a map": (pa.array([[("k", LONG)], None], pa.map_(pa.string_view(), pa.string_view())), [[("k", LONG)], None]),
    "categories": (
        pa.DictionaryArray.from_arrays(pa.array([1, None, 0]), pa.array(["a", LONG], pa.string_view()), ordered=True),
        [LONG, None, "a"],
    ),
    "JSON": (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", None])), ["{}", None]),
    "booleans of 8 bits": (
        pa.ExtensionArray.from_storage(pa.bool8(), pa.array([2, 0, None], pa.int8())),
        [True, False, None],
    ),
    "wide decimals": (
        pa.Array.from_buffers(pa.decimal32(5, 12), 1, [None, pa.py_buffer((123).to_bytes(4, "little"))]),
        [Decimal("1.23E-10")],
    ),
    "categories of nothing": (pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.nulls(1)), [None, None]),
}

CHANGED = {
    "UUIDs": (pa.array([KEY.bytes, None], pa.uuid()), [str(KEY), None], "UUIDs became text."),
    "intervals": (
        pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
        ["P1M2DT0.000000003S", None],
        "Intervals became ISO 8601 text.",
    ),
    "tensors": (
        tensors(),
        [[1, 2], [3, 4]],
        "Values of arrow.fixed_shape_tensor became fixed_size_list<item: int8>[2].",
    ),
    "decimals of a wild scale": (
        pa.Array.from_buffers(pa.decimal128(5, 500), 1, [None, pa.py_buffer((123).to_bytes(16, "little"))]),
        ["1.23E-498"],
        "Decimal numbers of scale 500 became text.",
    ),
    "categories of 16 bits": (
        pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array([1.5], pa.float16())),
        [1.5, 1.5],
        "Categories of halffloat became categories of float.",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_another_way_of_holding_values_changes_none(name: str) -> None:
    array, values = ODD[name]
    data = arrow_file(pa.table({"a": array}))

    table, ledger = decoded(data, "arrow")
    first, _ = headed(data, 2, "arrow")

    assert table["a"].to_pylist() == values
    assert first["a"].to_pylist() == values[:2]
    assert ledger == []


@pytest.mark.parametrize("name", CHANGED)
def test_what_is_something_else_afterwards_is_told(name: str) -> None:
    array, values, detail = CHANGED[name]

    table, (entry,) = decoded(arrow_file(pa.table({"a": array})), "arrow")

    assert table["a"].to_pylist() == values
    assert (entry.kind, entry.column, entry.detail) == ("type", "a", detail)


@pytest.mark.parametrize(
    "array", [each[0] for each in (*ODD.values(), *CHANGED.values())], ids=lambda each: str(each.type)
)
def test_slices_and_empty_columns_are_plain_as_well(array: Any) -> None:
    whole, _ = replace_odd_types(pa.table({"a": array}), asked("arrow"))
    rest, _ = replace_odd_types(pa.table({"a": array.slice(1)}), asked("arrow"))
    empty, _ = replace_odd_types(pa.table({"a": array.slice(0, 0)}), asked("arrow"))
    none, _ = replace_odd_types(pa.table({"a": pa.chunked_array([], array.type)}), asked("arrow"))

    assert rest["a"].to_pylist() == whole["a"].to_pylist()[1:]
    assert whole["a"].type == rest["a"].type == empty["a"].type == none["a"].type
    rest.validate(full=True)


def test_uuids_and_views_of_parquet_are_read(tmp_path: Any) -> None:
    table = pa.table({"id": pa.array([KEY.bytes], pa.uuid()), "t": pa.array([LONG], pa.string_view())})
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink)

    back, _ = decoded(bytes(sink.getvalue()), "parquet")

    assert back.to_pylist() == [{"id": str(KEY), "t": LONG}]


@pytest.mark.parametrize(
    ("length", "buffer", "offset"),
    [(20, 0, 2**30), (20, 5, 0), (20, -1, 0), (-1, 0, 0), (2**31 - 1, 0, 1), (20, 0, -5)],
)
def test_a_view_that_points_to_nothing_is_refused(length: int, buffer: int, offset: int) -> None:
    view = np.array([length, 0, buffer, offset], "<i4").tobytes()
    damaged = pa.Array.from_buffers(pa.string_view(), 1, [None, pa.py_buffer(view), pa.py_buffer(b"x" * 24)])

    with pytest.raises(pa.ArrowInvalid, match="a view points beyond its buffers"):
        replace_odd_types(pa.table({"a": damaged}), asked("arrow"))


def test_the_view_of_a_missing_value_is_not_followed() -> None:
    view = np.array([20, 0, 7, 2**30], "<i4").tobytes()
    odd = pa.Array.from_buffers(pa.binary_view(), 1, [pa.py_buffer(b"\x00"), pa.py_buffer(view), pa.py_buffer(b"x")])

    table, _ = replace_odd_types(pa.table({"a": odd}), asked("arrow"))

    assert table["a"].to_pylist() == [None]


def test_a_list_view_that_points_to_nothing_is_refused() -> None:
    damaged = pa.ListViewArray.from_arrays(pa.array([0], pa.int32()), pa.array([9], pa.int32()), pa.array([1]))

    with pytest.raises(pa.ArrowInvalid, match="a view of a list points beyond its values"):
        replace_odd_types(pa.table({"a": damaged}), asked("arrow"))


def test_a_zone_that_is_no_text_is_damage_and_no_defect() -> None:
    data = arrow_file(pa.table({"a": pa.array([1], pa.timestamp("s", "Mars/Olympus"))}))

    for read in (lambda spoiled: decoded(spoiled, "arrow"), lambda spoiled: headed(spoiled, 1, "arrow")):
        with pytest.raises(DatasetError, match="cannot be read as arrow"):
            read(data.replace(b"Mars", b"M\xff\xffs"))


def test_a_batch_of_less_than_no_rows_is_damage_and_no_defect() -> None:
    data = arrow_file(pa.table({"": pa.nulls(4242)}).select([]))
    damaged = data.replace((4242).to_bytes(8, "little"), (-1).to_bytes(8, "little", signed=True))
    assert damaged != data

    with pytest.raises(DatasetError, match="a batch of -1 rows"):
        headed(damaged, 1, "arrow")
    assert decoded(damaged, "arrow")[0].num_rows == 0
