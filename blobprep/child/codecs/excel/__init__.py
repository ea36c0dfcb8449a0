"""Excel datasets: a sheet or a table of a workbook. Needs the extra `excel`."""

from __future__ import annotations

from blobprep.child.codecs.excel.reading import decode, head
from blobprep.child.codecs.excel.writing import encode

__all__ = ["decode", "encode", "head"]
