"""The codecs of JSON datasets: a document with an array of objects, or one object per line.

read       JSON to a table
columns    objects gathered as columns, whose types are inferred from all values
oddities   what Python's reader drops silently: repeated keys, digits, infinities
write      tables as JSON
"""

from __future__ import annotations

from blobprep.tables.codecs.json.read import decode_document, decode_lines, head_document, head_lines
from blobprep.tables.codecs.json.write import encode_document, encode_lines

__all__ = ["decode_document", "decode_lines", "encode_document", "encode_lines", "head_document", "head_lines"]
