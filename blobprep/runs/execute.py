"""One run: resolve, claim, fetch, let the child compute, commit, finish the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import TextIO

from blobprep.errors import BlobprepError
from blobprep.formats import format_named, write_options
from blobprep.inputs.resolve import resolve
from blobprep.inputs.sources import Dataset
from blobprep.manifest import MANIFEST_NAME, IsolationRecord
from blobprep.outputs.claim import Claim, claim
from blobprep.outputs.processes import this_process
from blobprep.runs.publish import Outputs, texts_of
from blobprep.runs.record import first_manifest, last_manifest, stopped_manifest
from blobprep.runs.request import Request
from blobprep.runs.result import Run
from blobprep.runs.session_use import compute
from blobprep.runs.verdict import SCRIPT_CODE, Verdict
from blobprep.sandbox.fonts import font_cache, made_font_cache
from blobprep.sandbox.isolation import PROCESS_NOTICE, Level, require_level
from blobprep.sandbox.launch import Children, start
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession

__all__ = ["execute"]


def execute(
    request: Request,
    *,
    children: Children = start,
    echo: TextIO | None = None,
    progress: Callable[[int, int], None] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Run:
    """Run a script on datasets and publish what comes out.

    Args:
        request: what to do, every name resolved.
        children: starts the child; a process of its own by default, or this one at level `off`.
        echo: where the script's output is shown as it comes.
        progress: called with bytes fetched and bytes in all.
        now: the clock.

    Returns:
        The run: a script that failed or hit a limit is one too, with `status == "failed"`.

    Raises:
        IsolationUnavailable: nothing was run.
        InputError, StoreError, InvalidOption: an input cannot be used.
        OutputError: the output is taken, or could not be written.
    """
    level = require_level(request.isolation)
    write_options(format_named(request.options.format), request.options.write)  # refuse before anything is touched
    timings = _Timings()
    with ExitStack() as stack:
        outputs, log = Outputs(request), RunLog(echo, request.limits.log_kept)
        session = stack.enter_context(_started(request, level, children, log))
        resolved = resolve(request.script, _datasets(request), request.bundle, lossless=request.options.lossless)
        stack.callback(resolved.close)
        isolation = IsolationRecord(request.isolation, level, session.require_confined())
        timings.lap("resolve")
        manifest = first_manifest(request, resolved, isolation, this_process(outputs.targets), now())
        claimed = claim(
            request.output,
            manifest,
            overwrite=request.options.overwrite,
            create_container=request.options.create_container,
            admit=outputs.admit,
            withdraw=lambda taken, error: _stop(taken, error, now),
        )
        # What was staged is forgotten before a last manifest is written, which may need its room.
        with _stopping(claimed, now), outputs, claimed:
            timings.lap("claim")
            if claimed.took_over:
                log.say(claimed.took_over)
            computed = compute(request, session, resolved, outputs, claimed, log, progress)
            timings.lap("compute")
            if "matplotlib" in computed.verdict.facts.environment and level != "off":
                stack.enter_context(made_font_cache(font_cache()))
            lines = _last_log(log, computed.verdict)
            texts = texts_of(resolved.script, lines)
            written = outputs.publish(claimed, computed.verdict, computed.images, texts, computed.artifacts)
            timings.lap("commit")
            claimed.finish(last_manifest(claimed.manifest, resolved, computed, written, timings.seconds, now()))
    if computed.verdict.raises is not None:
        raise computed.verdict.raises
    places = {**outputs.places(written), MANIFEST_NAME: request.output.child(MANIFEST_NAME)}
    return Run(claimed.manifest, request.output, lines, places)


def _started(request: Request, level: Level, children: Children, log: RunLog) -> ChildSession:
    if level == "process":
        log.say(PROCESS_NOTICE)
    return children(
        "run",
        level,
        request.limits,
        rules=request.rules,
        debug=request.options.debug,
        namespace=request.namespace,
    )


def _datasets(request: Request) -> dict[str, Dataset]:
    ports = {"dataset1": request.dataset1, "dataset2": request.dataset2}
    return {port: dataset for port, dataset in ports.items() if dataset is not None}


@contextmanager
def _stopping(claimed: Claim, now: Callable[[], datetime]) -> Iterator[None]:
    """Record in the manifest that an error or a signal stopped the run, if the prefix is still its own."""
    try:
        yield
    except BaseException as error:
        _stop(claimed, error, now)
        raise


def _stop(claimed: Claim, error: BaseException, now: Callable[[], datetime]) -> None:
    with suppress(BlobprepError):
        claimed.finish(stopped_manifest(claimed.manifest, error, now()))


def _last_log(log: RunLog, verdict: Verdict) -> str:
    """Return the whole log, with what went wrong at its end."""
    if verdict.raises is not None:
        log.hush()  # what catches the error shows it
    if verdict.error is not None:
        is_ours = verdict.facts.failure is None and verdict.error.code != SCRIPT_CODE
        say = log.say if is_ours else log.quote
        if verdict.error.traceback not in verdict.error.message:  # as that of Error 0085 is
            say(verdict.error.traceback)
        say(verdict.error.message)
        if verdict.remedy:
            say(verdict.remedy)
    return log.text()


class _Timings:
    """Seconds of stages that follow each other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = monotonic()

    def lap(self, stage: str) -> None:
        now = monotonic()
        self.seconds[stage] = round(now - self._last, 4)
        self._last = now
