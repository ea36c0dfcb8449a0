"""`blobprep.show`: what Visualize showed in Studio, of a dataset, a run, two of them, a batch, or many runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from blobprep.errors import InvalidOption
from blobprep.protocol.profiles import ROWS_LIMIT, AskedProfile
from blobprep.runs.contents import comparison_content, index_content, run_content, table_content
from blobprep.runs.dataset_profile import Profiler
from blobprep.runs.ledger_values import without_values
from blobprep.runs.page import Page
from blobprep.runs.report_bounds import ReportBounds, report_bounds
from blobprep.runs.run_view import gather_run, local_path, tables_of
from blobprep.runs.subject import BatchSubject, DatasetSubject, PastRun, Subject, find_subject

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["show"]

_SECONDS = 60.0
"""After which a profile leaves out what is not computed, unless it is to be exact."""


def show(
    what: object,
    other: object = None,
    *,
    key: Sequence[str] = (),
    read: Mapping[str, str] | None = None,
    read2: Mapping[str, str] | None = None,
    rows: int | None = None,
    exact: bool = False,
    values: Literal["all", "none"] | None = None,
    workspace: Workspace | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Page:
    """Show a dataset or a run as a page.

    Args:
        what: a reference, a dataset's name, a local path, a `pyarrow.Table`, a `pandas.DataFrame`, a `Run`, or a run's
            output prefix, its manifest or its page, or the same of a batch: the prefix of its record. A prefix below
            which there are many runs shows all of them.
        other: of the same kinds; the two are compared.
        key: labels of the columns whose values tell which rows of the two belong together.
        read: options of reading a dataset; `format` among them sets its format.
        read2: those of reading the other one.
        rows: of a table that are shown; by default 10 in the text, and on the page what `[report] rows` says.
        exact: compute from all rows what is otherwise estimated from some of them, however long it takes.
        values: `none` for statistics only, without a value of any single row; None for what `[report] values` says.
        workspace: settings; those of this folder and environment by default.
        progress: called with the bytes fetched so far and the bytes to fetch in all.

    Raises:
        DatasetError: a dataset is not in its format.
        InputError: a manifest cannot be read.
        LimitError: reading a table takes more than the settings allow.
        InvalidReference, InvalidOption, StoreError: as the settings and the store say.
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    from blobprep.settings import Workspace

    settings = workspace or Workspace()
    bounds = _bounds(rows, values, settings)
    seconds = float("inf") if exact else _SECONDS
    subject = _find(what, read, settings, bounds)
    if other is not None:
        asked = replace(bounds.asked(2, seconds), exact=exact)
        both = subject, _find(other, read2, settings, bounds)
        return _compare(both, settings, key, asked, rows, bounds, progress)
    if key or read2:
        raise InvalidOption(f"{'a key' if key else 'read2'} is about two tables", remedy="give two, or leave it out")
    if isinstance(subject, DatasetSubject):
        with Profiler(settings, replace(bounds.asked(1, seconds), exact=exact), progress) as profiler:
            profiled = profiler.profile(subject.dataset, subject.printed, last=True)
        content = table_content(profiled, subject.printed, rows, values=bounds.values)
        return Page("table", subject.printed, content, bounds.bytes)
    if isinstance(subject, PastRun):
        asked = replace(bounds.asked(tables_of(subject), seconds), exact=exact)
        view = gather_run(subject, settings, asked, progress)
        content = run_content(view, subject.printed, rows, local_path(subject.prefix))
        return Page("run", subject.printed, content, bounds.bytes)
    if isinstance(subject, BatchSubject):
        from blobprep.batches.report.content import batch_content

        return Page("batch", subject.printed, batch_content(subject.prefix), bounds.bytes)
    from blobprep.runs.run_index import list_runs

    content = index_content(list_runs(subject.prefix, settings), subject.printed)
    return Page("index", subject.printed, content, bounds.bytes)


def _find(what: object, read: Mapping[str, str] | None, settings: Workspace, bounds: ReportBounds) -> Subject:
    found = find_subject(what, read, settings)
    if isinstance(found, PastRun) and not bounds.values:
        return replace(found, manifest=without_values(found.manifest))
    return found


def _bounds(rows: int | None, values: str | None, settings: Workspace) -> ReportBounds:
    """Return how much is shown: what the settings say of pages, unless something else is asked for."""
    if rows is not None and not 0 <= rows <= ROWS_LIMIT:
        raise InvalidOption(f"rows must be between 0 and {ROWS_LIMIT}: {rows}", remedy=f"ask for {ROWS_LIMIT} at most")
    if values not in ("all", "none", None):
        raise InvalidOption(f"values must be all or none: {values!r}", remedy="use all or none")
    bounds = report_bounds(settings)
    if rows is not None:
        bounds = replace(bounds, rows=rows)
    return bounds if values is None else replace(bounds, values=values == "all")


def _compare(
    subjects: Sequence[Subject],
    settings: Workspace,
    key: Sequence[str],
    asked: AskedProfile,
    rows: int | None,
    bounds: ReportBounds,
    progress: Callable[[int, int], None] | None,
) -> Page:
    from blobprep.runs.comparison_view import gather_comparison

    labels = (key,) if isinstance(key, str) else tuple(key)
    view = gather_comparison(subjects, settings, labels, asked, progress)
    title = f"{view.first.source or view.first.name} and {view.second.source or view.second.name}"
    return Page("comparison", title, comparison_content(view, rows), bounds.bytes)
