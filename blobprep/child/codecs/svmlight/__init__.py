"""SvmLight datasets: `label [qid:n] index:value …`, numbers only."""

from __future__ import annotations

from blobprep.child.codecs.svmlight.reading import decode, head
from blobprep.child.codecs.svmlight.writing import encode

__all__ = ["decode", "encode", "head"]
