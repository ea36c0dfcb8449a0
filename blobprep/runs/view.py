"""`blobprep.show`: what Visualize showed in Studio, of a dataset, a run, two of them, or all runs below a prefix."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal

from blobprep.errors import InvalidOption
from blobprep.protocol.profiles import ROWS_LIMIT, AskedProfile
from blobprep.runs.dataset_profile import ProfiledDataset, Profiler
from blobprep.runs.page import Content, Page
from blobprep.runs.run_view import gather_run
from blobprep.runs.subject import DatasetSubject, PastRun, find_subject

if TYPE_CHECKING:
    from blobprep.report.text.lines import Line, Paper
    from blobprep.report.views import RunView
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
            output prefix, its manifest or its page. A prefix below which there are many runs shows all of them.
        other: of the same kinds; the two are compared.
        key: labels of the columns whose values tell which rows of the two belong together.
        read: options of reading a dataset; `format` among them sets its format.
        read2: those of reading the other one.
        rows: of a table that are shown; 100 on the page and 10 in the text by default.
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
    asked = _asked(rows, exact=exact, values=values)
    subject = find_subject(what, read, settings)
    if isinstance(subject, DatasetSubject):
        with Profiler(settings, asked, progress) as profiler:
            profiled = profiler.profile(subject.dataset, subject.printed, last=True)
        return _table_page(profiled, subject.printed, rows)
    if isinstance(subject, PastRun):
        return _run_page(gather_run(subject, settings, asked, progress), subject.printed, rows)
    raise NotImplementedError


def _asked(rows: int | None, *, exact: bool, values: str | None) -> AskedProfile:
    if rows is not None and not 0 <= rows <= ROWS_LIMIT:
        raise InvalidOption(f"rows must be between 0 and {ROWS_LIMIT}: {rows}", remedy=f"ask for {ROWS_LIMIT} at most")
    if values not in ("all", "none", None):
        raise InvalidOption(f"values must be all or none: {values!r}", remedy="use all or none")
    asked = AskedProfile(seconds=None if exact else _SECONDS, values=values != "none", exact=exact)
    return asked if rows is None else replace(asked, rows=rows)


def _table_page(profiled: ProfiledDataset, printed: str, rows: int | None) -> Page:
    source = ", ".join(filter(None, (printed, profiled.format, _blobs(profiled))))

    def render(limit: int) -> bytes:
        from blobprep.report.page import render_table

        return render_table(profiled.profile, title=_last_part(printed), source=source, bytes=limit)

    def lines(paper: Paper, shown: int | None) -> list[Line]:
        from blobprep.report.text.table_text import ROWS, titled_table

        note = ", ".join(filter(None, (profiled.format, _blobs(profiled))))
        return titled_table(profiled.profile, printed, paper, note=note, rows=ROWS if shown is None else shown)

    def record() -> dict[str, Any]:
        blobs = [
            {
                "reference": blob.location.printed,
                "etag": blob.properties.etag,
                "size": blob.properties.size,
                "sha256": sha,
            }
            for blob, sha in zip(profiled.resolved.input.blobs, profiled.checksums, strict=False)
        ]
        return {"format": profiled.format, "blobs": blobs, "profile": asdict(profiled.profile)}

    return Page("table", printed, Content(render, lines, record, rows=rows))


def _blobs(profiled: ProfiledDataset) -> str:
    count = len(profiled.resolved.input.blobs)
    return f"{count} blobs" if count > 1 else ""


def _last_part(printed: str) -> str:
    return printed.rstrip("/").rpartition("/")[2] or printed


def _run_page(view: RunView, printed: str, rows: int | None) -> Page:
    def render(limit: int) -> bytes:
        from blobprep.report.page import render_run

        return render_run(view, bytes=limit)

    def lines(paper: Paper, shown: int | None) -> list[Line]:
        from blobprep.report.text.run_text import run_text
        from blobprep.report.text.table_text import ROWS

        return run_text(view, printed, paper, rows=ROWS if shown is None else shown)

    def record() -> dict[str, Any]:
        profiles = {port: asdict(profile) for port, profile in view.profiles.items()}
        return {"manifest": json.loads(view.manifest.encode()), "profiles": profiles, "notes": list(view.notes)}

    return Page("run", printed, Content(render, lines, record, view.figures, rows))
