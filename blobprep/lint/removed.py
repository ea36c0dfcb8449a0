"""The table of what was removed, put together. Pure data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from blobprep.lint.removals import Removal, Table
from blobprep.lint.removed_drawing import DRAWING
from blobprep.lint.removed_learning import LEARNING
from blobprep.lint.removed_pandas import PANDAS
from blobprep.lint.removed_python import PYTHON
from blobprep.lint.removed_science import SCIENCE

__all__ = ["REMOVED"]


def _of_this_python(rows: tuple[Removal, ...]) -> Iterator[Removal]:
    for row in rows:
        if tuple(int(part) for part in row.since.split(".")) <= sys.version_info:
            yield row


REMOVED: Final = Table((*_of_this_python(PYTHON), *PANDAS, *SCIENCE, *LEARNING, *DRAWING))
