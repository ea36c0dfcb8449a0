"""ARFF datasets, as Weka reads and writes them."""

from __future__ import annotations

from blobprep.tables.codecs.arff.read import decode, head
from blobprep.tables.codecs.arff.write import encode

__all__ = ["decode", "encode", "head"]
