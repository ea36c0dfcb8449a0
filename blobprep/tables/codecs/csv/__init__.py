"""CSV and TSV: delimited text, as RFC 4180 defines it and as it is found in practice.

read              text to a table
parse             the rows of a text as cells, in batches
blocks            whole rows parsed on all cores
cursor            bytes that are read by position, read in order
layout            separator, header and lines to skip, from the first rows
delimiters        the separator, detected from a sample of lines
row_widths        the error for rows with too many or too few cells
repeated_headers  rows that repeat the header, left out
nul_bytes         the place of the first NUL byte
infer             the type of a column, from all its cells
candidates        one type, tried on a column
dates             columns of dates and times
column_types      columns whose types are given, and guesses that keep nothing
records           the places of records in the bytes
division          pieces of whole rows
write             a table to text
cells             values to cells
round_trip        cells that would read back as something else
"""

from __future__ import annotations

from blobprep.tables.codecs.csv.read import decode, head
from blobprep.tables.codecs.csv.write import encode

__all__ = ["decode", "encode", "head"]
