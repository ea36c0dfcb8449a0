"""Texts of Python 2: `'…'` was bytes, `u'…'` characters, and one became the other where they met, if it was ASCII.

Here both are `str`, as cells of a frame are. This is the same for everything that is ASCII. What is not, and was
bytes, is a `NativeText` if it came from a literal (a `str` that remembers its bytes), or a `ByteString` if it has no
characters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from blobprep.classic.python2.errors import Python2Error, users_line

__all__ = ["ByteString", "NativeText", "from_bytes", "is_foreign", "join", "native", "to_bytes"]


def native(data: bytes) -> str | ByteString:
    """Return bytes as Python 2 had them: a text if they are ASCII."""
    return data.decode("ascii") if data.isascii() else ByteString(data)


def to_bytes(value: Any) -> Any:
    """Return what Python 2 passed to a function that takes bytes; anything but a text stays."""
    if isinstance(value, NativeText):
        return value.data
    if isinstance(value, str):
        try:
            return value.encode("ascii")
        except UnicodeEncodeError:
            raise Python2Error(
                f"{users_line()}{value[:40]!r} is text with other letters than ASCII, where Python 2 had bytes; "
                "encode it: text.encode('utf-8')"
            ) from None
    return value


def _is_called_by_script() -> bool:
    """Return whether a special method was called by translated code itself, not by a library."""
    return "__py2_div__" in sys._getframe(2).f_builtins


class ByteString(bytes):
    """Bytes that are no ASCII text, as `str` of Python 2 was: its items are strings, and it meets texts as bytes."""

    __slots__ = ()

    def _other(self, other: object) -> bytes:
        if isinstance(other, str):
            return to_bytes(other)  # type: ignore[no-any-return]
        return other  # type: ignore[return-value]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NativeText):
            return bytes(self) == other.data
        if isinstance(other, str):
            if other.isascii():
                return False
            raise Python2Error(f"{users_line()}bytes are compared with the text {other[:40]!r}; decode them first")
        return bytes(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return bytes.__hash__(self)

    def __repr__(self) -> str:
        return bytes.__repr__(self)[1:]

    def __str__(self) -> str:
        try:
            return self.decode("utf-8")
        except UnicodeDecodeError:
            raise Python2Error(f"{users_line()}bytes that are not UTF-8 are shown as text; decode them first") from None

    def __add__(self, other: Any) -> Any:
        return native(bytes(self) + self._other(other))

    def __radd__(self, other: Any) -> Any:
        return native(self._other(other) + bytes(self))

    def __mod__(self, other: Any) -> Any:
        parts = other if isinstance(other, tuple) else (other,)
        return native(bytes(self) % tuple(self._other(part) for part in parts))

    def __getitem__(self, key: Any) -> Any:
        return native(bytes.__getitem__(self, key if isinstance(key, slice) else slice(key, key + 1 or None)))

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __contains__(self, part: Any) -> bool:
        return bytes.__contains__(self, self._other(part))

    def encode(self, encoding: str = "ascii", errors: str = "strict") -> Any:
        """Decode as ASCII first, as Python 2 did: an error, for these are not."""
        return bytes.decode(self, "ascii", errors).encode(encoding, errors)

    def format(self, *_: Any, **__: Any) -> str:
        """Refuse: nothing says which encoding the fields have."""
        raise Python2Error(f"{users_line()}bytes are used as a format; decode them first")


def _through_bytes(name: str) -> Any:
    method = getattr(bytes, name)

    def call(self: ByteString, *args: Any) -> Any:
        return _natives(method(self, *(self._other(arg) for arg in args)))

    call.__name__ = name
    return call


def _natives(value: Any) -> Any:
    if isinstance(value, bytes):
        return native(value)
    return type(value)(_natives(item) for item in value) if isinstance(value, list | tuple) else value


for _name in (
    *("capitalize", "center", "count", "endswith", "expandtabs", "find", "index", "ljust", "lower", "lstrip"),
    *("partition", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines"),
    *("startswith", "strip", "swapcase", "title", "upper", "zfill"),
):
    setattr(ByteString, _name, _through_bytes(_name))


class NativeText(str):
    """A literal `'…'` with other letters than ASCII: a text for libraries, bytes for the script that asks for them.

    Its length, its items and its methods are those of the bytes when translated code asks, as they were in Python 2.
    """

    __slots__ = ("data", "encoding")

    data: bytes
    encoding: str

    def __new__(cls, data: bytes, encoding: str) -> NativeText:
        """Make the text of some bytes."""
        text = super().__new__(cls, data.decode(encoding))
        text.data, text.encoding = data, encoding
        return text

    def __reduce__(self) -> Any:
        return (str, (str.__str__(self),))

    def __len__(self) -> int:
        return len(self.data) if _is_called_by_script() else str.__len__(self)

    def __getitem__(self, key: Any) -> Any:
        return ByteString(self.data)[key] if _is_called_by_script() else str.__getitem__(self, key)

    def __iter__(self) -> Iterator[Any]:
        return iter(ByteString(self.data)) if _is_called_by_script() else str.__iter__(self)

    def __add__(self, other: str) -> Any:
        return _combine(lambda first, second: first + second, self, other) or str.__add__(self, other)

    def __radd__(self, other: str) -> Any:
        return _combine(lambda first, second: second + first, self, other) or str.__add__(other, self)

    def __mul__(self, count: Any) -> Any:
        return from_bytes(self.data * count, self.encoding)

    __rmul__ = __mul__

    def decode(self, encoding: str = "ascii", errors: str = "strict") -> str:
        """Decode the bytes."""
        return self.data.decode(encoding, errors)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Encode the text for a library; for the script, decode the bytes as ASCII first, which is an error."""
        if _is_called_by_script():
            return self.data.decode("ascii", errors).encode(encoding, errors)
        return str.encode(self, encoding, errors)


def is_foreign(part: object) -> bool:
    """Return whether something is a text whose bytes are not known."""
    return isinstance(part, str) and not isinstance(part, NativeText) and not part.isascii()


def from_bytes(data: bytes, encoding: str) -> Any:
    """Return bytes as Python 2 had them, and as a text too if they are one in an encoding."""
    if data.isascii():
        return data.decode("ascii")
    try:
        return NativeText(data, encoding)
    except UnicodeDecodeError:
        return ByteString(data)


def _combine(operation: Any, text: NativeText, *others: Any) -> Any:
    """Apply an operation to the bytes of a literal and of others; None if those of one are not known."""
    if any(is_foreign(other) for other in others):
        return None
    return from_bytes(operation(text.data, *(to_bytes(other) for other in others)), text.encoding)


def join(separator: str, parts: Any) -> Any:
    """Return what `separator.join(parts)` was, for texts of which some may be literals with bytes."""
    listed = list(parts)
    known = next((part for part in (separator, *listed) if isinstance(part, NativeText)), None)
    if known is None or any(is_foreign(part) for part in (separator, *listed)):
        return (
            str.join(separator, listed)
            if not any(isinstance(part, bytes) for part in listed)
            else native(to_bytes(separator).join(to_bytes(part) for part in listed))
        )
    return from_bytes(to_bytes(separator).join(to_bytes(part) for part in listed), known.encoding)


def _as_bytes_for_script(name: str) -> Any:
    method, original = getattr(bytes, name), getattr(str, name)

    def call(self: NativeText, *args: Any) -> Any:
        if not _is_called_by_script() or any(is_foreign(arg) for arg in args):
            return original(self, *args)
        return _texts(method(self.data, *(to_bytes(arg) for arg in args)), self.encoding)

    call.__name__ = name
    return call


def _texts(value: Any, encoding: str) -> Any:
    if isinstance(value, bytes):
        return from_bytes(value, encoding)
    return type(value)(_texts(item, encoding) for item in value) if isinstance(value, list | tuple) else value


for _name in (
    *("capitalize", "center", "count", "expandtabs", "find", "index", "isalnum", "isalpha", "ljust", "lower", "lstrip"),
    *("partition", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines"),
    *("strip", "swapcase", "title", "upper", "zfill"),
):
    setattr(NativeText, _name, _as_bytes_for_script(_name))
