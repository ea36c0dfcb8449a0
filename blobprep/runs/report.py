"""The report of a run: what its child says about the tables, and the page that this process makes of it.

The child was a script's, so that it is asked for numbers and texts only, once the results are in place, with a clock of
its own and a log that is dropped. Whatever it does then, the run stays what it is: without an answer the page has no
statistics, and says why.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from blobprep.errors import BlobprepError, ClaimLost
from blobprep.inputs.resolve import ResolvedInputs
from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.collector import LeftFile
from blobprep.outputs.ports import PORTS
from blobprep.outputs.publish import Outputs
from blobprep.protocol import STAGES, ChildRequest, FrameError, decode_facts
from blobprep.runs.ledger_values import without_values
from blobprep.runs.request import Request
from blobprep.runs.session_use import ComputeResult, script_identity
from blobprep.sandbox.call import CallResult, WholeInputs
from blobprep.sandbox.launch import Session
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.run_log import RunLog

if TYPE_CHECKING:
    from blobprep.protocol.profiles import TableProfile
    from blobprep.report.views import FigureView

__all__ = ["NO_REPORT", "Reported", "make_report", "warming_up"]

_GRACE: Final = 1.0  # seconds that a child may take longer than it was told, and half as long again
_UNHEARD: Final = 4096  # bytes kept of what it writes meanwhile
_MORE: Final = "the setting report.seconds allows more"
_PAGE: Final = "blobprep.report.page"
_FIGURES: Final = 0.6  # of a page's bytes, for figures, a third longer as text


@dataclass(frozen=True, slots=True)
class _Profiles:
    """What is known of the tables of a run.

    Attributes:
        tables: profiles by port.
        notes: what is not known and why, one sentence each.
        attempts: what the child tried to reach during the run and this; None where it was not asked.
    """

    tables: Mapping[str, TableProfile] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attempts: tuple[ConnectionRecord, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of making a report.

    Attributes:
        records: of the page; empty if there is none.
        attempts: what the child tried to reach, until it was asked nothing more.
        stopped: the signal that ended this; the run itself was over.
    """

    records: tuple[OutputRecord, ...] = ()
    attempts: tuple[ConnectionRecord, ...] = ()
    stopped: BaseException | None = None


NO_REPORT: Final = Reported()
"""For a run that makes none."""


@contextmanager
def warming_up(*, wanted: bool) -> Iterator[None]:
    """Load what makes pages in a thread of its own during a block; it is ready when the block ends."""
    if not wanted or _PAGE in sys.modules:
        yield
        return
    thread = threading.Thread(target=_warm_up, name="blobprep-report", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _warm_up() -> None:
    with suppress(Exception):  # making the page will say so
        from blobprep.protocol import profile_checks  # noqa: F401
        from blobprep.report import log_text  # noqa: F401
        from blobprep.report.page import warm_up

        warm_up()


def make_report(
    request: Request,
    session: Session,
    resolved: ResolvedInputs,
    computed: ComputeResult,
    outputs: Outputs,
    manifest: Manifest,
    log: RunLog,
) -> Reported:
    """Make the report of a run whose outputs are in place, and publish it.

    The run has its results, which count for more than a page about them: without one it is what it is all the same, and
    says so. A signal ends this, and the run can finish its manifest.

    Args:
        request: of the run.
        session: has made the call.
        resolved: the inputs, which the child gets once more.
        computed: what came of the call.
        outputs: take the page.
        manifest: as it will be, but for the page and the time that it takes.
        log: of the run.

    Raises:
        ClaimLost: another run has taken the prefix over.
    """
    attempts = computed.attempts
    try:
        elapsed = sum(seconds for stage, seconds in manifest.timings.items() if stage not in STAGES)  # the child's
        profiles = _profile_tables(request, session, resolved, computed, elapsed)
        attempts = profiles.attempts or attempts
        page = _make_page(request, manifest, log.text(), computed.files.get("figure", ()), profiles)
        return Reported((outputs.publish_page("report", page),), attempts)
    except ClaimLost:
        raise
    except Exception as error:
        what = error.message if isinstance(error, BlobprepError) else f"{type(error).__name__}: {error}"
        log.say(f"there is no {PORTS['report'].blob}: {what}")
        return Reported(attempts=attempts)
    except BaseException as stop:
        return Reported(attempts=attempts, stopped=stop)


def _profile_tables(
    request: Request, session: Session, resolved: ResolvedInputs, computed: ComputeResult, elapsed: float
) -> _Profiles:
    """Ask the child that computed a run for the profiles of its tables; the run took so many seconds until now."""
    if not computed.goes_on:
        return _Profiles(notes=("the tables were not examined, because the script's process has ended",))
    seconds = request.report_bounds.seconds_after(elapsed)
    ports, notes = _ports(resolved, computed, seconds)
    asked = [dataset for dataset in resolved.asked if dataset.port in ports]
    tables = len(asked) + len(computed.verdict.facts.outputs)
    if not tables:
        return _Profiles(notes=notes)
    result = session.call(
        ChildRequest(
            "profile",
            identity=script_identity(request, resolved),
            datasets=tuple(asked),
            profile=request.report_bounds.asked(tables, seconds),
        ),
        {port: resolved.inputs[port].bytes.readable for port in ports},
        log=RunLog(kept=_UNHEARD),
        inputs=WholeInputs({port: resolved.inputs[port].size for port in ports}),
        seconds=None if seconds == float("inf") else 1.5 * seconds + _GRACE,
    )
    return _heard(result, notes, [*computed.verdict.facts.outputs, *ports], seconds)


def _heard(result: CallResult, notes: tuple[str, ...], ports: Collection[str], seconds: float) -> _Profiles:
    """Read what a child answered that was asked for these tables; it may be anything."""
    try:
        facts = decode_facts(result.facts)
    except FrameError:
        ended = "took longer than they may" if result.ending.cause == "time" else "did not arrive"
        said = f"the statistics {ended} ({seconds:.1f} s; {_MORE})"
        return _Profiles(notes=(*notes, said), attempts=result.attempts)
    if missing := [port for port in ports if port not in facts.profiles]:
        reason = facts.failure.message if facts.failure else f"there was no time left ({_MORE})"
        notes = (*notes, f"{' and '.join(missing)} could not be examined: {reason}")
    known = {port: profile for port, profile in facts.profiles.items() if port in ports}  # not of what there is not
    return _Profiles(known, notes, result.attempts)


def _ports(
    resolved: ResolvedInputs, computed: ComputeResult, seconds: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which inputs can be read again in time, and what is to be said about the others."""
    asked = [dataset.port for dataset in resolved.asked]
    if not asked:
        return (), ()
    decode = computed.verdict.facts.timings.get("decode", 0.0)
    if 2 * decode > seconds:
        said = (
            f"the inputs were not examined: to read them again would take {decode:.1f} s, as long as the run may wait"
        )
        return (), (f"{said} ({_MORE})",)
    whole = {
        port for port in asked if len(computed.checksums.get(port, ())) == max(len(resolved.inputs[port].blobs), 1)
    }
    parts = [port for port in asked if resolved.inputs[port].on_demand]
    missing = [port for port in asked if port not in whole and port not in parts]
    notes = [f"{' and '.join(missing)} did not arrive completely"] if missing else []
    notes += [f"of {' and '.join(parts)} only a part was read, which was not examined"] if parts else []
    return tuple(port for port in asked if port in whole), tuple(notes)


def _make_page(
    request: Request, manifest: Manifest, log: str, figures: Iterable[LeftFile], profiles: _Profiles
) -> bytes:
    from blobprep.report.log_text import log_lines
    from blobprep.report.page import render_run
    from blobprep.report.views import RunView

    shown = tuple(_figures(request, manifest.outputs, figures))
    if not request.report_bounds.values:
        manifest = without_values(manifest)
    view = RunView(manifest, log_lines(log), profiles.tables, shown, profiles.notes)
    return render_run(view, bytes=request.report_bounds.bytes)


def _figures(request: Request, outputs: Iterable[OutputRecord], figures: Iterable[LeftFile]) -> Iterator[FigureView]:
    from blobprep.report.views import FigureView

    row, left = PORTS["figure"], {figure.name: figure for figure in figures}
    room = int(request.report_bounds.bytes * _FIGURES)
    for record in row.records(outputs):
        name = record.name.removeprefix(row.folder)
        data = _published(left[name], record) if name in left and record.size <= room else None
        room -= len(data or b"")
        link = "" if request.figures is not None else quote(record.name)  # elsewhere they may be in another account
        yield FigureView(name, link, data, record.size, record.origin or "saved")


def _published(figure: LeftFile, record: OutputRecord) -> bytes | None:
    """Return the bytes of a figure, if they are still those that were published and begin as a PNG does."""
    from blobprep.report.views import PNG

    descriptor = figure.open()
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(record.size)
    if not data.startswith(PNG) or hashlib.sha256(data).hexdigest() != record.sha256:
        return None
    return data
