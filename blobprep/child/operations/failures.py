"""What ends a request early: failures, from where their cause is known to where the facts are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from blobprep.child.confined.resource_errors import find_shortage
from blobprep.child.facts_builder import LossForbidden
from blobprep.child.script.entry import describe_failure
from blobprep.errors import BundleError, DatasetError, InterpreterUnusable, InvalidOption
from blobprep.protocol import Failure
from blobprep.tables.streaming_input import ArrivalFailed

__all__ = ["Ended", "as_script", "understood"]

_RETURNED: Final = ("results", "results2")
"""Ports of what the script returned: its objects run code when they are read, and what they raise is its failure."""


class Ended(Exception):
    """A failure on its way from where its cause is known to where the facts are written."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@contextmanager
def as_script() -> Iterator[None]:
    """Turn whatever the user's code raises into the script's failure: `SystemExit` and `KeyboardInterrupt` too."""
    try:
        yield
    except BaseException as error:
        raise Ended(describe_failure(error)) from error


@contextmanager
def understood(port: str) -> Iterator[None]:
    """Turn what decoding, translating and encoding raise into failures with a cause."""
    try:
        yield
    except (DatasetError, InvalidOption) as error:
        raise Ended(Failure("dataset", error.message, error.remedy, port=port)) from error
    except BundleError as error:
        raise Ended(Failure("bundle", error.message, error.remedy)) from error
    except InterpreterUnusable as error:
        raise Ended(Failure("interpreter", error.message)) from error
    except LossForbidden as error:
        raise Ended(Failure("lossless", str(error))) from error
    except MemoryError as error:  # Arrow's is one too
        raise Ended(Failure("memory", f"memory ran out at port {port}")) from error
    except ArrivalFailed as error:
        raise Ended(Failure("dataset", str(error), port=port)) from error
    except OSError as error:
        shortage = find_shortage(error)
        if shortage is not None:
            raise Ended(Failure(shortage, f"no room for port {port} in the working folder", port=port)) from error
        if port not in _RETURNED:
            raise
        raise Ended(describe_failure(error)) from error
    except Exception as error:
        if port not in _RETURNED:
            raise
        raise Ended(describe_failure(error)) from error
