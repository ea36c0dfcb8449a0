"""What is done with two tables, without a script: comparing them."""

from __future__ import annotations

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts, TableFacts
from blobprep.protocol.comparisons import AskedComparison
from blobprep.tables import codecs

__all__ = ["compare"]


def compare(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Decode dataset1 and dataset2, compare them, then profile both where that is asked for."""
    from blobprep.child.comparison.tables import compare_tables
    from blobprep.child.profile.clock import Clock
    from blobprep.child.profile.table import profile_table

    request, progress = received.request, FactsBuilder(lossless=False)
    tables = {}
    try:
        for dataset in request.datasets:
            with progress.timed("decode"), understood(dataset.port):
                read, changes, name = codecs.decode(received.inputs[dataset.port], dataset)
            # Without labels and types: comparison and profile have them.
            progress.inputs[dataset.port] = TableFacts(read.num_rows, read.num_columns, format=name)
            progress.note(changes)
            tables[dataset.port] = read
        with understood("dataset2"):
            asked = request.comparison or AskedComparison()
            progress.comparison = compare_tables(tables["dataset1"], tables["dataset2"], asked)
        if request.profile is not None:
            clock = Clock(request.profile.seconds)
            for left, (port, table) in zip((2, 1), tables.items(), strict=True):
                progress.profiles[port] = profile_table(table, request.profile, clock.share(left))
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)
