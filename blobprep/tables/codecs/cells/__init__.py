"""Tables as a web service exchanges them: one JSON document of labels, classic types and cells.

They have no row in `FORMATS`: they are never stored, and only the service asks for them. A document is
`{"names": […], "types": […], "columns": [[…], …]}`; the cells of an input are as the request's JSON had them, those of
an output are texts in the classic spelling, or null.

read   such a document to a table
write  a table to such a document
"""

from __future__ import annotations

from blobprep.tables.codecs.cells.read import decode, head
from blobprep.tables.codecs.cells.write import encode

__all__ = ["decode", "encode", "head"]
