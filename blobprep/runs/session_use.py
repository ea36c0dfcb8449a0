"""The child's part of a run: one call of a session, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from blobprep.errors import FiguresExceeded
from blobprep.formats import format_named, write_options
from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInputs
from blobprep.inputs.sources import SourceScript
from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits, exceeded
from blobprep.manifest import ErrorRecord
from blobprep.outputs.artifacts import Artifact, ArtifactsMissing, find_artifacts
from blobprep.outputs.claim import Claim
from blobprep.outputs.collector import Image, collect_images
from blobprep.outputs.staging import Room
from blobprep.protocol import AskedResults, ChildRequest
from blobprep.runs.hints import advised
from blobprep.runs.publish import ARTIFACTS, FIGURES, Outputs
from blobprep.runs.request import Request
from blobprep.runs.verdict import Verdict, judge, script_failed
from blobprep.sandbox.network.connection_log import Attempt
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession

__all__ = ["Computed", "compute"]


@dataclass(frozen=True, slots=True)
class Computed:
    """What a child made; its tables are staged.

    Attributes:
        verdict: whether it succeeded.
        checksums: sha256 by port, of each of its blobs up to the last one that arrived completely.
        images: what it left in its folder.
        artifacts: what else was asked for; empty for a run that failed.
        attempts: what it tried to reach.
    """

    verdict: Verdict
    checksums: Mapping[str, tuple[str, ...]]
    images: list[Image]
    artifacts: list[Artifact] = field(default_factory=list)
    attempts: tuple[Attempt, ...] = ()


def compute(
    request: Request,
    session: ChildSession,
    resolved: ResolvedInputs,
    outputs: Outputs,
    claimed: Claim,
    log: RunLog,
    progress: Callable[[int, int], None] | None,
) -> Computed:
    """Make a child compute the outputs, and judge how that ended.

    Args:
        request: what to do.
        session: with a child that was asked nothing yet; this call is its last, so that its processes are dead when
            its folder is looked at.
        resolved: the inputs.
        outputs: take the tables.
        claimed: the prefix they go to.
        log: of the run.
        progress: called with bytes fetched and bytes in all.

    Raises:
        BlobChanged, StoreError, LimitError: an input could not be fetched.
        OutputError, AccessError, StoreUnavailable: results could not be staged.
    """
    fetch = Fetch(resolved.inputs.values(), progress=progress)
    claimed.on_lost = session.kill
    with InputSpool.holding("script", resolved.script.data) as script:
        given = {"script": script.readable, **{port: row.bytes.readable for port, row in resolved.inputs.items()}}
        if outputs.cells is not None:
            given["artifacts"] = outputs.cells
        result = session.call(
            _child_request(request, resolved),
            given,
            log=log,
            inputs=fetch,
            outputs=partial(_streams, outputs, request.limits),
            seconds=None if request.options.debug else request.limits.timeout,
        )
    checksums = fetch.finish()
    claimed.require_held()
    outputs.finish_streams()
    verdict = judge(result.ending, result.facts, request.limits, lossless=request.options.lossless)
    verdict, artifacts = _artifacts(request, session.folder, verdict, outputs, log.say)
    verdict, images = _collect(request, session.folder, verdict, log.say)
    images, artifacts = _fitting(outputs, images, artifacts, log.say)
    verdict = advised(verdict, resolved, result.attempts, emulated=request.options.emulator is not None)
    return Computed(verdict, checksums, images, artifacts, result.attempts)


def _streams(outputs: Outputs, limits: Limits, session: ChildSession) -> AbstractContextManager[dict[str, int]]:
    """Open the tables' streams; a table that cannot be staged, or is too large, ends the child."""
    return outputs.streams(session.kill, Room(limits.disk, lambda: session.exceed("disk")))


def _collect(
    request: Request, folder: str, verdict: Verdict, say: Callable[[str], None]
) -> tuple[Verdict, list[Image]]:
    """Take the figures; a script that left more than it may has failed, and those within the limit are kept."""
    images: list[Image] = []
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


def _fitting(
    outputs: Outputs, images: list[Image], artifacts: list[Artifact], say: Callable[[str], None]
) -> tuple[list[Image], list[Artifact]]:
    """Leave out figures and artifacts whose names the store cannot hold: a line in the log, and no failure."""
    names = [*(FIGURES + image.name for image in images), *(ARTIFACTS + artifact.name for artifact in artifacts)]
    unfit = outputs.unfit(names)
    for name, reason in unfit.items():
        say(f"{name} was left out, because {reason}")
    return (
        [image for image in images if FIGURES + image.name not in unfit],
        [artifact for artifact in artifacts if ARTIFACTS + artifact.name not in unfit],
    )


def _artifacts(
    request: Request, folder: str, verdict: Verdict, outputs: Outputs, say: Callable[[str], None]
) -> tuple[Verdict, list[Artifact]]:
    """Find what was asked for; a script that did not leave it has failed."""
    if verdict.error is not None:
        return verdict, []
    try:
        found = find_artifacts(request.options.artifacts, verdict.facts, folder, outputs.cells, say)
        most = request.limits.disk
        if (
            most is not None and sum(artifact.size for artifact in found) > most
        ):  # a hole in a file becomes bytes of a blob
            error = exceeded("disk", request.limits)
            return replace(verdict, error=ErrorRecord(error.code, error.message), remedy=error.remedy), []
        return verdict, found
    except ArtifactsMissing as error:
        return script_failed(verdict.facts, f"{error}\n"), []


def _script_name(request: Request, resolved: ResolvedInputs) -> str:
    """Return the name that tracebacks show; for an editor, whose breakpoints name files, a local script's full path."""
    source, printed = request.script, resolved.script.printed
    is_local = isinstance(source, SourceScript) and not source.located.container
    if request.options.debug and request.debugger != "pdb" and is_local:
        return str(Path(printed).absolute())
    return printed


def _child_request(request: Request, resolved: ResolvedInputs) -> ChildRequest:
    bundle = resolved.inputs.get("bundle")
    return ChildRequest(
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
