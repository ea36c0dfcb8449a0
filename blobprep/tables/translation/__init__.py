"""Translation of Arrow tables to pandas frames and back, by the rules of the classic studio. Opens no files.

to_frame   from a table to the frame that the entry point gets
to_table   from the frame that the entry point returned to a table
objects    columns of Python objects to Arrow arrays
changes    what happened to a column on the way, for the ledger

Every change is one ledger entry per column.

Source:
    Microsoft, "Execute Python machine learning scripts in Studio (classic)", section "Translation of input and output
    data types"; docs/classic.md covers what it leaves open.
"""

from __future__ import annotations

from blobprep.tables.codecs.labels import unique_labels
from blobprep.tables.translation.to_frame import to_frame
from blobprep.tables.translation.to_table import to_table

__all__ = ["to_frame", "to_table", "unique_labels"]
