"""What is done in another interpreter: running a script there, and saying which one it is."""

from __future__ import annotations

from typing import Any

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.interpreter.process import InterpreterProcess, interpreter_here
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.return_value import ReturnValue
from blobprep.child.script.streams import Recorder
from blobprep.child.windows.path_entries import translate_paths
from blobprep.protocol import Facts, Failure
from blobprep.tables.streaming_input import InputFile

__all__ = ["interpreter", "run_elsewhere"]


def interpreter(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Say what the interpreter is that scripts would run in, or why it cannot be used."""
    progress = FactsBuilder(lossless=False)
    process = interpreter_here()
    assert process is not None
    try:
        with understood(""):
            progress.interpreter = {"path": process.path, **process.require_ready()}
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)


def run_elsewhere(
    process: InterpreterProcess,
    received: ReceivedRequest,
    folder: str,
    frames: list[Any],
    progress: FactsBuilder,
    recorder: Recorder,
) -> ReturnValue:
    """Run the script in another interpreter; return what it returned."""
    from blobprep.child.interpreter.conversation import report_bytes, run_there

    request = received.request
    with understood(""):
        progress.interpreter = {"path": process.path, **process.require_ready()}
        progress.note(report_bytes(progress.inputs, progress.interpreter))
        progress.require_lossless()
    received.send("script")
    with translate_paths(request.folder), progress.timed("script"):  # so that hints are about the script's paths
        source = InputFile(received.descriptors["script"], request.script_size).read_at(0, request.script_size)
        outcome = run_there(process, request, source, folder, frames)
    progress.interpreter |= outcome.versions
    progress.figures += outcome.figures
    for note in outcome.notes:
        recorder.say(note)
    if outcome.returned is None:
        raise Ended(outcome.failure or Failure("script", "the script returned nothing"))
    return outcome.returned
