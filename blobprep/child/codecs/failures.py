"""What is wrong with a dataset, said so that its owner can mend it; here pyarrow's exceptions end."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa

from blobprep.child.arrival import ArrivalFailed
from blobprep.errors import BlobprepError, DatasetError
from blobprep.protocol import AskedDataset

__all__ = ["appearance", "converted", "option", "refused"]

_MAGICS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"PAR1", "a Parquet file", "parquet"),
    (b"ARROW1", "an Arrow file", "arrow"),
    (b"FEA1", "a Feather file of version 1", "arrow"),
    (b"PK\x03\x04", "an Excel workbook", "excel"),
    (b"\x1f\x8b", "a gzip file", ""),
    (b"BZh", "a bzip2 file", ""),
    (b"\xfd7zXZ\x00", "an xz file", ""),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", ""),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "excel"),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x89PNG", "a PNG image", ""),
)


def option(asked: AskedDataset, text: str) -> str:
    """Return how an option of reading that dataset is given on the command line.

    >>> option(AskedDataset("dataset2", "", 0, "csv", {}), "encoding=cp1252")
    '--read2 encoding=cp1252'
    """
    number = asked.port.removeprefix("dataset")
    return f"--read{number} {text}" if number in ("1", "2") else f"the option {text}"


def refused(asked: AskedDataset, what: str, remedy: str = "") -> DatasetError:
    """Return the error that says what is wrong with a dataset."""
    return DatasetError(f"{asked.reference} {what}", remedy=remedy)


def appearance(start: bytes) -> tuple[str, str]:
    """Tell from its first bytes what a file looks like: in words, and as a format's name.

    Both are empty where nothing is recognized, which is so for most text; the format is empty where it is none of ours.
    """
    for magic, words, name in _MAGICS:
        if start.startswith(magic):
            return words, name
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "an HTML page", ""
    if text.startswith(b"<?xml"):
        return "an XML document", ""
    return "", ""


@contextmanager
def converted(asked: AskedDataset) -> Iterator[None]:
    """Convert what pyarrow raises into a `DatasetError` that names the dataset.

    An arrival that failed is not the dataset's fault and passes, as does want of memory and of room on the disk.
    """
    try:
        yield
    except (ArrivalFailed, MemoryError):
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _unreadable(asked, error) from error
    except (pa.ArrowException, ValueError, KeyError, TypeError, ArithmeticError) as error:
        if isinstance(error, BlobprepError):
            raise
        raise _unreadable(asked, error) from error


def _unreadable(asked: AskedDataset, error: Exception) -> DatasetError:
    lines = str(error).strip().splitlines()
    reason = lines[0][:300] if lines else type(error).__name__
    return refused(asked, f"cannot be read as {asked.format or 'a dataset'}: {reason}")
