"""Two datasets, two runs, or one of each, gathered for a page that compares them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from blobprep.errors import BlobprepError, Defect, InvalidReference
from blobprep.inputs.resolve import ResolvedDataset, resolve_dataset
from blobprep.inputs.sources import Dataset
from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.ports import PORTS
from blobprep.protocol import ChildRequest
from blobprep.protocol.comparisons import AskedComparison
from blobprep.protocol.profiles import AskedProfile
from blobprep.report.views import ComparedSide, ComparisonView
from blobprep.runs.dataset_profile import dataset_failure
from blobprep.runs.inquiry import Inquiry
from blobprep.runs.limits import limits_of
from blobprep.runs.run_view import results_dataset
from blobprep.runs.subject import DatasetSubject, PastRun, Subject

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["gather_comparison"]

_PORTS: Final = ("dataset1", "dataset2")


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two.

    Attributes:
        printed: its reference.
        dataset: its table; None where it has none.
        manifest: of the run, if it is one.
        record: of the run's results.
        missing: why it has no table.
    """

    printed: str
    dataset: Dataset | None = None
    manifest: Manifest | None = None
    record: OutputRecord | None = None
    missing: str = ""


def gather_comparison(
    subjects: Sequence[Subject],
    workspace: Workspace,
    key: Sequence[str],
    asked: AskedProfile,
    progress: Callable[[int, int], None] | None = None,
) -> ComparisonView:
    """Compare two datasets, or what two runs were and the results they left.

    Args:
        subjects: the one before and the one after.
        workspace: the settings in force.
        key: labels of the columns whose values tell which rows belong together.
        asked: how tables are profiled; its rows, seconds and values hold for the comparison too.
        progress: called with the bytes fetched so far and the bytes to fetch in all.

    Raises:
        InvalidReference: one of them is a prefix of many runs.
        DatasetError: one of them is not in its format, or has no column of the key.
        LimitError: reading them takes more than the settings allow.
        InvalidOption, StoreError, BlobChanged: as settings and store say.
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    sides = [_side(subject, workspace) for subject in subjects]
    names = _names([side.printed for side in sides])
    shown = [ComparedSide(name, side.printed, None, side.manifest) for name, side in zip(names, sides, strict=True)]
    view = ComparisonView(shown[0], shown[1], None, tuple(side.missing for side in sides if side.missing))
    datasets = [side.dataset for side in sides if side.dataset is not None]
    return _compared(view, sides, workspace, key, asked, progress) if len(datasets) == len(sides) else view


def _side(subject: Subject, workspace: Workspace) -> _Side:
    if isinstance(subject, DatasetSubject):
        return _Side(subject.printed, subject.dataset)
    if not isinstance(subject, PastRun):
        raise InvalidReference(
            f"{subject.printed} is neither a table nor a run", remedy="name the runs to compare, such as PREFIX/RUN/"
        )
    record = next(iter(PORTS["results"].records(subject.manifest.outputs)), None)
    if record is None:
        status = subject.manifest.status
        return _Side(
            subject.printed, None, subject.manifest, missing=f"{subject.printed} has no results: it is {status}"
        )
    try:
        dataset = results_dataset(subject, record, workspace)
    except BlobprepError as error:
        return _Side(subject.printed, None, subject.manifest, missing=f"{subject.printed}: {error.message}")
    return _Side(subject.printed, dataset, subject.manifest, record)


def _names(printed: Sequence[str]) -> list[str]:
    """Return short names: the last parts of references, as many as tell the two apart."""
    parts = [text.rstrip("/").split("/") for text in printed]
    for count in range(1, max(map(len, parts)) + 1):
        short = ["/".join(part[-count:]) for part in parts]
        if short[0] != short[1]:
            return short
    return [f"{text} ({word})" for text, word in zip(printed, ("first", "second"), strict=True)]


def _compared(
    view: ComparisonView,
    sides: Sequence[_Side],
    workspace: Workspace,
    key: Sequence[str],
    asked: AskedProfile,
    progress: Callable[[int, int], None] | None,
) -> ComparisonView:
    with ExitStack() as stack:
        inquiry = stack.enter_context(Inquiry("compare", workspace, limits_of(workspace, {})))
        inquiry.begin()
        resolved: list[ResolvedDataset] = []
        for port, side in zip(_PORTS, sides, strict=True):
            assert side.dataset is not None
            resolved.append(resolve_dataset(port, side.dataset))
            stack.callback(resolved[-1].input.bytes.close)
        comparison = AskedComparison(tuple(key), asked.rows, seconds=asked.seconds, values=asked.values)
        request = ChildRequest("compare", comparison=comparison, profile=asked)
        answer = inquiry.ask(request, resolved, progress=progress)
    if answer.verdict.raises is not None:
        raise answer.verdict.raises
    if answer.verdict.error is not None:
        raise dataset_failure(" and ".join(side.printed for side in sides), answer.verdict.error, answer.verdict.remedy)
    if answer.facts.comparison is None:
        raise Defect("the child reported success and no comparison")
    notes = [*view.notes]
    for port, side in zip(_PORTS, sides, strict=True):
        if side.record is not None and answer.checksums.get(port) != (side.record.sha256,):
            notes.append(f"{side.record.name} of {side.printed} is no longer what the run wrote")
    first, second = (
        replace(shown, profile=answer.facts.profiles.get(port))
        for shown, port in zip((view.first, view.second), _PORTS, strict=True)
    )
    return ComparisonView(first, second, answer.facts.comparison, tuple(notes))
