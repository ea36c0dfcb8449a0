"""JSON datasets: a document with an array of objects, or an object a line; only the types of values are guessed."""

from __future__ import annotations

from blobprep.tables.codecs.json.read import decode_document, decode_lines, head_document, head_lines
from blobprep.tables.codecs.json.write import encode_document, encode_lines

__all__ = ["decode_document", "decode_lines", "encode_document", "encode_lines", "head_document", "head_lines"]
