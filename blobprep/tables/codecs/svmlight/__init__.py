"""The codec of SvmLight datasets: lines of `label [qid:n] index:value …`, numbers only.

read    lines to a table
rows    lines to indices and values
write   tables as SvmLight
"""

from __future__ import annotations

from blobprep.tables.codecs.svmlight.read import decode, head
from blobprep.tables.codecs.svmlight.write import encode

__all__ = ["decode", "encode", "head"]
