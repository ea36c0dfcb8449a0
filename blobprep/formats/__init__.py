"""The formats of datasets: a row of `FORMATS` for each, and a codec in `blobprep.tables.codecs`. Pure.

table       the table of formats: names, extensions, content types and options
options     options for reading and writing a format: parsed, checked, with defaults
ranges      parts of a blob, as read options name them
encodings   character encodings, with the names that Import Data used
evidence    the format of a blob, as far as its name and content type show it
documents   files that are not Python scripts, recognized by their content
notebooks   the code of a notebook's cells
"""

from __future__ import annotations

from blobprep.formats.documents import document_in
from blobprep.formats.encodings import encoding_named
from blobprep.formats.evidence import FormatEvidence, NameHints, format_by_content_type, format_by_name, stem_of
from blobprep.formats.notebooks import code_in_notebook
from blobprep.formats.options import (
    Option,
    count_named,
    delimiter_named,
    option_text,
    parse_options,
    read_options,
    split_labels,
    write_options,
)
from blobprep.formats.ranges import byte_ranges_named, column_types_named, print_ranges, row_groups_named
from blobprep.formats.table import COMPRESSIONS, FORMATS, Format, content_type_of, extension_of, format_named

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "Format",
    "FormatEvidence",
    "NameHints",
    "Option",
    "byte_ranges_named",
    "code_in_notebook",
    "column_types_named",
    "content_type_of",
    "count_named",
    "delimiter_named",
    "document_in",
    "encoding_named",
    "extension_of",
    "format_by_content_type",
    "format_by_name",
    "format_named",
    "option_text",
    "parse_options",
    "print_ranges",
    "read_options",
    "row_groups_named",
    "split_labels",
    "stem_of",
    "write_options",
]
