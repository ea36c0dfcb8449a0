"""The child's part of a run: one call of a session, and what it means."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from blobprep.errors import FiguresExceeded
from blobprep.formats import format_named, write_options
from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInputs
from blobprep.inputs.sources import SourceScript
from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits, limit_error
from blobprep.manifest import ErrorRecord
from blobprep.outputs.artifacts import ArtifactsMissing, find_artifacts
from blobprep.outputs.collector import LeftFile, collect_images
from blobprep.outputs.publish import Outputs
from blobprep.outputs.staging import Room
from blobprep.progress import Meter
from blobprep.protocol import AskedResults, ChildRequest
from blobprep.runs.hints import add_hints
from blobprep.runs.parameter_use import takes_parameters_late
from blobprep.runs.request import Request
from blobprep.runs.verdict import Verdict, judge, script_failure
from blobprep.sandbox.launch import Session
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession

__all__ = ["ComputeResult", "child_request", "compute", "script_identity"]

_LINGER: Final = 10.0  # seconds that the tables' streams may stay open once a child has answered


@dataclass(frozen=True, slots=True)
class ComputeResult:
    """What a child computed; its tables are staged.

    Attributes:
        verdict: whether it succeeded.
        checksums: sha256 by port, of each of its blobs up to the last one that arrived completely.
        files: by output (`figure`, `artifact`), what it left to be published.
        attempts: what it tried to reach.
        measures: by which it was confined, in words.
        goes_on: whether the child can be asked about what it has computed.
    """

    verdict: Verdict
    checksums: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Sequence[LeftFile]] = field(default_factory=dict)
    attempts: tuple[ConnectionRecord, ...] = ()
    measures: tuple[str, ...] = ()
    goes_on: bool = False


def compute(
    request: Request,
    session: Session,
    resolved: ResolvedInputs,
    outputs: Outputs,
    fetch: Fetch,
    log: RunLog,
    meter: Meter,
) -> ComputeResult:
    """Make a child compute the outputs, and judge how that ended.

    Args:
        request: what to do.
        session: makes this call first. Where the child is asked again afterwards, its processes may still change what
            is in its folder; nothing there is trusted in any case.
        resolved: the inputs.
        outputs: take the tables.
        fetch: the transfer of the inputs, which may have begun.
        log: of the run.
        meter: is told how far this is, in the stages `fetch` and `script`.

    Raises:
        BlobChanged, StoreError, LimitError: an input could not be fetched.
        OutputError, AccessError, StoreUnavailable: results could not be staged.
    """
    meter.staged = outputs.count_staged
    session.observe(meter.change)
    with InputSpool.holding("script", resolved.script.data) as script:
        result = session.call(
            replace(child_request(request, resolved), keep_results=request.options.report),
            {"script": script.readable, **{port: item.bytes.readable for port, item in resolved.inputs.items()}},
            log=log,
            inputs=fetch,
            outputs=partial(_open_streams, outputs, request.limits),
            seconds=None if request.options.debug else request.limits.timeout,
            more=request.options.report,
        )
    checksums = fetch.finish()
    ended = outputs.streams_end_within(_LINGER)
    if not ended:
        session.kill()  # its script kept them open, which no child that is asked again should
    outputs.finish_streams()
    goes_on = request.options.report and ended and result.ending.goes_on
    verdict = judge(result.ending, result.facts, request.limits, lossless=request.options.lossless)
    verdict, artifacts = _find_artifacts(request, session.folder, verdict, outputs, log.say)
    verdict, images = _collect_figures(request, session.folder, verdict, log.say)
    files = outputs.plan.fitting({"figure": images, "artifact": artifacts}, log.say)
    verdict = add_hints(verdict, resolved, result.attempts, emulated=request.options.emulator is not None)
    return ComputeResult(verdict, checksums, files, result.attempts, session.require_confined(), goes_on)


def _open_streams(outputs: Outputs, limits: Limits, session: ChildSession) -> AbstractContextManager[Mapping[str, int]]:
    """Open the tables' streams; a table that cannot be staged, or is too large, ends the child."""
    return outputs.streams(session.kill, Room(limits.disk, lambda: session.exceed("disk")))


def _collect_figures(
    request: Request, folder: str, verdict: Verdict, say: Callable[[str], None]
) -> tuple[Verdict, list[LeftFile]]:
    """Collect the figures; a script that left too many has failed, and those within the limit are kept."""
    images: list[LeftFile] = []
    try:
        for found in collect_images(folder, verdict.facts.figures, request.limits):
            if isinstance(found, str):
                say(f"figure: {found}")
            else:
                images.append(found)
    except FiguresExceeded as error:
        if verdict.error is None:
            verdict = replace(verdict, error=ErrorRecord(error.code, error.message), remedy=error.remedy)
    return verdict, images


def _find_artifacts(
    request: Request, folder: str, verdict: Verdict, outputs: Outputs, say: Callable[[str], None]
) -> tuple[Verdict, list[LeftFile]]:
    """Find the artifacts that were asked for; a script that did not leave one has failed."""
    if verdict.error is not None:
        return verdict, []
    try:
        found = find_artifacts(request.options.artifacts, verdict.facts, folder, outputs.cells, say)
    except ArtifactsMissing as error:
        return script_failure(verdict.facts, f"{error}\n"), []
    most = request.limits.disk
    if most is not None and sum(file.size for file in found) > most:  # a hole in a file becomes bytes of a blob
        exceeded = limit_error("disk", request.limits)
        return replace(verdict, error=ErrorRecord(exceeded.code, exceeded.message), remedy=exceeded.remedy), []
    return verdict, found


def _script_name(request: Request, resolved: ResolvedInputs) -> str:
    """Return the name that tracebacks show; for an editor, whose breakpoints name files, a local script's full path."""
    source, printed = request.script, resolved.script.printed
    is_local = isinstance(source, SourceScript) and not source.location.container
    if request.options.debug and request.debugger != "pdb" and is_local:
        return str(Path(printed).absolute())
    return printed


def child_request(request: Request, resolved: ResolvedInputs) -> ChildRequest:
    """Return what a child is asked for a run."""
    bundle = resolved.inputs.get("bundle")
    return ChildRequest(
        "run",
        script=_script_name(request, resolved),
        script_kind=resolved.script.kind,
        script_size=len(resolved.script.data),
        identity="" if request.unshared else script_identity(request, resolved),
        datasets=resolved.asked,
        bundle=bundle.printed if bundle else "",
        bundle_size=bundle.size if bundle else 0,
        results=AskedResults(
            request.options.format, write_options(format_named(request.options.format), request.options.write)
        ),
        debugger=request.debugger if request.options.debug else "",
        **request.options.for_child(),
    )


def script_identity(request: Request, resolved: ResolvedInputs) -> str:
    """Return what tells a script and all that it can load from others, see `ChildRequest.identity`."""
    digest = hashlib.sha256(resolved.script.data)
    bundle = resolved.inputs.get("bundle")
    pinned = [] if bundle is None else [(blob.location.printed, blob.properties.etag) for blob in bundle.blobs]
    if bundle is not None and not pinned:  # a folder of the caller's
        digest.update(os.pread(bundle.bytes.readable, bundle.size, 0))
    is_alone = resolved.script.kind == "source" and bundle is None  # a module of a bundle may look at anything
    is_late = is_alone and takes_parameters_late(resolved.script.data)
    parameters = [] if is_late else sorted(request.options.parameters.items())
    named = [_script_name(request, resolved), resolved.script.kind, parameters, pinned, request.options.emulator]
    digest.update(json.dumps(named).encode())
    return digest.hexdigest()
