"""CSV and TSV: delimited text, laid out as RFC 4180 or as people lay it out."""

from __future__ import annotations

from blobprep.tables.codecs.csv.read import decode, head
from blobprep.tables.codecs.csv.write import encode

__all__ = ["decode", "encode", "head"]
