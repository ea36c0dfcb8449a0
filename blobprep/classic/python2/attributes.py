"""Methods and attributes that are gone, or return something else: `d.has_key`, `d.keys()`, `text.decode`, `it.next`.

Translated code asks for these names by `attribute`, which looks at the object: what has the name itself keeps it.
"""

from __future__ import annotations

import codecs
import functools
import io
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, Final

from blobprep.classic.python2.errors import Python2Error, users_line
from blobprep.classic.python2.files import read_from, write_lines_to, write_to
from blobprep.classic.python2.ordering import sort_list
from blobprep.classic.python2.rendering import shown
from blobprep.classic.python2.text import ByteString, NativeText, join, native

__all__ = ["ATTRIBUTES", "attribute", "parse_escapes"]

_BYTE_CODECS: Final = frozenset({"base64", "bz2", "hex", "quopri", "uu", "zip", "zlib"})
_FUNCTION_NAMES: Final = {
    "func_closure": "__closure__",
    "func_code": "__code__",
    "func_defaults": "__defaults__",
    "func_dict": "__dict__",
    "func_doc": "__doc__",
    "func_globals": "__globals__",
    "func_name": "__name__",
    "im_class": "__self__.__class__",
    "im_func": "__func__",
    "im_self": "__self__",
}


def attribute(owner: Any, name: str) -> Any:
    """Return what `owner.name` was in Python 2."""
    return ATTRIBUTES[name](owner, name)


def _views(owner: Any, name: str) -> Any:
    method = getattr(owner, name)
    return (lambda: list(method())) if isinstance(owner, Mapping) and callable(method) else method


def _iterators(owner: Any, name: str) -> Any:
    if isinstance(owner, Mapping) and not hasattr(owner, name):
        method = getattr(owner, name.removeprefix("iter").removeprefix("view"))
        return method if name.startswith("view") else lambda: iter(method())
    return getattr(owner, name)


def _has_key(owner: Any, name: str) -> Any:
    return owner.__contains__ if isinstance(owner, Mapping) and not hasattr(owner, name) else getattr(owner, name)


def _next(owner: Any, name: str) -> Any:
    return getattr(owner, name) if hasattr(owner, name) else owner.__next__


def _sort(owner: Any, name: str) -> Any:
    return functools.partial(sort_list, owner) if type(owner) is list else getattr(owner, name)


def _decode(owner: Any, name: str) -> Any:
    if isinstance(owner, str):
        return functools.partial(_decode_text, owner)
    method = getattr(owner, name)
    return functools.partial(_decode_bytes, owner) if isinstance(owner, bytes) else method


def _decode_text(text: str, encoding: str = "ascii", errors: str = "strict") -> Any:
    kind = _codec(encoding)
    if isinstance(text, NativeText):
        return text.decode(encoding, errors)
    if kind in ("string_escape", "unicode_escape", "raw_unicode_escape") or kind in _BYTE_CODECS or kind == "rot13":
        if not text.isascii():
            raise _unknown_bytes(text, "decode")
        return _decode_bytes(text.encode("ascii"), encoding, errors)
    codecs.lookup(encoding)
    if text.isascii():
        return text.encode("ascii").decode(encoding, errors)
    # A cell with such letters is text already: `decode` would have made it, or failed.
    if kind in ("utf8", "utf_8", "u8", "utf"):
        return text
    raise _unknown_bytes(text, "decode")


def _decode_bytes(data: bytes, encoding: str = "ascii", errors: str = "strict") -> Any:
    kind = _codec(encoding)
    if kind == "string_escape":
        return native(parse_escapes(data))
    if kind in _BYTE_CODECS:
        return native(_recode(codecs.decode, data, kind))
    return _recode(codecs.decode, data.decode("ascii"), kind) if kind == "rot13" else data.decode(encoding, errors)


def _recode(function: Any, data: Any, kind: str) -> Any:
    """Apply a codec that is not one of text."""
    return function(data, kind)


def parse_escapes(data: bytes) -> bytes:
    """Return what the escapes of a literal of bytes stand for."""
    return codecs.escape_decode(data)[0]


def _encode(owner: Any, name: str) -> Any:
    return functools.partial(_encode_text, owner) if isinstance(owner, str) else getattr(owner, name)


def _encode_text(text: str, encoding: str = "ascii", errors: str = "strict") -> Any:
    kind = _codec(encoding)
    if kind in _BYTE_CODECS:
        return native(_recode(codecs.encode, text.data if isinstance(text, NativeText) else text.encode("ascii"), kind))
    if kind == "rot13":
        return _recode(codecs.encode, text, kind)
    if kind == "string_escape":
        return native(codecs.escape_encode(text.encode("ascii"))[0])
    if isinstance(text, NativeText):
        return text.data.decode("ascii", errors).encode(encoding, errors)
    data = text.encode(encoding, errors)
    if data.isascii():
        return data.decode("ascii")
    # Encoded text went into cells and files as what it is; `NativeText` keeps both.
    return NativeText(data, encoding) if kind in ("utf8", "utf_8", "u8", "utf") else ByteString(data)


def _codec(encoding: str) -> str:
    return encoding.lower().replace("-", "_").removesuffix("_codec").replace("rot_13", "rot13")


def _unknown_bytes(text: str, what: str) -> Python2Error:
    return Python2Error(
        f"{users_line()}{what} of {text[:40]!r}: in Python 2 this was bytes, in an encoding that the text does not "
        f"tell; leave out .{what}(…), since cells are text here"
    )


def _format(owner: Any, name: str) -> Any:
    if not isinstance(owner, str):
        return getattr(owner, name)

    def format_text(*args: Any, **options: Any) -> str:
        return owner.format(*map(shown, args), **{key: shown(value) for key, value in options.items()})

    return format_text


def _join(owner: Any, name: str) -> Any:
    return functools.partial(join, owner) if isinstance(owner, str) else getattr(owner, name)


def _translate(owner: Any, name: str) -> Any:
    if not isinstance(owner, str):
        return getattr(owner, name)

    def translate(table: Any, deleted: str = "") -> str:
        kept = "".join(letter for letter in owner if letter not in deleted) if deleted else owner
        return kept if table is None else kept.translate(table)

    return translate


def _message(owner: Any, name: str) -> Any:
    if isinstance(owner, BaseException) and not hasattr(owner, name):
        return owner.args[0] if len(owner.args) == 1 else ""
    return getattr(owner, name)


def _of_function(owner: Any, name: str) -> Any:
    if hasattr(owner, name) or not isinstance(owner, types.FunctionType | types.MethodType):
        return getattr(owner, name)
    for part in _FUNCTION_NAMES[name].split("."):
        owner = getattr(owner, part)
    return owner


def _of_sys(owner: Any, name: str) -> Any:
    if owner is not sys:
        return getattr(owner, name)
    error = sys.exc_info()
    known: dict[str, Callable[[], Any]] = {
        "exc_clear": lambda: lambda: None,
        "exc_traceback": lambda: error[2],
        "exc_type": lambda: error[0],
        "exc_value": lambda: error[1],
        "getrefcount": lambda: sys.getrefcount,
        "maxint": lambda: sys.maxsize,
        "setcheckinterval": lambda: lambda _: None,
        "setdefaultencoding": lambda: lambda _: None,
    }
    return known[name]()


def _read(owner: Any, name: str) -> Any:
    return read_from(owner, name)


def _write(owner: Any, name: str) -> Any:
    if isinstance(owner, io.IOBase):
        return functools.partial(write_to if name == "write" else write_lines_to, owner)
    return getattr(owner, name)


ATTRIBUTES: Final[dict[str, Callable[[Any, str], Any]]] = {
    **dict.fromkeys(("keys", "values", "items"), _views),
    **dict.fromkeys(("iteritems", "iterkeys", "itervalues", "viewitems", "viewkeys", "viewvalues"), _iterators),
    **dict.fromkeys(_FUNCTION_NAMES, _of_function),
    **dict.fromkeys(("exc_clear", "exc_traceback", "exc_type", "exc_value", "maxint", "setdefaultencoding"), _of_sys),
    **dict.fromkeys(("read", "readline", "readlines"), _read),
    **dict.fromkeys(("write", "writelines"), _write),
    "setcheckinterval": _of_sys,
    "decode": _decode,
    "encode": _encode,
    "format": _format,
    "has_key": _has_key,
    "join": _join,
    "message": _message,
    "next": _next,
    "sort": _sort,
    "translate": _translate,
}
"""How each such name is looked up."""
