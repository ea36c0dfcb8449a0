"""Tables of every type, parameter and limit that Arrow has, in files of every kind, whole and damaged."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

__all__ = ["damaged", "file", "table"]

_INTEGERS: Final = [getattr(pa, f"{sign}int{width}")() for sign in ("", "u") for width in (8, 16, 32, 64)]
_UNITS: Final = ("s", "ms", "us", "ns")
_PER_DAY: Final = {"s": 86400, "ms": 86400 * 10**3, "us": 86400 * 10**6, "ns": 86400 * 10**9}
_ZONES: Final = (None, "UTC", "America/New_York", "Asia/Kathmandu", "+14:00", "-00:30", "Mars/Olympus", "\x1b[31m", "")
_TEXTS: Final = (
    "",
    "a",
    "007",
    "x,y\t;",
    'say "no"',
    "a\nb\r",
    "\x00",
    "\x1b[31mred",
    "\u202e",
    "é😀",
    "b" * 300,
    "?",
    "NA",
)
_DECIMALS: Final = ((32, 9), (64, 18), (128, 38), (256, 76))
_LIMITS: Final = (-(2**63), -(2**63) + 1, -(2**53) - 1, -1, 0, 1, 2**53 + 1, 2**62, 2**63 - 1)
_CODECS: Final = ("none", "snappy", "gzip", "brotli", "lz4", "zstd")


def table(rng: random.Random) -> pa.Table:
    """Return a table of up to four columns of any type, with limits of their values, and of any labels."""
    rows = rng.choice((0, 1, 3, 9))
    columns = [_array(rng, _kind(rng, 3), rows) for _ in range(rng.randrange(5))]
    labels = [rng.choice((*_TEXTS, "c", "d", "__index_level_0__")) for _ in columns]
    made = pa.table(columns, names=labels) if columns else pa.table({"": pa.nulls(rows)}).select([])
    if rng.random() < 0.3:
        made = made.replace_schema_metadata({b"pandas": _described(rng, [*labels, "id"])})
    return made


def file(rng: random.Random, made: pa.Table) -> tuple[str, bytes] | None:
    """Return a table as a file: its format and its bytes; None where that format has nothing for it."""
    sink = io.BytesIO()
    name = rng.choice(("parquet", "arrow", "stream"))
    if name == "parquet" and "[0]" in str(made.schema):  # pyarrow 26 ends the process that writes lists without values
        return None
    try:
        if name == "parquet":
            _write_parquet(rng, made, sink)
        else:
            options = pa.ipc.IpcWriteOptions(
                compression=rng.choice((None, "lz4", "zstd")), emit_dictionary_deltas=name == "stream"
            )
            new = pa.ipc.new_file if name == "arrow" else pa.ipc.new_stream
            with new(sink, made.schema, options=options) as writer:
                writer.write_table(made.unify_dictionaries(), max_chunksize=rng.choice((1, 2, 100)))
    except (pa.ArrowException, ValueError, OverflowError, TypeError, OSError):
        return None
    return name.replace("stream", "arrow"), sink.getvalue()


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Return a file of which bits have flipped, or something is missing, doubled or in the wrong place."""
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(spoiled) + 1)
        match rng.randrange(6):
            case 0 | 1 | 2 if at < len(spoiled):
                spoiled[at] ^= 1 << rng.randrange(8)
            case 3 if at < len(spoiled):
                spoiled[at : at + 8] = rng.choice((-1, 0, 2**31 - 1, 2**62)).to_bytes(8, "little", signed=True)
            case 4:
                del spoiled[at : at + rng.choice((1, 8, 64))]
            case _:
                other = rng.randrange(len(spoiled) + 1)
                spoiled[at:at] = spoiled[other : other + rng.choice((1, 8, 64))]
    return bytes(spoiled)


def _write_parquet(rng: random.Random, made: pa.Table, sink: io.BytesIO) -> None:
    pa.parquet.write_table(
        made,
        sink,
        version=rng.choice(("1.0", "2.4", "2.6")),
        data_page_version=rng.choice(("1.0", "2.0")),
        use_dictionary=rng.random() < 0.5,
        compression=rng.choice(_CODECS),
        row_group_size=rng.choice((1, 2, 100)),
        store_schema=rng.random() < 0.8,
        use_deprecated_int96_timestamps=rng.random() < 0.1,
        allow_truncated_timestamps=True,
        write_page_index=rng.random() < 0.2,
        store_decimal_as_integer=rng.random() < 0.3,
    )


def _kind(rng: random.Random, depth: int) -> Any:
    if depth and rng.random() < 0.4:
        return _nested(rng, depth - 1)
    if depth and rng.random() < 0.15:
        return rng.choice(_EXTENSIONS)(rng)
    return _flat(rng)


def _flat(rng: random.Random) -> Any:
    width, digits = rng.choice(_DECIMALS)
    scale = rng.choice((0, 2, -2, digits, -digits, digits + 1, 100, -300, 2**31 - 1, -(2**31)))
    return rng.choice(
        (
            rng.choice(_INTEGERS),
            rng.choice((pa.float16(), pa.float32(), pa.float64())),
            pa.bool_(),
            pa.null(),
            rng.choice((pa.string(), pa.large_string(), pa.string_view())),
            rng.choice((pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(0), pa.binary(3))),
            rng.choice((pa.date32(), pa.date64())),
            rng.choice((pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"))),
            pa.timestamp(rng.choice(_UNITS), rng.choice(_ZONES)),
            pa.timestamp(rng.choice(_UNITS), rng.choice(_ZONES)),
            pa.duration(rng.choice(_UNITS)),
            getattr(pa, f"decimal{width}")(rng.randint(1, digits), scale),
            pa.month_day_nano_interval(),
        )
    )


def _nested(rng: random.Random, depth: int) -> Any:
    inner = _kind(rng, depth)
    match rng.randrange(9):
        case 0:
            return pa.list_(inner)
        case 1:
            return pa.large_list(inner)
        case 2:
            return pa.list_(inner, rng.choice((0, 1, 2)))
        case 3:
            return rng.choice((pa.list_view, pa.large_list_view))(inner)
        case 4:
            names = rng.choice((("a", "b"), ("a", "a"), ("\x1b", ""), ()))
            return pa.struct([pa.field(name, _kind(rng, depth)) for name in names])
        case 5:
            return pa.map_(rng.choice((pa.string(), pa.date64(), pa.int8(), pa.binary_view())), inner)
        case 6:
            return pa.run_end_encoded(rng.choice((pa.int16(), pa.int32(), pa.int64())), inner)
        case 7:
            return rng.choice((pa.sparse_union, pa.dense_union))([pa.field("a", inner), pa.field("b", pa.int8())])
        case _:
            return pa.dictionary(rng.choice(_INTEGERS), _flat(rng), rng.random() < 0.5)


_EXTENSIONS: Final[tuple[Callable[[random.Random], Any], ...]] = (
    lambda rng: pa.uuid(),
    lambda rng: pa.json_(),
    lambda rng: pa.bool8(),
    lambda rng: pa.opaque(_flat(rng), "\x1b[31mthing", "vendor"),
    lambda rng: pa.fixed_shape_tensor(rng.choice((pa.int8(), pa.float64())), (2,)),
)


def _array(rng: random.Random, kind: Any, rows: int, gaps: float = 0.2) -> Any:
    """Return an array of a type, that share of its values missing."""
    if isinstance(kind, pa.BaseExtensionType):
        is_json = kind.extension_name == "arrow.json"
        storage = pa.array(["{}"] * rows, pa.string()) if is_json else _array(rng, kind.storage_type, rows)
        return pa.ExtensionArray.from_storage(kind, storage)
    is_ = pa.types
    missing = pa.array([rng.random() < gaps for _ in range(rows)], pa.bool_())
    if is_.is_null(kind):
        return pa.nulls(rows)
    if is_.is_dictionary(kind):
        levels = _array(rng, kind.value_type, 3)
        codes = pa.array([None if rng.random() < 0.2 else rng.randrange(3) for _ in range(rows)], kind.index_type)
        return pa.DictionaryArray.from_arrays(codes, levels, ordered=kind.ordered)
    if is_.is_run_end_encoded(kind):
        ends = pa.array([rows] if rows else [], kind.run_end_type)
        return pa.RunEndEncodedArray.from_arrays(ends, _array(rng, kind.value_type, len(ends)), type=kind)
    if is_.is_union(kind):
        fields = [_array(rng, kind.field(at).type, rows) for at in range(2)]
        types = pa.array([rng.randrange(2) for _ in range(rows)], pa.int8())
        if kind.mode == "sparse":
            return pa.UnionArray.from_sparse(types, fields, ["a", "b"])
        return pa.UnionArray.from_dense(types, pa.array(range(rows), pa.int32()), fields, ["a", "b"])
    if is_.is_struct(kind):
        fields = [_array(rng, field.type, rows) for field in kind]
        if not fields:
            return pa.array([{}] * rows, kind)
        return pa.StructArray.from_arrays(fields, fields=list(kind), mask=missing)
    if is_.is_nested(kind):
        return _lists(rng, kind, rows, missing)
    if is_.is_decimal(kind):
        most = 10**kind.precision - 1
        numbers = [rng.choice((-most, -1, 0, 1, most)) for _ in range(rows)]
        data = b"".join(number.to_bytes(kind.byte_width, "little", signed=True) for number in numbers)
        return pa.Array.from_buffers(kind, rows, [_bits(missing), pa.py_buffer(data)])
    return pa.array([None if gone.as_py() else _value(rng, kind) for gone in missing], _held(kind)).cast(kind)


def _bits(missing: Any) -> Any:
    there = np.array([not gone.as_py() for gone in missing], bool)
    return pa.py_buffer(np.packbits(there, bitorder="little").tobytes())


def _lists(rng: random.Random, kind: Any, rows: int, missing: Any) -> Any:
    is_ = pa.types
    if is_.is_fixed_size_list(kind):
        inner = _array(rng, kind.value_type, rows * kind.list_size)
        return pa.Array.from_buffers(kind, rows, [_bits(missing)], children=[inner])
    sizes = [rng.choice((0, 1, 2)) for _ in range(rows)]
    ends = np.cumsum([0, *sizes])
    if is_.is_map(kind):
        pairs = [_array(rng, kind.key_type, int(ends[-1]), gaps=0), _array(rng, kind.item_type, int(ends[-1]))]
        inner = pa.StructArray.from_arrays(pairs, fields=[kind.key_field, kind.item_field])
        return pa.Array.from_buffers(
            kind, rows, [_bits(missing), pa.py_buffer(ends.astype(np.int32).tobytes())], children=[inner]
        )
    inner = _array(rng, kind.value_type, int(ends[-1]))
    if is_.is_list_view(kind) or is_.is_large_list_view(kind):
        of = pa.ListViewArray if is_.is_list_view(kind) else pa.LargeListViewArray
        width = pa.int32() if is_.is_list_view(kind) else pa.int64()
        return of.from_arrays(pa.array(ends[:-1], width), pa.array(sizes, width), inner, type=kind, mask=missing)
    of = pa.LargeListArray if is_.is_large_list(kind) else pa.ListArray
    width = pa.int64() if is_.is_large_list(kind) else pa.int32()
    return of.from_arrays(pa.array(ends, width), inner, type=kind, mask=missing)


def _held(kind: Any) -> Any:
    """Return the type that takes a value as Python has it, and that can be cast to another one."""
    is_ = pa.types
    if is_.is_date32(kind) or is_.is_time32(kind):
        return pa.int32()
    return pa.int64() if is_.is_temporal(kind) and not is_.is_interval(kind) else kind


def _value(rng: random.Random, kind: Any) -> Any:
    is_ = pa.types
    if is_.is_integer(kind):
        width = kind.bit_width
        least = -(2 ** (width - 1)) if is_.is_signed_integer(kind) else 0
        return rng.choice((least, 0, 1, least + 2**width - 1))
    if is_.is_floating(kind):
        return rng.choice((0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 2.0**-24, 65504.0))
    if is_.is_boolean(kind):
        return rng.random() < 0.5
    if is_.is_fixed_size_binary(kind):
        return bytes(rng.randrange(256) for _ in range(kind.byte_width))
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_binary_view(kind):
        return rng.choice((b"", b"\x00\xff", b"a" * 20))
    if is_.is_interval(kind):
        return rng.choice(((0, 0, 0), (2**31 - 1, -(2**31), 2**63 - 1), (-1, 1, -1)))
    if is_.is_time(kind):
        return rng.choice((0, 1, _PER_DAY[kind.unit] - 1))
    if is_.is_date32(kind):
        return rng.choice((-(2**31), -719_529, 0, 19_000, 2_932_897, 2**31 - 1))
    if is_.is_date64(kind):
        return rng.choice((-(2**63) // 86_400_000 + 1, -719_529, 0, 2_932_897, 2**63 // 86_400_000)) * 86_400_000
    if is_.is_temporal(kind):
        years = [second * _PER_DAY[kind.unit] // 86400 for second in (-62_135_596_800, 253_402_300_800, 1_717_000_000)]
        return rng.choice((*_LIMITS, *(year for year in years if abs(year) < 2**63)))
    return rng.choice(_TEXTS)


def _described(rng: random.Random, labels: list[str]) -> bytes:
    """Return what pandas might have written about its index, or somebody who wants to do harm."""
    index = rng.choice(
        (
            *labels,
            {"kind": "range", "name": rng.choice((None, "id", 5)), "start": rng.choice(_LIMITS), "stop": 9, "step": 1},
            {
                "kind": "range",
                "name": "id",
                "start": 0,
                "stop": rng.choice((3, 9, 2**70, "9")),
                "step": rng.choice((0, 1)),
            },
            None,
            [[]],
        )
    )
    columns = [{"name": rng.choice((label, None, 5)), "field_name": label} for label in labels]
    described = {
        "index_columns": rng.choice(([index], index, [index, index])),
        "columns": rng.choice((columns, {}, [1])),
    }
    return rng.choice((json.dumps(described).encode(), b"{", b"[" * 100_000, b"\xff", b"1" * 5000))
