"""Which limit an exception comes from."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from blobprep.child.confined.resource_errors import find_shortage


def raised(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def from_another() -> None:
    try:
        raise MemoryError
    except MemoryError as error:
        raise RuntimeError("it did not work") from error


def while_handling_another() -> None:
    try:
        raise OSError(errno.EFBIG, "too large")
    except OSError:
        raise SystemExit(3)  # noqa: B904


def without_its_context() -> None:
    try:
        raise MemoryError
    except MemoryError:
        raise KeyError("something else") from None


def from_itself() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    raise first


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError("too much"), "memory"),
        (OSError(errno.ENOSPC, "full"), "disk"),
        (OSError(errno.EDQUOT, "full"), "disk"),
        (OSError(errno.EFBIG, "too large"), "file"),
        (OSError(errno.ENOMEM, "no map"), "memory"),
        (BlockingIOError(errno.EAGAIN, "later"), None),
        (RuntimeError("can't start new thread"), "threads"),
        (RuntimeError("can't start"), None),
        (RuntimeError(), None),
        (OSError(errno.ENOENT, "gone"), None),
        (OSError("odd"), None),
        (ValueError("1 requested and 0 written"), None),
        (raised(from_another), "memory"),
        (raised(while_handling_another), "file"),
        (raised(without_its_context), None),
        (raised(from_itself), None),
    ],
)
def test_an_exception_tells_what_there_was_too_little_of(error: BaseException, expected: str | None) -> None:
    assert find_shortage(error) == expected


def test_arrow_has_a_memory_error_of_its_own() -> None:
    import pyarrow as pa

    assert find_shortage(pa.ArrowMemoryError("malloc of size 1 failed")) == "memory"


@pytest.mark.parametrize("how", ["numpy", "sqlite", "csv", "parquet"])
def test_libraries_that_write_too_large_a_file_are_understood(how: str, tmp_path: Path) -> None:
    import numpy as np
    import pandas as pd

    def database() -> None:
        with sqlite3.connect(tmp_path / "x.db") as connection:
            connection.execute("create table t (a)")
            connection.execute("insert into t values (?)", (bytes(1_000_000),))

    values = np.random.default_rng(0).random(100_000)
    frame = pd.DataFrame({"a": values})
    actions: dict[str, Callable[[], object]] = {
        "numpy": lambda: values.tofile(tmp_path / "x.bin"),
        "sqlite": database,
        "csv": lambda: frame.to_csv(tmp_path / "x.csv"),
        "parquet": lambda: frame.to_parquet(tmp_path / "x.parquet"),
    }

    # Each needs a process whose limit is its own: the limit is the whole process's, and this one has tests to write.
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            os.write(writing, str(find_shortage(raised(actions[how]))).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        assert told.read() == b"file"
    assert os.waitpid(child, 0)[1] == 0
