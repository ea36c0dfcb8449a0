"""The child's part of a run: hand over the inputs, wait, judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from blobprep.errors import FiguresExceeded
from blobprep.formats import format_named, write_options
from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInputs
from blobprep.inputs.sources import SourceScript
from blobprep.inputs.spool import InputSpool, bounded_file, read_bounded
from blobprep.limits import limit_error
from blobprep.manifest import ErrorRecord
from blobprep.outputs.artifacts import ArtifactsMissing, find_artifacts
from blobprep.outputs.collector import LeftFile, collect_images
from blobprep.outputs.publish import Outputs
from blobprep.outputs.staging import Room
from blobprep.protocol import FACTS_LIMIT, Ask, AskedResults
from blobprep.runs.hints import add_hints
from blobprep.runs.request import Request
from blobprep.runs.verdict import Verdict, judge, script_failure
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.session import Child

__all__ = ["Computed", "compute"]


@dataclass(frozen=True, slots=True)
class Computed:
    """Hold what a child made; its tables are staged.

    Attributes:
        verdict: whether it succeeded.
        checksums: sha256 by port, of each of its blobs up to the last that arrived whole.
        files: by output (`figure`, `artifact`), what it left to be published.
        attempts: what it tried to reach.
    """

    verdict: Verdict
    checksums: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Sequence[LeftFile]] = field(default_factory=dict)
    attempts: tuple[ConnectionRecord, ...] = ()


def compute(
    request: Request,
    child: Child,
    resolved: ResolvedInputs,
    outputs: Outputs,
    progress: Callable[[int, int], None] | None,
    begin: Callable[[str], None],
) -> Computed:
    """Feed a child, take what it makes, and judge its end.

    Raises:
        BlobChanged, StoreError, LimitError: an input could not be fetched.
        OutputError, AccessError, StoreUnavailable: results could not be staged.
    """
    with ExitStack() as stack:
        fetch = Fetch(resolved.inputs.values(), child.filled, child.kill, progress=progress)
        child.subscribe(fetch.need, fetch.stop)
        stack.callback(fetch.close)
        stack.callback(child.kill)
        script = stack.enter_context(InputSpool.holding("script", resolved.script.data))
        facts = bounded_file("facts", FACTS_LIMIT)
        stack.callback(os.close, facts)
        room = Room(request.limits.disk, lambda: child.exceed("disk"))
        with outputs.streams(child.kill, room) as streams:
            inputs = {port: each.bytes.readable for port, each in resolved.inputs.items()}
            given = {"script": script.readable, **inputs, **streams, "facts": facts}
            child.ask(_ask(request, resolved), given)
        begin("fetch")
        fetch.start()
        if request.isolation != "off":  # there the script runs in this thread, and reads what arrives
            fetch.wait()
        begin("script")
        ending = child.wait(None if request.options.debug else request.limits.timeout)
        checksums = fetch.finish()
        outputs.finish_streams()
        attempts = child.hang_up()
        verdict = judge(ending, read_bounded(facts), request.limits, lossless=request.options.lossless)
        verdict, artifacts = _artifacts(request, child, verdict, outputs)
        verdict, images = _collect(request, child, verdict)
        files = outputs.plan.fitting({"figure": images, "artifact": artifacts}, child.logbook.say)
        verdict = add_hints(verdict, resolved, attempts, emulated=request.options.emulator is not None)
        return Computed(verdict, checksums, files, attempts)


def _collect(request: Request, child: Child, verdict: Verdict) -> tuple[Verdict, list[LeftFile]]:
    """Take the figures; a script that left more than it may has failed, and those within the limit are kept."""
    images: list[LeftFile] = []
    try:
        for each in collect_images(child.host.folder, verdict.facts.figures, request.limits):
            if isinstance(each, str):
                child.logbook.say(f"figure: {each}")
            else:
                images.append(each)
    except FiguresExceeded as error:
        if verdict.error is None:
            verdict = replace(verdict, error=ErrorRecord(error.code, error.message), remedy=error.remedy)
    return verdict, images


def _artifacts(request: Request, child: Child, verdict: Verdict, outputs: Outputs) -> tuple[Verdict, list[LeftFile]]:
    """Find what was asked for; a script that did not leave it has failed."""
    if verdict.error is not None:
        return verdict, []
    try:
        found = find_artifacts(
            request.options.artifacts, verdict.facts, child.host.folder, outputs.cells, child.logbook.say
        )
        most = request.limits.disk
        if most is not None and sum(each.size for each in found) > most:  # a hole in a file becomes bytes of a blob
            error = limit_error("disk", request.limits)
            return replace(verdict, error=ErrorRecord(error.code, error.message), remedy=error.remedy), []
        return verdict, found
    except ArtifactsMissing as error:
        return script_failure(verdict.facts, f"{error}\n"), []


def _script_name(request: Request, resolved: ResolvedInputs) -> str:
    """Return the name that tracebacks show; for an editor, whose breakpoints name files, a local one's whole path."""
    source, printed = request.script, resolved.script.printed
    is_local = isinstance(source, SourceScript) and not source.location.container
    if request.options.debug and request.debugger != "pdb" and is_local:
        return str(Path(printed).absolute())
    return printed


def _ask(request: Request, resolved: ResolvedInputs) -> Ask:
    bundle = resolved.inputs.get("bundle")
    return Ask(
        "run",
        script=_script_name(request, resolved),
        script_kind=resolved.script.kind,
        script_size=len(resolved.script.data),
        datasets=resolved.asked,
        bundle=bundle.printed if bundle else "",
        bundle_size=bundle.size if bundle else 0,
        results=AskedResults(
            request.options.format, write_options(format_named(request.options.format), request.options.write)
        ),
        debugger=request.debugger if request.options.debug else "",
        **request.options.for_child(),
    )
