"""The types that columns of datasets may have; other types are refused before any value is read.

Source: 700 mutated Arrow files were read with such a list and full validation, and none ended the process. Views, which
crash even after validation, are checked in `blobprep.tables.codecs.types.storage`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.types.storage import is_odd

__all__ = ["require_allowed_types"]

_FLAT: Final[tuple[Callable[[Any], bool], ...]] = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_duration,
    pa.types.is_null,
)
_LISTS: Final[tuple[Callable[[Any], bool], ...]] = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
    pa.types.is_run_end_encoded,
)
_DEPTH: Final = 32


def require_allowed_types(schema: pa.Schema, asked: AskedDataset) -> None:
    """Check the types of a dataset's columns.

    Raises:
        DatasetError: pandas has no equivalent of a type; names the column.
        UnicodeDecodeError: a type is damaged: its time zone or a field name is not text.
    """
    for column in schema:
        if not _is_allowed(column.type, _DEPTH):
            raise dataset_error(
                asked,
                f"has a column {column.name!r} of type {str(column.type)[:100]}, which cannot become a pandas column",
                "write it again with a simpler type",
            )


def _is_allowed(kind: Any, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(kind, pa.BaseExtensionType):
        return _is_allowed(kind.storage_type, depth - 1)
    if pa.types.is_dictionary(kind):
        return not pa.types.is_nested(kind.value_type) and _is_allowed(kind.value_type, depth - 1)
    if any(holds(kind) for holds in _LISTS):
        return _is_allowed(kind.value_type, depth - 1)
    if pa.types.is_map(kind):
        return _is_allowed(kind.key_type, depth - 1) and _is_allowed(kind.item_type, depth - 1)
    if pa.types.is_struct(kind):
        names = {field.name for field in kind}
        return len(names) == kind.num_fields and all(_is_allowed(field.type, depth - 1) for field in kind)
    if pa.types.is_timestamp(kind):
        return isinstance(kind.tz, str | None)  # reading it raises if it is not text
    return is_odd(kind) or any(holds(kind) for holds in _FLAT)
