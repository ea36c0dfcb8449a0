"""ARFF datasets, as Weka reads and writes them."""

from __future__ import annotations

from blobprep.child.codecs.arff.reading import decode, head
from blobprep.child.codecs.arff.writing import encode

__all__ = ["decode", "encode", "head"]
