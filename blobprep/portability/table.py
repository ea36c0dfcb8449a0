"""The table of what was removed, put together. Pure data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from blobprep.portability.removals import Removal, Table
from blobprep.portability.removed_drawing import DRAWING
from blobprep.portability.removed_learning import LEARNING
from blobprep.portability.removed_pandas import PANDAS
from blobprep.portability.removed_python import PYTHON
from blobprep.portability.removed_science import SCIENCE

__all__ = ["REMOVED"]


def _of_this_python(rows: tuple[Removal, ...]) -> Iterator[Removal]:
    for row in rows:
        if tuple(int(part) for part in row.since.split(".")) <= sys.version_info:
            yield row


REMOVED: Final = Table((*_of_this_python(PYTHON), *PANDAS, *SCIENCE, *LEARNING, *DRAWING))
