"""A run: decode the datasets, run the script on them, encode what it returns."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from blobprep.child import bundle
from blobprep.child.artifacts import write_cells
from blobprep.child.channel import ReceivedRequest
from blobprep.child.classic_sdk import OVERLAY, use_emulator
from blobprep.child.confined.denial_hints import explain_silent_refusals
from blobprep.child.confined.joblib_threads import use_threads
from blobprep.child.facts_builder import FactsBuilder, describe_table
from blobprep.child.interpreter.process import interpreter_here
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.elsewhere import run_elsewhere
from blobprep.child.operations.failures import Ended, as_script, understood
from blobprep.child.script.classic_names import classic_names
from blobprep.child.script.debugger import debug_script
from blobprep.child.script.entry import MODULE_NAME, load_function, load_source
from blobprep.child.script.figures import FigureWatch
from blobprep.child.script.parameters import renew_parameters, set_parameters
from blobprep.child.script.return_value import ReturnValue, read_return_value
from blobprep.child.script.streams import Recorder, record_output
from blobprep.child.windows.path_entries import translate_paths
from blobprep.child.working_directory import enter_directory
from blobprep.classic.python2.loader import Loaded, compile_as_is, compile_source, summarize, translating_bundle
from blobprep.classic.session import ClassicSession
from blobprep.confinement.confine import confined_to
from blobprep.protocol import (
    OUTPUTS,
    AskedDataset,
    ChildRequest,
    Facts,
    Failure,
    Translation,
)
from blobprep.tables import codecs
from blobprep.tables.streaming_input import InputFile

__all__ = ["run"]


def run(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Decode the datasets, run the script on them, encode what it returns."""
    request = received.request
    progress = FactsBuilder(request.lossless)
    failure: Failure | None = None
    explain_silent_refusals(recorder)
    if confined_to() is not None:
        use_threads()
    kept.begin(request.identity, request.folder)
    streams: AbstractContextManager[None] = nullcontext() if request.debugger else record_output(recorder)
    bundled = os.path.join(request.folder, bundle.FOLDER_NAME) if request.identity else ""
    with (
        streams,
        enter_directory(request.folder, kept=bundled),
        use_emulator(request.emulator),
        FigureWatch(request.folder) as watch,
    ):
        try:
            os.makedirs(OUTPUTS, exist_ok=True)
            _run(received, progress, recorder, kept)
        except Ended as ended:
            failure = ended.failure
        for figure in watch.close_figures():
            if isinstance(figure, str):
                recorder.say(figure)
            else:
                progress.figures += (figure,)
    return progress.facts(failure)


def _run(received: ReceivedRequest, progress: FactsBuilder, recorder: Recorder, kept: KeptScript) -> None:
    request, inputs = received.request, received.inputs
    sys.path.insert(0, OVERLAY)
    folder = ""
    if "bundle" in inputs:
        with progress.timed("unpack"), understood("bundle"):
            folder = bundle.unpack(inputs["bundle"], request.bundle_size, request.bundle, request.folder)
    frames = [_decode(inputs[asked.port], asked, progress) for asked in request.datasets]
    with understood(""):
        progress.require_lossless()
    if (elsewhere := interpreter_here()) is not None:
        returned = run_elsewhere(elsewhere, received, folder, frames, progress, recorder)
        _encode(received, returned, progress, recorder, kept)
        return
    assert request.results is not None
    # A script may replace the modules that a codec imports, which it must not do to the results, or to a later request.
    # What follows a script that is not kept and whose results are is their profile: the datasets' codecs are there.
    ends = request.last or (request.keep_results and not request.identity)
    codecs.load([request.results.format, *(() if ends else codecs.CODECS)])
    # From here on the process is the script's. Its bundle joins the import path only now: a module in it with the name
    # of a library's would have run while the datasets were read.
    received.send("script")
    if folder:
        # Scripts look for the name the folder had in Studio, to find out whether they run there.
        sys.path[:0] = [folder, bundle.WINDOWS_NAME]

    compiled = _compiler(request, recorder, folder)
    with (
        translate_paths(request.folder),
        set_parameters(request.parameters),
        translating_bundle(folder, compiled) if folder else nullcontext(),
        progress.timed("script"),
        classic_names(request.classic, folder, progress, recorder) as classic,
        as_script(),
        debug_script(request.debugger) as call,
    ):
        classic.stays = bool(request.identity) and confined_to() is not None  # then nothing but requests runs here
        if (entry := kept.take(request.identity)) is None:
            source = InputFile(received.descriptors["script"], request.script_size).read_at(0, request.script_size)
            with kept.loading():
                entry = _load(request, source, compiled, classic)
            kept.keep(request.identity, entry, classic.decision)
        else:
            classic.follow(kept.decision, kept.waiting)
            if request.script_kind == "source":
                renew_parameters(request.parameters, sys.modules.get(MODULE_NAME))
        frames = classic.frames(frames)
        returned = read_return_value(call(entry, frames))
    kept.waiting = classic.waiting
    del frames
    _encode(received, returned, progress, recorder, kept)
    # What was restored is taken back, and what a kept script had taken of it would be gone.
    if not classic.carried:
        kept.succeed()


def _decode(source: InputFile, asked: AskedDataset, progress: FactsBuilder) -> Any:
    from blobprep.tables import translation

    def read() -> Any:
        table, changes, name = codecs.decode(source, asked)
        progress.inputs[asked.port] = describe_table(table, name)
        progress.note(changes)
        return table

    with progress.timed("decode"), understood(asked.port):
        # Only the translation holds the table, which frees each column once it is converted.
        frame, changes = translation.to_frame(read(), asked.port, asked.options)
        progress.note(changes)
    return frame


def _load(
    request: ChildRequest, script: bytes, compiled: Callable[[bytes, str], Loaded], classic: ClassicSession
) -> Callable[..., Any]:
    if request.script_kind == "function":
        classic.begin(None)
        return load_function(script, request.parameters)
    return load_source(script, request.script, request.parameters, compiled, classic)


def _compiler(request: ChildRequest, recorder: Recorder, folder: str) -> Callable[[bytes, str], Loaded]:
    """Return what compiles the script, then its modules in the bundle's folder, and tells what it has translated."""
    is_old = False

    def compiled(source: bytes, name: str) -> Loaded:
        nonlocal is_old
        own = os.path.dirname(name) == folder  # packages are often libraries for both
        loaded = compile_source(
            source, name, forced=request.classic == "on", folder=folder, beside=is_old and bool(folder) and own
        )
        is_old = is_old or loaded.is_translated
        for line in summarize(os.path.relpath(name) if os.path.isabs(name) else name, loaded):
            recorder.say(line)
        return loaded

    return compile_as_is if request.classic == "off" else compiled


def _encode(
    received: ReceivedRequest, returned: ReturnValue, progress: FactsBuilder, recorder: Recorder, kept: KeptScript
) -> None:
    from blobprep.tables import translation

    request, descriptors = received.request, received.descriptors
    assert request.results is not None
    frames = {"results": returned.frame}
    dropped = returned.dropped
    if returned.second is not None:
        if request.second_output:
            frames["results2"] = returned.second
        else:
            dropped = ("element 2, a DataFrame (--second-output keeps it)", *dropped)
    counted, tables = {}, {}
    for port, frame in frames.items():
        with understood(port):
            with progress.timed("translate"):
                table, changes = translation.to_table(frame, port, duplicate_suffix=request.duplicate_suffix)
                progress.note(changes)
            with progress.timed("encode"), open(descriptors[port], "wb", closefd=False) as sink:
                progress.note(codecs.encode(table, sink, request.results, port))
            counted[port] = describe_table(table)
            if request.keep_results:
                tables[port] = table
            if port == "results" and "artifacts" in descriptors:
                with open(descriptors["artifacts"], "wb", closefd=False) as sink:
                    progress.artifacts = tuple(write_cells(table, request.artifacts, sink, recorder.say))
    for what in dropped:
        recorder.say(f"dropped from what the script returned: {what}")
        progress.note([_dropped(what)])
    with understood(""):
        progress.require_lossless()
    progress.outputs |= counted
    kept.results |= tables


def _dropped(what: str) -> Translation:
    remedy = "--second-output" if "--second-output" in what else "return one DataFrame"
    return Translation("results", "", "dropped", f"{what} was dropped", lossy=True, remedy=remedy)
