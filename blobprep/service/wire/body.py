"""The bytes of a request to JSON, as leniently as clients of the time need it. Pure."""

from __future__ import annotations

import codecs
import json
import math
import re
import zlib
from typing import Any, Final

from blobprep.service.failures import ServiceFailure, failure

__all__ = ["read_body"]

_CHARSETS: Final = frozenset(
    codecs.lookup(name).name
    for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii", "latin-1",
                 "cp1250", "cp1251", "cp1252", "iso8859-15")
)  # fmt: skip
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)\"?", re.IGNORECASE)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # as zlib tells the formats
_HUGE: Final = re.compile(r"[eE]\+?0*[1-9]\d{2}|\d{300}")  # what a number beyond every float has
_SURROGATE: Final = re.compile(r"\\u[dD][89abABcdefCDEF]")


def read_body(body: bytes, content_type: str = "", *, encoding: str = "", most: int = 1 << 26) -> Any:
    """Read the body of a request.

    Its type is not asked for: `text/json` and no type at all were sent too. A byte order mark comes before the charset
    of the type, and UTF-8, UTF-16 and UTF-32 are told from the bytes where there is neither. The tokens `NaN`,
    `Infinity` and `-Infinity`, which Python's `json` writes, are numbers.

    Args:
        body: as it came.
        content_type: the header.
        encoding: the header Content-Encoding: empty, `identity`, `gzip` or `deflate`.
        most: bytes that it may have once it is unpacked.

    Returns:
        Lists, dicts, texts, numbers, truth values and None.

    Raises:
        ServiceFailure: it cannot be unpacked, there is nothing in it, or it is no JSON; a name that stands twice in an
            object is an error too, for one of its values would be lost.
    """
    body = _unpack(body, encoding.strip().lower(), most)
    if not body.strip():
        raise failure("BadArgument", "RequestBodyInvalid", more="The body is empty; send a JSON object with Inputs.")
    try:
        text = _decode(body, content_type)
        read_float = _read_float if _HUGE.search(text) else None  # which the parser in C need not call for most
        document = json.loads(text, object_pairs_hook=_unique, parse_float=read_float)
        if _SURROGATE.search(text):
            # Half of a pair cannot be written again, neither to the script nor into an answer.
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _invalid(f"It is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeEncodeError:
        raise _invalid("A text has one half of a surrogate pair.") from None
    except UnicodeDecodeError as error:
        raise _invalid(f"It is not {error.encoding}, at byte {error.start}.") from None
    except RecursionError:
        raise _invalid("It is nested too deeply.") from None
    except ValueError as error:  # a name twice, a number of thousands of digits
        raise _invalid(f"{error}.") from None
    return document


def _unpack(body: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in _WINDOWS:
        raise _invalid("Its Content-Encoding is not understood; use gzip or none.")
    unpacking = zlib.decompressobj(_WINDOWS[encoding])
    try:
        unpacked = unpacking.decompress(body, most + 1)
    except zlib.error:
        raise _invalid("It is not what its Content-Encoding says.") from None
    if len(unpacked) > most:
        raise _invalid(f"It may have {most} bytes at most once it is unpacked.")
    if not unpacking.eof or unpacking.unused_data:
        raise _invalid("It is cut off, or has something behind its end.")
    return unpacked


def _decode(body: bytes, content_type: str) -> str:
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body.decode(charset)
    told = _CHARSET.search(content_type)
    if told is None:
        return body.decode(json.detect_encoding(body))
    try:
        name = codecs.lookup(told[1]).name
    except LookupError:
        name = ""
    if name not in _CHARSETS:
        raise _invalid("The charset of Content-Type is not known; use UTF-8.")
    return body.decode(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("An object has a name twice")
    return values


def _read_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("A number is too large")
    return value


def _invalid(why: str) -> ServiceFailure:
    return failure("BadArgument", "RequestBodyInvalid", more=why)
