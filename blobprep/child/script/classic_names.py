"""Names that libraries no longer have, restored while the script runs, and told when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Final

from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.script.streams import Recorder
from blobprep.classic.modes import Mode
from blobprep.classic.session import ClassicSession
from blobprep.protocol import Restored, Translation

__all__ = ["classic_names"]

_TOLD: Final = 200
"""Names in the log and in the facts; a script can use any number of forms of a call."""


@contextmanager
def classic_names(mode: Mode, bundle: str, progress: FactsBuilder, recorder: Recorder) -> Iterator[ClassicSession]:
    """Restore what a script needs; what it used is in the log, the facts and, where it chose, the ledger.

    Args:
        mode: when names are restored.
        bundle: the folder of the script's modules; empty if there is none.
        progress: takes what was used.
        recorder: takes one note for each name.

    Yields:
        The session that is to look at the script before it runs.
    """
    session = ClassicSession(mode, bundle or None)
    try:
        yield session
    finally:
        used = session.end()[:_TOLD]
        for use in used:
            recorder.say(f"classic: {use.told}")
        progress.classic += tuple(Restored(*astuple(use)) for use in used)
        progress.note([
            Translation("results", "", "classic", f"{use.name}: {use.choice}", remedy="--classic off", count=use.count)
            for use in used
            if use.choice
        ])  # fmt: skip
