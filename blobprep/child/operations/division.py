"""What is done with one blob that is too large for one run: it is divided."""

from __future__ import annotations

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts

__all__ = ["divide"]


def divide(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Find the pieces of dataset1."""
    from blobprep.tables.codecs.division import divide as divide_dataset

    progress = FactsBuilder(lossless=False)
    (asked,) = received.request.datasets
    assert received.request.division is not None
    try:
        with understood(asked.port):
            progress.division = divide_dataset(received.inputs[asked.port], asked, received.request.division.rows)
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)
