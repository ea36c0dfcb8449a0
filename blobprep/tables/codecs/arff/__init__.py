"""The codec of ARFF datasets, as Weka reads and writes them.

read            lines to a table
header          the attributes that the header declares
date_patterns   Java's date patterns
rows            data lines to columns of text
columns         columns of text to the declared types
tokens          the words, quotes and marks of ARFF
write           tables as ARFF
"""

from __future__ import annotations

from blobprep.tables.codecs.arff.read import decode, head
from blobprep.tables.codecs.arff.write import encode

__all__ = ["decode", "encode", "head"]
