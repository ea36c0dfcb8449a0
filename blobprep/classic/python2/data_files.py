"""Pickles and files of comma-separated values, which Python 2 read from and wrote to files of bytes or text alike."""

from __future__ import annotations

import csv
import io
import pickle
from typing import Any, Final

from blobprep.classic.python2.attributes import attribute
from blobprep.classic.python2.files import StringIO
from blobprep.classic.python2.text import native

__all__ = ["CSV_NAMES", "PICKLE_NAMES"]


def _binary(file: Any) -> Any:
    """Return the file of bytes below a file of text, for pickles."""
    if isinstance(file, StringIO):
        value = file.getvalue()
        return io.BytesIO(value.encode("latin-1") if isinstance(value, str) else value)
    return getattr(file, "buffer", file) if isinstance(file, io.TextIOBase) else file


def _load(file: Any) -> Any:
    return _loads(_binary(file).read()) if isinstance(file, StringIO) else _unpickle(_binary(file))


def _loads(data: Any) -> Any:
    return _unpickle(io.BytesIO(data.encode("latin-1") if isinstance(data, str) else data))


def _unpickle(file: Any) -> Any:
    """Read a pickle; texts of Python 2 that are not ASCII are UTF-8, the bytes of arrays are not text."""
    start = file.tell() if file.seekable() else None
    for encoding in ("ASCII", "latin1"):
        try:
            return pickle.load(file, encoding=encoding)  # noqa: S301  it is the script that reads its own pickle
        except UnicodeDecodeError:
            if start is None or encoding == "latin1":
                raise
            file.seek(start)
    raise AssertionError


def _dump(value: Any, file: Any, protocol: int = 0) -> None:
    if isinstance(file, StringIO):
        file.write(_dumps(value, protocol))
        return
    pickle.dump(value, _binary(file), protocol if protocol >= 0 else 2)


def _dumps(value: Any, protocol: int = 0) -> Any:
    return native(pickle.dumps(value, protocol if protocol >= 0 else 2))


def _reader(lines: Any, *args: Any, **options: Any) -> Any:
    binary = isinstance(lines, io.RawIOBase | io.BufferedIOBase)
    return _Reader(csv.reader((line.decode("utf-8") for line in lines) if binary else lines, *args, **options))


class _Reader:
    """A reader of rows that also has the method `next`."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __iter__(self) -> Any:
        return self._real

    def __next__(self) -> Any:
        return next(self._real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _as_text(file: Any) -> Any:
    """Return a file of text over one of bytes, which passes on each row at once."""
    if isinstance(file, io.RawIOBase | io.BufferedIOBase):
        return io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    return file


def _writer(file: Any, *args: Any, **options: Any) -> Any:
    return csv.writer(_KeptFile(file), *args, **options)


class _KeptFile:
    """The file of a writer; a file of bytes gets UTF-8, and is not closed with the writer."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> Any:
        """Write a row."""
        return attribute(self._file, "write")(text)


def _dict_writer(file: Any, *args: Any, **options: Any) -> Any:
    return csv.DictWriter(_KeptFile(file), *args, **options)


def _dict_reader(file: Any, *args: Any, **options: Any) -> Any:
    binary = isinstance(file, io.RawIOBase | io.BufferedIOBase)
    return csv.DictReader((line.decode("utf-8") for line in file) if binary else file, *args, **options)


PICKLE_NAMES: Final[dict[str, Any]] = {"load": _load, "loads": _loads, "dump": _dump, "dumps": _dumps}
CSV_NAMES: Final[dict[str, Any]] = {
    "DictReader": _dict_reader,
    "DictWriter": _dict_writer,
    "reader": _reader,
    "writer": _writer,
}
