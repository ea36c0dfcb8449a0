"""Read results back. Imported only when a caller asks for a table: it brings pyarrow into his process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from blobprep.child import codecs
from blobprep.child.arrival import InputFile
from blobprep.errors import DatasetError, OutputError
from blobprep.formats import format_by_name, format_named, read_options
from blobprep.inputs.files import InputBytes
from blobprep.manifest import OutputRecord
from blobprep.protocol import AskedDataset

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_table"]


def read_table(data: bytes, record: OutputRecord, request: Mapping[str, Any]) -> pa.Table:
    """Decode results, with the same checks as any dataset: the script that wrote them is not trusted.

    Args:
        data: the blob's bytes.
        record: of the output in the manifest.
        request: of the manifest; its options of writing a text say how to read it.

    Raises:
        OutputError: they are not a table, or one of types that are not safe to handle.
    """
    row = format_by_name(record.name).format or format_named("parquet")
    written = {name: value for name, value in (request.get("write") or {}).items() if name in row.reads}
    asked = AskedDataset("results", record.reference, len(data), row.name, read_options(row, written))
    with InputBytes.holding("results", data) as held:
        try:
            table, *_ = codecs.decode(InputFile(held.readable, len(data)), asked)
            table.validate(full=True)
        except (DatasetError, ValueError) as error:
            raise OutputError(f"{record.reference} holds no valid table: {error}") from error
    return table
