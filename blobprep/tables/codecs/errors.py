"""Errors about a dataset that name it and say what to do; pyarrow's exceptions are converted to them here."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa

from blobprep.errors import BlobprepError, DatasetError
from blobprep.formats import FORMATS
from blobprep.protocol import AskedDataset
from blobprep.tables.streaming_input import ArrivalFailed

__all__ = ["convert_errors", "dataset_error", "option"]

_SPECIAL: Final = re.compile(r"[\s;|&<>()*?$!`'\"\\]")
"""Characters with a meaning in a shell."""


def option(asked: AskedDataset, text: str) -> str:
    """Return how to give a read option of a dataset on the command line, together with those already given.

    The text is quoted if it holds a character with a meaning in a shell.

    >>> option(AskedDataset("dataset2", "", 0, "csv", {}), "encoding=cp1252")
    '--read2 encoding=cp1252'
    >>> option(AskedDataset("dataset1", "", 0, "csv", {}), "delimiter=;")
    '--read1 "delimiter=;"'
    """
    if not text.endswith("="):
        # A format that was given only as an option would be lost if the new text did not repeat it.
        repeated = [f"format={asked.format}"] if asked.found == "asked alone" and "format=" not in text else []
        text = ",".join([*repeated, text, *_other_given_options(asked, text)])
    if _SPECIAL.search(text):
        text = f"'{text}'" if '"' in text else f'"{text}"'
    number = asked.port.removeprefix("dataset")
    return f"--read{number} {text}" if number in ("1", "2") else f"the option {text}"


def _other_given_options(asked: AskedDataset, text: str) -> list[str]:
    """Return the options already given that the format has: the text replaces them, so it must repeat them."""
    new = dict(part.partition("=")[::2] for part in text.split(","))
    own = FORMATS[asked.format].reads if asked.format in FORMATS else {}
    known = FORMATS[new["format"]].reads if new.get("format") in FORMATS else own
    return [
        f'{name}="{value}"' if "," in value else f"{name}={value}"
        for name, value in asked.options.items()
        if name in known and name not in new and value != (own[name].default if name in own else "")
    ]


def dataset_error(asked: AskedDataset, what: str, remedy: str = "") -> DatasetError:
    """Return the error that says what is wrong with a dataset, and what to do."""
    return DatasetError(f"{asked.reference} {what}", remedy=remedy)


@contextmanager
def convert_errors(asked: AskedDataset) -> Iterator[None]:
    """Convert exceptions of pyarrow to a `DatasetError` that names the dataset.

    Failed arrivals, lack of memory and a full disk are not the dataset's fault and pass unchanged.
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
    remedy = "fetch it again if it is incomplete, or write it again"
    return dataset_error(asked, f"cannot be read as {asked.format or 'a dataset'}: {reason}", remedy)
