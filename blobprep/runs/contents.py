"""What pages are made from, by kind: a table, a run, a comparison, many runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from blobprep.runs.ledger_values import entry_without_values
from blobprep.runs.page import Content

if TYPE_CHECKING:
    from blobprep.protocol import Translation
    from blobprep.report.text.lines import Line, Paper
    from blobprep.report.views import ComparedSide, ComparisonView, FigureView, RunView
    from blobprep.runs.dataset_profile import ProfiledDataset
    from blobprep.runs.run_index import RunList

__all__ = ["comparison_content", "index_content", "run_content", "table_content"]


def table_content(profiled: ProfiledDataset, printed: str, rows: int | None, *, values: bool) -> Content:
    """Return the content of a page about a dataset; `values` is whether it may have values of single rows."""
    blobs = profiled.resolved.input.blobs
    several = f"{len(blobs):,} blobs" if len(blobs) > 1 else ""
    changes = [_change(entry, values=values) for entry in profiled.changes]

    def render(limit: int, folder: Path | None) -> bytes:
        from blobprep.report.page import render_table

        source = ", ".join(filter(None, (printed, profiled.format, several)))
        told = tuple(map(_told, changes))
        profile = replace(profiled.profile, notes=(*profiled.profile.notes, *told[:_CHANGES]))
        return render_table(profile, title=_last_part(printed), source=source, bytes=limit)

    def lines(paper: Paper) -> list[Line]:
        from blobprep.report.text.table_text import ROWS, titled_table

        note = ", ".join(filter(None, (profiled.format, several)))
        shown = ROWS if rows is None else rows
        return titled_table(profiled.profile, printed, paper, note=note, rows=shown, changes=changes)

    def record() -> dict[str, Any]:
        read = [
            {
                "reference": blob.location.printed,
                "etag": blob.properties.etag,
                "size": blob.properties.size,
                "sha256": sha,
            }
            for blob, sha in zip(blobs, profiled.checksums, strict=False)
        ]
        return {
            "format": profiled.format,
            "blobs": read,
            "translations": changes,
            "profile": asdict(profiled.profile),
        }

    return Content(render, lines, record)


def run_content(view: RunView, printed: str, rows: int | None, home: str) -> Content:
    """Return the content of a page about a run.

    Args:
        view: of the run.
        printed: its reference.
        rows: of each table in the text; None for as many as usual.
        home: path of the local folder that has its outputs; empty where none has.
    """

    def render(limit: int, folder: Path | None) -> bytes:
        from blobprep.report.page import render_run

        figures = tuple(_relinked(figure, folder) for figure in view.figures)
        way = relative_link(home, folder)
        return render_run(replace(view, figures=figures, below=f"{way}/" if way else None), bytes=limit)

    def lines(paper: Paper) -> list[Line]:
        from blobprep.report.text.run_text import run_text
        from blobprep.report.text.table_text import ROWS

        return run_text(view, printed, paper, rows=ROWS if rows is None else rows)

    def record() -> dict[str, Any]:
        profiles = {port: asdict(profile) for port, profile in view.profiles.items()}
        return {"manifest": json.loads(view.manifest.encode()), "profiles": profiles, "notes": list(view.notes)}

    return Content(render, lines, record, view.figures)


def comparison_content(view: ComparisonView, rows: int | None) -> Content:
    """Return the content of a page about two tables or runs."""

    def render(limit: int, folder: Path | None) -> bytes:
        from blobprep.report.comparison_page import render_comparison

        return render_comparison(view, bytes=limit)

    def lines(paper: Paper) -> list[Line]:
        from blobprep.report.text.comparison_text import ROWS, comparison_text

        return comparison_text(view, paper, rows=ROWS if rows is None else rows)

    def record() -> dict[str, Any]:
        return {
            "first": _side(view.first),
            "second": _side(view.second),
            "comparison": asdict(view.comparison) if view.comparison is not None else None,
            "notes": list(view.notes),
        }

    return Content(render, lines, record)


def index_content(listed: RunList, printed: str) -> Content:
    """Return the content of a page about many runs."""

    def render(limit: int, folder: Path | None) -> bytes:
        from blobprep.report.index_page import render_index

        linked = [
            replace(
                run,
                report=relative_link(run.report, folder),
                manifest=relative_link(run.manifest, folder),
                picture=None if run.picture is None else _relinked(run.picture, folder),
            )
            for run in listed.runs
        ]
        return render_index(linked, title=printed, bytes=limit, notes=listed.notes)

    def lines(paper: Paper) -> list[Line]:
        from blobprep.report.text.index_text import index_text

        return index_text(listed.runs, printed, paper, notes=listed.notes)

    def record() -> dict[str, Any]:
        runs = [{name: value for name, value in asdict(run).items() if name in _SUMMARY} for run in listed.runs]
        return {"runs": runs, "notes": list(listed.notes)}

    return Content(render, lines, record)


_SUMMARY = ("name", "status", "started", "seconds", "script", "rows", "columns", "error", "figures")
"""What the document of many runs has of each; pictures and links are the page's."""


def relative_link(path: str, folder: Path | None) -> str:
    """Return the way from a page in a folder to a local file, as a URL; empty where there is no such way.

    Args:
        path: absolute; empty where there is none.
        folder: where the page is; None where that is not known.
    """
    if not path or folder is None:
        return ""
    try:
        return quote(os.fsencode(os.path.relpath(path, folder.absolute()).replace(os.sep, "/")))
    except ValueError:  # another drive
        return ""


def _relinked(figure: FigureView, folder: Path | None) -> FigureView:
    return replace(figure, link=relative_link(figure.link, folder))


_CHANGES = 20
"""Changes that reading a table made, which its page tells."""


def _change(entry: Translation, *, values: bool) -> dict[str, Any]:
    """Return an entry of the ledger without its port: of a dataset alone there is only one."""
    told = {name: value for name, value in asdict(entry).items() if name != "port"}
    return told if values else entry_without_values(told)


def _told(entry: Mapping[str, Any]) -> str:
    where = f"{entry['column']}: " if entry["column"] else ""
    count = f" ({entry['count']:,} values)" if entry["count"] is not None else ""
    return f"{where}{entry['detail']}{count}"


def _side(side: ComparedSide) -> Mapping[str, Any]:
    return {
        "name": side.name,
        "source": side.source,
        "profile": asdict(side.profile) if side.profile is not None else None,
        "manifest": json.loads(side.manifest.encode()) if side.manifest is not None else None,
    }


def _last_part(printed: str) -> str:
    return printed.rstrip("/").rpartition("/")[2] or printed
