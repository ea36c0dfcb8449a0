"""The codec of Excel datasets: a sheet or a table of a workbook. Needs the extra `excel`.

read       workbooks to a table
sheets     which sheet of a workbook is read
compound   a check of old workbooks, whose sectors may form an endless chain
oddities   what the reader drops silently: errors, uncomputed formulas, long numbers
write      tables to workbooks
"""

from __future__ import annotations

from blobprep.tables.codecs.excel.read import decode, head
from blobprep.tables.codecs.excel.write import encode

__all__ = ["decode", "encode", "head"]
