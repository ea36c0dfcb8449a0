"""Tables and frames a caller passes; imported only in such a caller's process, which has the libraries already."""

from __future__ import annotations

from blobprep.errors import DatasetError, InvalidOption
from blobprep.inputs.files import InputBytes
from blobprep.protocol import Translation

__all__ = ["encode_table"]


def encode_table(port: str, table: object, *, lossless: bool = False) -> tuple[InputBytes, tuple[Translation, ...]]:
    """Encode a table as Arrow in an input file.

    Args:
        port: `dataset1` or `dataset2`.
        table: a `pyarrow.Table`, or a `pandas.DataFrame`, which is translated as a script's result would be.
        lossless: refuse a translation that loses something.

    Returns:
        The file, whole, and the changes translation made.

    Raises:
        InvalidOption: it is neither.
        DatasetError: a translation would lose something, and that is forbidden.
        LimitError: there is no room for it.
    """
    import pandas as pd
    import pyarrow as pa

    changes: list[Translation] = []
    if isinstance(table, pd.DataFrame):
        from blobprep.child.translation import to_table

        table, changes = to_table(table, port)
    if not isinstance(table, pa.Table):
        raise InvalidOption(
            f"{port} is a {type(table).__name__}",
            remedy="pass a reference, a dataset's name, a pyarrow.Table, a DataFrame or None",
        )
    lost = next((change for change in changes if change.lossy and lossless), None)
    if lost is not None:
        column = f", column {lost.column!r}" if lost.column else ""
        raise DatasetError(f"--lossless forbids a translation: {port}{column}: {lost.detail}", remedy=lost.remedy)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return InputBytes.holding(port, memoryview(sink.getvalue())), tuple(changes)
