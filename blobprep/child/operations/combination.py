"""What is done with the results of many runs: they are combined, request by request."""

from __future__ import annotations

import os
from typing import BinaryIO, cast

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts, TableFacts
from blobprep.tables.codecs.combination import Combination

__all__ = ["combine"]


def combine(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Do the next step of combining datasets."""
    progress = FactsBuilder(received.request.lossless)
    try:
        with understood("dataset1"):
            if kept.combination is None:
                kept.combination = Combination()
            _step(received, progress, kept.combination)
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)


def _step(received: ReceivedRequest, progress: FactsBuilder, combination: Combination) -> None:
    request = received.request
    asked = request.combination
    assert asked is not None
    match asked.step:
        case "types":
            for dataset in request.datasets:
                combination.add_types(received.inputs[dataset.port], dataset, as_text=asked.as_text)
        case "open":
            assert request.results is not None
            # The request's own descriptor is closed with it; this one lives until the file is complete.
            sink = cast(BinaryIO, os.fdopen(os.dup(received.descriptors["results"]), "wb", buffering=0))
            combination.open(sink, request.results, asked.left_out)
        case "rows":
            for dataset in request.datasets:
                combination.add_rows(received.inputs[dataset.port], dataset)
        case "close":
            rows, columns = combination.close()
            progress.note(combination.ledger())
            progress.require_lossless()
            progress.outputs["results"] = TableFacts(rows, columns)
