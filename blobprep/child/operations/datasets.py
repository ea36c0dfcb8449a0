"""What is done with tables, without a script: showing, copying and profiling them."""

from __future__ import annotations

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder, describe_table
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts, TableFacts
from blobprep.protocol.profiles import AskedProfile
from blobprep.tables import codecs
from blobprep.tables.cell_text import row_texts

__all__ = ["head", "prepare_profile", "profile", "table"]


def head(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Decode the first rows of dataset1."""
    progress = FactsBuilder(lossless=False)
    (asked,) = received.request.datasets
    try:
        with understood(asked.port):
            table, progress.total = codecs.head(received.inputs[asked.port], asked, received.request.rows)
            progress.inputs[asked.port] = describe_table(table)
            progress.head = tuple(row_texts(table))
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)


def table(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Decode dataset1 and hand it over as an Arrow file."""
    progress = FactsBuilder(lossless=False)
    (asked,) = received.request.datasets
    results = received.request.results
    assert results is not None
    try:
        with understood(asked.port), open(received.descriptors["results"], "wb", closefd=False) as sink:
            read, *_ = codecs.decode(received.inputs[asked.port], asked)
            codecs.encode(read, sink, results, "results")
            # Without labels and types: the table itself has them, and they may be millions of bytes.
            progress.outputs["results"] = TableFacts(read.num_rows, read.num_columns)
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)


def prepare_profile(kept: KeptScript) -> None:
    """Load what the profile of kept results needs, and use it once; the parent writes the results meanwhile."""
    from blobprep.child.profile.table import profile_table

    for kept_table in kept.results.values():
        profile_table(kept_table.slice(0, 2), AskedProfile(rows=2, seconds=0.05))


def profile(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Profile the results that the run before has kept, then the datasets, each decoded once more.

    A dataset that cannot be decoded is the failure; the profiles made before are there all the same. One that there is
    no time left for has none.
    """
    from blobprep.child.profile.clock import Clock
    from blobprep.child.profile.table import profile_table

    request, progress = received.request, FactsBuilder(lossless=False)
    asked = request.profile or AskedProfile()
    results = {port: kept.results.pop(port) for port in tuple(kept.results)}
    clock, left = Clock(asked.seconds), len(results) + len(request.datasets)
    try:
        for port in tuple(results):
            progress.profiles[port] = profile_table(results.pop(port), asked, clock.share(left))
            left -= 1
        for dataset in request.datasets:
            if clock.has_run_out():
                break
            with progress.timed("decode"), understood(dataset.port):
                read, changes, name = codecs.decode(received.inputs[dataset.port], dataset)
            # Without labels and types: the profile has them.
            progress.inputs[dataset.port] = TableFacts(read.num_rows, read.num_columns, format=name)
            progress.note(changes)
            progress.profiles[dataset.port] = profile_table(read, asked, clock.share(left))
            left -= 1
            del read
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)
