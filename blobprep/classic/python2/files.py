"""Files that give and take what Python 2's did: text and bytes were one type."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from blobprep.classic.python2.text import native

__all__ = ["StringIO", "lines_of", "open_file", "read_from", "write_lines_to", "write_to"]

_BINARY: Final = (io.RawIOBase, io.BufferedIOBase)


def open_file(name: Any, mode: str = "r", buffering: int = -1) -> Any:
    """Open a file as `open` and `file` did; a text file is UTF-8."""
    if "U" in mode:
        mode = mode.replace("U", "") or "r"
        mode = mode if mode[0] in "rwa" else f"r{mode}"
    if "b" in mode:
        return builtins.open(name, mode, buffering if buffering != 1 else -1)
    return builtins.open(name, mode, buffering if buffering else -1, encoding="utf-8")


def write_to(file: Any, data: Any) -> Any:
    """Do what `file.write(data)` did, whether it is a file of text or of bytes."""
    if isinstance(file, _BINARY):
        return file.write(data.encode("utf-8") if isinstance(data, str) else data)
    if isinstance(file, io.TextIOBase) and isinstance(data, bytes) and not isinstance(file, StringIO):
        buffer = getattr(file, "buffer", None)
        if buffer is not None:
            file.flush()
            return buffer.write(data)
    return file.write(data)


def write_lines_to(file: Any, lines: Iterable[Any]) -> None:
    """Do what `file.writelines(lines)` did."""
    for line in lines:
        write_to(file, line)


def read_from(file: Any, name: str) -> Any:
    """Return the method of a file that reads: of a binary file, one that returns what Python 2 did."""
    method = getattr(file, name)
    if not isinstance(file, _BINARY):
        return method

    def read(*args: Any) -> Any:
        data = method(*args)
        return [native(line) for line in data] if isinstance(data, list) else native(data) if data is not None else None

    return read


def lines_of(values: Any) -> Any:
    """Return what a loop goes over: the lines of a binary file as Python 2 had them, else the values themselves."""
    return _lines(values) if isinstance(values, _BINARY) else values


def _lines(file: Any) -> Iterator[Any]:
    for line in file:
        yield native(line)


class StringIO(io.StringIO):
    """A file in memory, which takes text, or bytes from the first write on."""

    def __init__(self, value: Any = "") -> None:
        is_bytes = isinstance(value, bytes) and not value.isascii()
        text = value.decode("ascii") if isinstance(value, bytes) and not is_bytes else value
        super().__init__("" if is_bytes else text, newline="")
        self._bytes: io.BytesIO | None = io.BytesIO(value) if is_bytes else None

    def write(self, data: Any) -> int:
        """Write text, or bytes."""
        if self._bytes is None and isinstance(data, bytes):
            text = super().getvalue()
            self._bytes = io.BytesIO(text.encode("utf-8"))
            self._bytes.seek(0, io.SEEK_END)
        if self._bytes is not None:
            return self._bytes.write(data.encode("utf-8") if isinstance(data, str) else data)
        return super().write(data)

    def getvalue(self) -> Any:
        """Return everything that was written."""
        return super().getvalue() if self._bytes is None else native(self._bytes.getvalue())

    def read(self, size: int | None = -1) -> Any:
        """Read on from where the file is."""
        return super().read(size) if self._bytes is None else self._bytes.read(-1 if size is None else size)

    def readline(self, size: int = -1) -> Any:  # type: ignore[override]
        """Read one line."""
        return super().readline(size) if self._bytes is None else self._bytes.readline(size)

    def __next__(self) -> Any:
        if self._bytes is None:
            return super().__next__()
        return next(self._bytes)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move in the file."""
        if self._bytes is not None:
            return self._bytes.seek(offset, whence)
        if whence:
            offset += super().tell() if whence == io.SEEK_CUR else len(super().getvalue())
        return super().seek(offset)

    def tell(self) -> int:
        """Return the position."""
        return super().tell() if self._bytes is None else self._bytes.tell()

    def truncate(self, size: int | None = None) -> int:
        """Cut the file."""
        return super().truncate(size) if self._bytes is None else self._bytes.truncate(size)

    @property
    def buf(self) -> Any:
        """Return everything, under the name of an attribute that scripts read."""
        return self.getvalue()
