"""Excel datasets: a sheet or a table of a workbook. Needs the extra `excel`."""

from __future__ import annotations

from blobprep.tables.codecs.excel.read import decode, head
from blobprep.tables.codecs.excel.write import encode

__all__ = ["decode", "encode", "head"]
