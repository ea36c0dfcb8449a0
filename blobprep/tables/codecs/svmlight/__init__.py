"""SvmLight datasets: `label [qid:n] index:value …`, numbers only."""

from __future__ import annotations

from blobprep.tables.codecs.svmlight.read import decode, head
from blobprep.tables.codecs.svmlight.write import encode

__all__ = ["decode", "encode", "head"]
