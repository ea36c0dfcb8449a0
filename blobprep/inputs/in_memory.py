"""Tables and frames passed by a caller; imported only in the process of such a caller, which has the libraries."""

from __future__ import annotations

from collections.abc import Iterable

from blobprep.errors import DatasetError, InvalidOption
from blobprep.inputs.spool import InputSpool
from blobprep.protocol import Translation
from blobprep.tables.redaction import format_losses, redact

__all__ = ["encode_table", "require_lossless"]


def encode_table(port: str, table: object) -> tuple[InputSpool, tuple[Translation, ...]]:
    """Encode a table as Arrow in an input file.

    Args:
        port: `dataset1` or `dataset2`.
        table: a `pyarrow.Table`, or a `pandas.DataFrame`, which is translated like a script's result.

    Returns:
        The complete file, and the changes that the translation made, without secrets.

    Raises:
        InvalidOption: the value is neither.
        LimitError: there is no room for the table.
    """
    import pandas as pd
    import pyarrow as pa

    changes: list[Translation] = []
    if isinstance(table, pd.DataFrame):
        from blobprep.tables.translation import to_table

        table, changes = to_table(table, port)
    if not isinstance(table, pa.Table):
        raise InvalidOption(
            f"{port} cannot be a {type(table).__name__}",
            remedy="pass a reference, a dataset's name, a pyarrow.Table, a DataFrame or None",
        )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return InputSpool.holding(port, memoryview(sink.getvalue())), tuple(map(redact, changes))


def require_lossless(entries: Iterable[Translation]) -> None:
    """Check that the translation of a caller's tables lost nothing.

    Raises:
        DatasetError: it did; the message lists every lossy entry.
    """
    if lost := format_losses(entries):
        raise DatasetError(f"--lossless forbids what would be lost:\n{lost}")
