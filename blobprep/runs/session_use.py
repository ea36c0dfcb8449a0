"""The child's part of a run: hand over the inputs, wait, judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
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
from blobprep.outputs.artifacts import Artifact, ArtifactsMissing, find_artifacts
from blobprep.outputs.claim import Claim
from blobprep.outputs.collector import Image, collect_images
from blobprep.outputs.staging import Room
from blobprep.protocol import FACTS_LIMIT, Ask, AskedResults
from blobprep.runs.hints import add_hints
from blobprep.runs.publish import ARTIFACTS, FIGURES, Outputs
from blobprep.runs.request import Request
from blobprep.runs.verdict import Verdict, judge, script_failure
from blobprep.sandbox.network.connection_log import Attempt
from blobprep.sandbox.session import Child

__all__ = ["Computed", "compute"]


@dataclass(frozen=True, slots=True)
class Computed:
    """Hold what a child made; its tables are staged.

    Attributes:
        verdict: whether it succeeded.
        checksums: sha256 by port, of each of its blobs up to the last that arrived whole.
        images: what it left in its folder.
        artifacts: what was asked for besides; none of a run that failed.
        attempts: what it tried to reach.
    """

    verdict: Verdict
    checksums: Mapping[str, tuple[str, ...]]
    images: list[Image]
    artifacts: list[Artifact] = field(default_factory=list)
    attempts: tuple[Attempt, ...] = ()


def compute(
    request: Request,
    child: Child,
    resolved: ResolvedInputs,
    outputs: Outputs,
    claimed: Claim,
    progress: Callable[[int, int], None] | None,
) -> Computed:
    """Feed a child, take what it makes, and judge its end.

    Raises:
        BlobChanged, StoreError, LimitError: an input could not be fetched.
        OutputError, AccessError, StoreUnavailable: results could not be staged.
    """
    with ExitStack() as stack:
        fetch = Fetch(resolved.inputs.values(), child.filled, child.kill, progress=progress)
        child.subscribe(fetch.need, fetch.stop)
        claimed.on_lost = child.kill
        stack.callback(fetch.close)
        stack.callback(child.kill)
        script = stack.enter_context(InputSpool.holding("script", resolved.script.data))
        facts = bounded_file("facts", FACTS_LIMIT)
        stack.callback(os.close, facts)
        room = Room(request.limits.disk, lambda: child.exceed("disk"))
        with outputs.streams(child.kill, room) as streams:
            inputs = {port: each.bytes.readable for port, each in resolved.inputs.items()}
            given = {"script": script.readable, **inputs, **streams, "facts": facts}
            if outputs.cells is not None:
                given["artifacts"] = outputs.cells
            child.ask(_ask(request, resolved), given)
        fetch.start()
        if request.isolation != "off":  # there the script runs in this thread, and reads what arrives
            fetch.wait()
        ending = child.wait(None if request.options.debug else request.limits.timeout)
        checksums = fetch.finish()
        claimed.require_held()
        outputs.finish_streams()
        attempts = child.hang_up()
        verdict = judge(ending, read_bounded(facts), request.limits, lossless=request.options.lossless)
        verdict, artifacts = _artifacts(request, child, verdict, outputs)
        verdict, images = _collect(request, child, verdict)
        images, artifacts = _fitting(outputs, images, artifacts, child.logbook.say)
        verdict = add_hints(verdict, resolved, attempts, emulated=request.options.emulator is not None)
        return Computed(verdict, checksums, images, artifacts, attempts)


def _collect(request: Request, child: Child, verdict: Verdict) -> tuple[Verdict, list[Image]]:
    """Take the figures; a script that left more than it may has failed, and those within the limit are kept."""
    images: list[Image] = []
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


def _fitting(
    outputs: Outputs, images: list[Image], artifacts: list[Artifact], say: Callable[[str], None]
) -> tuple[list[Image], list[Artifact]]:
    """Leave out what the places of figures and artifacts cannot hold by its name: a line in the log, and no failure."""
    unfit = outputs.unfit([*(FIGURES + each.name for each in images), *(ARTIFACTS + each.name for each in artifacts)])
    for name, reason in unfit.items():
        say(f"{name} was left out, because {reason}")
    return (
        [each for each in images if FIGURES + each.name not in unfit],
        [each for each in artifacts if ARTIFACTS + each.name not in unfit],
    )


def _artifacts(request: Request, child: Child, verdict: Verdict, outputs: Outputs) -> tuple[Verdict, list[Artifact]]:
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
    is_local = isinstance(source, SourceScript) and not source.located.container
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
