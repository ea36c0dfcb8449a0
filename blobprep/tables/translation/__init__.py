"""Translation: Arrow tables to pandas frames and back, by the rules of the classic studio. Opens nothing.

Whatever changes on the way is one entry of the ledger for each change and column.

Source:
    Microsoft, "Execute Python machine learning scripts in Studio (classic)", section "Translation of input and output
    data types"; what it leaves open is settled in docs/classic.md.
"""

from __future__ import annotations

from blobprep.tables.codecs.labels import unique_labels
from blobprep.tables.translation.to_frame import to_frame
from blobprep.tables.translation.to_table import to_table

__all__ = ["to_frame", "to_table", "unique_labels"]
