"""Modules that are still there but behaved differently, as a translated script sees them.

Each is the real module, with some names replaced. Other code keeps the real one.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import io
import itertools
import json
import math
import operator
import string
import types
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, Final

from blobprep.classic.python2.attributes import attribute
from blobprep.classic.python2.data_files import CSV_NAMES, PICKLE_NAMES
from blobprep.classic.python2.operators import div
from blobprep.classic.python2.patterns import RE
from blobprep.classic.python2.random_numbers import RANDOM
from blobprep.classic.python2.text import native, to_bytes

__all__ = ["RestoredModule", "restore", "shim_for"]


class RestoredModule(ModuleType):
    """A module with names that replace those of the real one, or are added to them."""

    def __init__(self, name: str, real: ModuleType | None, names: dict[str, Any]) -> None:
        super().__init__(name)
        self.__dict__["_real"] = real
        self.__dict__.update(names)
        if real is not None:
            public = getattr(real, "__all__", None) or [name for name in dir(real) if not name.startswith("_")]
            self.__dict__["__all__"] = [*public, *(name for name in names if name not in public)]
            self.__dict__["__file__"] = getattr(real, "__file__", None)

    def __getattr__(self, name: str) -> Any:
        real = self.__dict__["_real"]
        if real is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        real = self.__dict__["_real"]
        if real is None or name in self.__dict__:
            super().__setattr__(name, value)
        else:
            setattr(real, name, value)


def restore(name: str, sources: Iterable[str], names: dict[str, Any] | None = None) -> RestoredModule:
    """Make a module of the names of others.

    Args:
        name: its name.
        sources: the modules, the first of which is the real one.
        names: names that replace those, or are added.
    """
    real, *others = [importlib.import_module(source) for source in sources]
    found = {
        key: getattr(other, key) for other in others for key in dir(other) if not key.startswith("_")
    }  # those of the first are asked of it
    for key in [key for key in found if hasattr(real, key)]:
        del found[key]
    return RestoredModule(name, real, {**found, **(names or {})})


def _whole(function: Callable[[Any], Any]) -> Callable[[Any], float]:
    def call(value: Any) -> float:
        number = float(value)
        if math.isinf(number) or math.isnan(number):
            return number
        return math.copysign(float(function(value)), number) if abs(number) < 1 else float(function(value))

    return functools.wraps(function)(call)


def _bytewise(module: str, names: str) -> dict[str, Any]:
    """Return functions that take texts as bytes, and return bytes as Python 2 did."""
    real = importlib.import_module(module)
    return {name: _convert(getattr(real, name)) for name in names.split() if hasattr(real, name)}


def _convert(function: Any) -> Any:
    def call(*args: Any, **options: Any) -> Any:
        return _from_bytes(function(*map(to_bytes, args), **options))

    return call


def _from_bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return native(value)
    if isinstance(value, tuple):
        return tuple(_from_bytes(item) for item in value)
    return _Digest(value) if hasattr(value, "hexdigest") else value


class _Digest:
    """A hash that takes texts."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        return _convert(value) if callable(value) else value


def _signed(module: str, name: str) -> Any:
    """Return a checksum as it was: a number with a sign, of 32 bits."""
    real = getattr(importlib.import_module(module), name)

    def checksum(data: Any, *start: int) -> int:
        value = int(real(to_bytes(data), *(number & 0xFFFFFFFF for number in start)))
        return value - (1 << 32) if value >= 1 << 31 else value

    return checksum


def _pack(layout: Any, *values: Any) -> Any:
    import struct

    return native(struct.pack(layout, *map(to_bytes, values)))


def _unpack(layout: Any, data: Any) -> Any:
    import struct

    return _from_bytes(struct.unpack(layout, to_bytes(data)))


def _json(name: str) -> Any:
    real = getattr(json, name)

    def call(*args: Any, **options: Any) -> Any:
        options.pop("encoding", None)  # text is Unicode
        if options.get("indent") is not None and "dump" in name:
            options.setdefault("separators", (", ", ": "))
        return real(*args, **options)

    return call


def _maketrans(old: str, new: str) -> str:
    table = [chr(code) for code in range(256)]
    for before, after in zip(old, new, strict=True):
        table[ord(before)] = after
    return "".join(table)


def _string_names() -> dict[str, Any]:
    methods = (
        *("capitalize", "center", "count", "expandtabs", "find", "index", "ljust", "lower", "lstrip", "replace"),
        *("rfind", "rindex", "rjust", "rsplit", "rstrip", "split", "strip", "swapcase", "upper", "zfill"),
    )
    made: dict[str, Any] = {name: _method(name) for name in methods}
    return made | {
        "atof": float,
        "atoi": lambda text, base=10: int(text, base),
        "atol": lambda text, base=10: int(text, base),
        "join": lambda words, separator=" ": attribute(separator, "join")(words),
        "joinfields": lambda words, separator=" ": attribute(separator, "join")(words),
        "letters": string.ascii_lowercase + string.ascii_uppercase,
        "lowercase": string.ascii_lowercase,
        "maketrans": _maketrans,
        "splitfields": _method("split"),
        "translate": lambda text, table, deleted="": attribute(text, "translate")(table, deleted),
        "uppercase": string.ascii_uppercase,
    }


def _method(name: str) -> Any:
    return lambda text, *args: getattr(text, name)(*args)


def _types_names() -> dict[str, Any]:
    return {
        "BooleanType": bool, "BuiltinFunctionType": types.BuiltinFunctionType, "ClassType": type,
        "ComplexType": complex,
        "DictType": dict, "DictionaryType": dict, "FileType": io.IOBase, "FloatType": float, "InstanceType": object,
        "IntType": int, "ListType": list, "LongType": int, "NoneType": type(None), "ObjectType": object,
        "SliceType": slice, "StringType": str, "StringTypes": (str,), "TupleType": tuple, "TypeType": type,
        "UnicodeType": str, "UnboundMethodType": types.FunctionType, "XRangeType": range,
    }  # fmt: skip


def _changed(name: str) -> dict[str, Any] | ModuleType:
    match name:
        case "math":
            return {part: _whole(getattr(math, part)) for part in ("floor", "ceil")}
        case "itertools":
            lazy = {"imap": _imap, "izip": zip, "izip_longest": itertools.zip_longest}
            return {**lazy, "ifilter": filter, "ifilterfalse": itertools.filterfalse}
        case "operator":
            gone = {"div": div, "isCallable": callable, "sequenceIncludes": operator.contains, "idiv": div}
            return {**gone, "isSequenceType": lambda value: hasattr(value, "__getitem__"), "repeat": operator.mul}
        case "string":
            return _string_names()
        case "types":
            return _types_names()
        case "re":
            return RE
        case "random":
            return RANDOM
        case "pickle" | "cPickle":
            return PICKLE_NAMES
        case "csv":
            return CSV_NAMES
        case "hashlib":
            made = _bytewise("hashlib", "md5 sha1 sha224 sha256 sha384 sha512")
            return {**made, "new": lambda name, data="": _Digest(hashlib.new(name, to_bytes(data)))}
        case "json":
            return {name: _json(name) for name in ("dump", "dumps", "load", "loads")}
        case "base64":
            names = " ".join(
                f"{kind}b64{way}" for kind in ("", "standard_", "urlsafe_") for way in ("encode", "decode")
            )
            old = _bytewise("base64", f"{names} b16encode b16decode b32encode b32decode encodebytes decodebytes")
            return {**old, "encodestring": old["encodebytes"], "decodestring": old["decodebytes"]}
        case "binascii":
            old = _bytewise("binascii", "hexlify unhexlify a2b_base64 b2a_base64 a2b_hex b2a_hex")
            return {**old, "crc32": _signed("binascii", "crc32")}
        case "zlib":
            old = _bytewise("zlib", "compress decompress")
            return {**old, **{checksum: _signed("zlib", checksum) for checksum in ("crc32", "adler32")}}
        case "struct":
            return {"pack": _pack, "unpack": _unpack}
    return {}


def _imap(function: Any, *iterables: Iterable[Any]) -> Iterable[Any]:
    return zip(*iterables, strict=False) if function is None else map(function, *iterables)


_CHANGED: Final = frozenset(
    {
        "base64",
        "binascii",
        "csv",
        "hashlib",
        "itertools",
        "json",
        "math",
        "operator",
        "pickle",
        "random",
        "re",
        "string",
    }
    | {"struct", "types", "zlib"}
)


@functools.cache
def shim_for(name: str) -> ModuleType | None:
    """Return a module as Python 2 had it under a name that is still there; None if it did not change."""
    if name not in _CHANGED:
        return None
    changed = _changed(name)
    return changed if isinstance(changed, ModuleType) else RestoredModule(name, importlib.import_module(name), changed)
