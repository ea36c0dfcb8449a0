"""Read results back. Imported only when a caller asks for a table: it brings pyarrow into the caller's process.

The script that wrote them is not trusted, and a file of a kilobyte can expand to more than any machine holds. So a
child reads it, with as much room as honest results need; the caller's process maps plain columns.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from blobprep.errors import DatasetError, OutputError
from blobprep.formats import format_by_name, format_named, read_options, write_options
from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.manifest import OutputRecord
from blobprep.protocol import AskedDataset, AskedResults, ChildRequest
from blobprep.runs.verdict import judge
from blobprep.sandbox.call import WholeInputs
from blobprep.sandbox.isolation import Level, require_level
from blobprep.sandbox.launch import Children, start
from blobprep.sandbox.run_log import RunLog
from blobprep.tables import codecs
from blobprep.tables.streaming_input import InputFile
from blobprep.unnamed_files import disk_file

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_table"]

_LEAST: Final = 2 * 1024**3  # bytes that any results may have in memory
_EXPANSION: Final = 64  # how many times as large as their blob they may be
_WORK: Final = 1024**3  # bytes that reading them takes besides
_PORT: Final = "dataset1"


def read_table(
    data: bytes,
    record: OutputRecord,
    request: Mapping[str, Any],
    isolation: str,
    *,
    least: int = _LEAST,
    children: Children = start,
) -> pa.Table:
    """Decode results, with the same checks as any dataset.

    Args:
        data: the blob's bytes.
        record: of the output in the manifest.
        request: of the manifest; its options of writing a text say how to read it.
        isolation: the level at which the run was.
        least: bytes that results may have in memory, however small their blob is.
        children: start the child that reads them.

    Raises:
        OutputError: they are not a table, one of types that are not safe to handle, or too large in memory.
        IsolationUnavailable: this machine does not offer the run's level.
    """
    row = format_by_name(record.name).format or format_named("parquet")
    written = {name: value for name, value in (request.get("write") or {}).items() if name in row.reads}
    asked = AskedDataset(_PORT, record.reference, len(data), row.name, read_options(row, written))
    level = require_level(isolation)
    with InputSpool.holding("results", data) as held:
        if sys.platform == "win32":  # there is no child at any level
            return _decoded(held.readable, asked)
        room = max(least, _EXPANSION * held.size)
        return _read_by_child(held, asked, "process" if level == "off" else level, room, children)


def _read_by_child(held: InputSpool, asked: AskedDataset, level: Level, room: int, children: Children) -> pa.Table:
    limits = Limits(memory=2 * room + _WORK, disk=room)
    results = AskedResults("arrow", write_options(format_named("arrow"), {}))
    with ExitStack() as stack:
        written = disk_file()
        stack.callback(os.close, written)
        session = stack.enter_context(children("table", level, limits))
        result = session.call(
            ChildRequest("table", datasets=(asked,), results=results),
            {_PORT: held.readable, "results": written},
            log=RunLog(),
            inputs=WholeInputs({_PORT: held.size}),
            seconds=limits.timeout,
        )
        verdict = judge(result.ending, result.facts, limits)
        if verdict.error is not None and verdict.error.code in ("disk", "memory"):
            raise OutputError(
                f"{asked.reference} has {held.size} bytes and expands to more than {room} in memory",
                remedy="if that is meant, read the blob itself with the library of its format",
            )
        if verdict.error is not None:
            raise _invalid(asked.reference, verdict.error.message) from verdict.raises
        size = os.fstat(written).st_size
        return _decoded(
            written, AskedDataset(_PORT, asked.reference, size, "arrow", read_options(format_named("arrow"), {}))
        )


def _decoded(descriptor: int, asked: AskedDataset) -> pa.Table:
    try:
        table, *_ = codecs.decode(InputFile(descriptor, asked.size), asked)
        table.validate(full=True)
    except (DatasetError, ValueError) as error:
        raise _invalid(asked.reference, str(error)) from error
    return table


def _invalid(reference: str, reason: str) -> OutputError:
    return OutputError(f"{reference} does not hold a valid table: {reason}")
