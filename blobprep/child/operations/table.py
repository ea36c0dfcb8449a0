"""The operations that a child can be asked for: one row of `OPERATIONS` each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from blobprep.child.channel import ReceivedRequest
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.comparison import compare
from blobprep.child.operations.datasets import head, profile, table
from blobprep.child.operations.division import divide
from blobprep.child.operations.elsewhere import interpreter
from blobprep.child.operations.pictures import picture
from blobprep.child.operations.run import run
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts, Operation

__all__ = ["OPERATIONS"]


def _combine(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    from blobprep.child.operations.combination import combine  # with most of the codecs

    return combine(received, recorder, kept)


OPERATIONS: Final[dict[Operation, Callable[[ReceivedRequest, Recorder, KeptScript], Facts]]] = {
    "run": run,
    "head": head,
    "table": table,
    "profile": profile,
    "compare": compare,
    "picture": picture,
    "interpreter": interpreter,
    "divide": divide,
    "combine": _combine,
}
