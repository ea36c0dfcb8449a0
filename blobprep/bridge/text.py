"""Text in both of Python's kinds: Python 2 has one for text and another, `str`, for text and bytes.

A literal with `u` in front would say the same, but does not last: later versions write it without.
"""

from __future__ import absolute_import

import sys

__all__ = ["PY2", "TEXT", "as_native", "as_text", "decode_text", "encode_text"]

PY2 = sys.version_info[0] == 2
TEXT = type(b"".decode("ascii"))
"""The type of text: `str`, in Python 2 `unicode`."""

_SURROGATES = "strict" if PY2 else "surrogatepass"  # Python 2 passes them always


def as_text(value):
    """Return text, from bytes too."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def as_native(value):
    """Return text as this Python's `str`, which in Python 2 is UTF-8."""
    if isinstance(value, str):
        return value
    return value.encode("utf-8") if PY2 else value.decode("utf-8", "replace")


def encode_text(text):
    """Return text as bytes, also with halves of characters in it."""
    return text.encode("utf-8", _SURROGATES)


def decode_text(data):
    """Return text from bytes."""
    return data.decode("utf-8", _SURROGATES)
