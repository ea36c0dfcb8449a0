"""One run: resolve, claim, fetch, let the child compute, commit, make the report, finish the manifest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TextIO

from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInputs, resolve
from blobprep.inputs.sources import Dataset
from blobprep.manifest import IsolationRecord
from blobprep.outputs.processes import this_process
from blobprep.outputs.publish import Outputs
from blobprep.progress import Meter, Progress
from blobprep.runs.record import first_manifest, last_manifest, stopped_manifest
from blobprep.runs.report import NO_REPORT, make_report, warming_up
from blobprep.runs.request import Request
from blobprep.runs.result import Run
from blobprep.runs.session_use import compute
from blobprep.runs.verdict import SCRIPT_CODE, Verdict
from blobprep.sandbox.fonts import build_font_cache, font_cache
from blobprep.sandbox.isolation import PROCESS_NOTICE, Level, require_level
from blobprep.sandbox.launch import Children, Session, start
from blobprep.sandbox.run_log import RunLog

__all__ = ["execute"]


def execute(
    request: Request,
    *,
    children: Children = start,
    echo: TextIO | None = None,
    progress: Callable[[int, int], None] | None = None,
    stage: Callable[[str], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Run:
    """Run a script on datasets and publish what comes out.

    Args:
        request: what to do, every name resolved.
        children: starts the child; a process of its own by default, or this one at level `off`.
        echo: where the script's output is shown as it comes.
        progress: called with bytes fetched and bytes in all.
        stage: called as each stage begins, with `resolve`, `fetch`, `script`, `commit` or `report`.
        on_progress: called with how far the run is; see `Meter`.
        now: the clock.

    Returns:
        The run: a script that failed or hit a limit is one too, with `status == "failed"`.

    Raises:
        IsolationUnavailable: nothing was run.
        InputError, StoreError, InvalidOption: an input cannot be used.
        OutputError: the output is taken, or could not be written.
    """
    level = require_level(request.isolation)
    plan = request.output_plan()  # refuses wrong options before anything is touched
    timings, reported = _Timings(), NO_REPORT
    with ExitStack() as stack:
        meter = stack.enter_context(Meter(on_progress, moved=progress, stage=stage))
        meter.begin("resolve")
        log = RunLog(echo, request.limits.log_kept)
        session = stack.enter_context(_started(request, level, children, log))
        resolved = resolve(request.script, _datasets(request), request.bundle, lossless=request.options.lossless)
        stack.callback(resolved.close)
        fetch = _begun(stack, resolved, meter)  # while the child is confined and the outputs are claimed
        isolation = IsolationRecord(request.isolation, level, session.require_confined())
        timings.lap("resolve")
        manifest = first_manifest(request, resolved, isolation, this_process(plan.planned), now())
        with Outputs.open(plan, manifest, lambda current, error: stopped_manifest(current, error, now())) as outputs:
            timings.lap("claim")
            if outputs.claim.took_over:
                log.say(outputs.claim.took_over)
            with warming_up(wanted=request.options.report):
                computed = compute(request, session, resolved, outputs, fetch, log, meter)
                if computed.verdict.doubtful:
                    request = replace(request, unshared=True)
                    session, fetch = (
                        stack.enter_context(_child(request, level, children)),
                        _begun(stack, resolved, meter),
                    )
                    computed = compute(request, session, resolved, outputs, fetch, log, meter)
            timings.lap("compute")
            meter.begin("commit")
            if "matplotlib" in computed.verdict.facts.environment and level != "off":
                stack.enter_context(build_font_cache(font_cache()))
            lines = _last_log(log, computed.verdict)
            texts = {"script": resolved.script.source, "log": lines.encode()}
            tables, succeeded = computed.verdict.facts.outputs, computed.verdict.error is None
            records = outputs.publish(tables, computed.files, texts, succeeded=succeeded)
            timings.lap("commit")
            if request.options.report:
                meter.begin("report")
                manifest = last_manifest(outputs.claim.manifest, resolved, computed, records, timings.seconds, now())
                reported = make_report(request, session, resolved, computed, outputs, manifest, log)
                records, computed = (*records, *reported.records), replace(computed, attempts=reported.attempts)
                timings.lap("report")
            outputs.finish(last_manifest(outputs.claim.manifest, resolved, computed, records, timings.seconds, now()))
    if reported.stopped is not None:  # the run itself was over
        raise reported.stopped
    if computed.verdict.raises is not None:
        raise computed.verdict.raises
    return Run(outputs.claim.manifest, request.output, lines, plan.places(records), children)


def _started(request: Request, level: Level, children: Children, log: RunLog) -> Session:
    if level == "process":
        log.say(PROCESS_NOTICE)
    return _child(request, level, children)


def _child(request: Request, level: Level, children: Children) -> Session:
    return children(
        "run",
        level,
        request.limits,
        rules=request.rules,
        debug=request.options.debug,
        namespace=request.namespace,
        interpreter=request.interpreter,
    )


def _begun(stack: ExitStack, resolved: ResolvedInputs, meter: Meter) -> Fetch:
    """Return a transfer of the inputs that has begun, and ends with the stack."""
    meter.begin("fetch")
    fetch = Fetch(resolved.inputs.values(), progress=meter.advance, on_arrival=partial(meter.begin, "script"))
    stack.callback(fetch.close)
    fetch.begin()
    return fetch


def _datasets(request: Request) -> dict[str, Dataset]:
    ports = {"dataset1": request.dataset1, "dataset2": request.dataset2}
    return {port: dataset for port, dataset in ports.items() if dataset is not None}


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
    return log.end()


class _Timings:
    """Seconds of stages that follow each other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = monotonic()

    def lap(self, stage: str) -> None:
        now = monotonic()
        self.seconds[stage] = round(now - self._last, 4)
        self._last = now
