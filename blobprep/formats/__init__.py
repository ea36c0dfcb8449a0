"""The formats of datasets: names, extensions, content types and options. Pure; the codecs are the child's.

A format is one row of `FORMATS` and one codec in `blobprep.tables.codecs`.
"""

from __future__ import annotations

from blobprep.formats.documents import document_in
from blobprep.formats.encodings import encoding_named
from blobprep.formats.evidence import FormatEvidence, NameHints, format_by_content_type, format_by_name
from blobprep.formats.options import (
    Option,
    count_named,
    delimiter_named,
    listed,
    parse_options,
    read_options,
    write_options,
)
from blobprep.formats.table import COMPRESSIONS, FORMATS, Format, content_type_of, extension_of, format_named

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "Format",
    "FormatEvidence",
    "NameHints",
    "Option",
    "content_type_of",
    "count_named",
    "delimiter_named",
    "document_in",
    "encoding_named",
    "extension_of",
    "format_by_content_type",
    "format_by_name",
    "format_named",
    "listed",
    "parse_options",
    "read_options",
    "write_options",
]
