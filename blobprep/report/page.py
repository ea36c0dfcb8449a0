"""The page of a run, and the page of a table: one HTML file each, which needs nothing beside it.

What other parts of the program, and tests in a browser, rely on:

- ids of sections: `failure`, `results`, `results2`, `dataset1`, `dataset2`, `changes`, `device`, `ledger`, `classic`,
  `provenance`, and `table` on the page of a table; of a column's pane `PORT-cN` with N from 0.
- `section.dataset[data-port]`, in it `table.rows`, `th[data-column]`, `tr.gap`, `td.na`, and `aside.side` with
  `details.pane`.
- what the script adds: `html.scripted`, `button.theme`, `input.filter` with `output.matches`, `button.sort` with
  `aria-sort` on its `th`, `.chosen` in the side, `select.other` with `.comparison`, `dialog.large`.
- `header.top` with `.status` (`succeeded`, `failed`, `interrupted`, `running`), `nav.contents`, `figure` in `.figures`,
  `.log .line.out|err|note`, `mark.own` in `.traceback`, and `script#data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from blobprep.manifest import InputRecord, Manifest
from blobprep.protocol.profiles import TableProfile
from blobprep.report.budget import Budget
from blobprep.report.changes import changes_section
from blobprep.report.dataset import DatasetPart, dataset_part, json_block
from blobprep.report.device import figures_section, log_section
from blobprep.report.failure import failure_section
from blobprep.report.frame import asset, policy, render, template
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import duration, plural
from blobprep.report.record import classic_table, ledger_table, links_of, provenance
from blobprep.report.views import RunView

__all__ = ["BYTES", "fitted", "render_run", "render_table", "warm_up"]

BYTES: Final = 5 * 1024 * 1024
"""Of a page, unless something else is asked for."""

_SCALES: Final = (1.0, 0.8, 0.5, 0.2, 0.05, 0.0)
_TITLES: Final = {
    "results": "Result dataset",
    "results2": "Second result dataset",
    "dataset1": "Dataset1",
    "dataset2": "Dataset2",
}
_ALONE: Final = 1.5  # the shares of a table that is all that a page shows
_PARTS: Final = {"results": 1.0, "results2": 0.5, "dataset1": 0.6, "dataset2": 0.4}


def warm_up() -> None:
    """Load the templating library and compile the templates of a run: a run does so while its child computes."""
    for name in ("base.html", "dataset.html", "run.html"):
        template(name)
    policy()


def render_run(view: RunView, *, bytes: int = BYTES) -> bytes:  # noqa: A002 - the name of the setting
    """Return the page of a run.

    Args:
        view: what is known of the run.
        bytes: of the page, at most; about 60 kB are its frame, and are needed in any case.
    """
    return fitted(lambda budget: _run_page(view, budget), bytes)


def render_table(profile: TableProfile, *, title: str, source: str, bytes: int = BYTES) -> bytes:  # noqa: A002
    """Return the page of a table.

    Args:
        profile: of the table.
        title: of the page, such as the name of the blob.
        source: where the table is from: a reference, or a path.
        bytes: of the page, at most; about 60 kB are its frame, and are needed in any case.
    """

    def page(budget: Budget) -> str:
        part = dataset_part(profile, "table", "Rows and columns", budget, part=_ALONE)
        data = json_block({"table": part.data})
        return render("table.html", title=title, source=source, part=part, data=_markup(data))

    return fitted(page, bytes)


def fitted(page: Any, limit: int) -> bytes:
    """Return the page that a function makes of a budget: of a smaller one where texts weigh more than was reckoned."""
    frame = len(asset("page.css").encode()) + len(asset("page.js").encode()) + 8_000
    made = b""
    for scale in _SCALES:
        made = page(Budget(max(int((limit - frame) * scale), 0))).encode("utf-8", "backslashreplace")
        if len(made) <= limit:
            break
    return bytes(made)


def _run_page(view: RunView, budget: Budget) -> str:
    manifest = view.manifest
    links = links_of(manifest, view.below)
    failure = failure_section(manifest.error, max(budget.share("error"), 4_000)) if manifest.error else nothing
    budget.spend(failure)
    record = provenance(manifest, max(budget.share("record"), 6_000), links)
    budget.spend(record)
    parts = {port: _part(view, port, links, budget) for port in _TITLES if port in view.profiles}
    changes = nothing
    if "dataset1" in parts and "results" in parts:
        changes = changes_section(view.profiles["dataset1"], view.profiles["results"], budget.share("changes"))
        budget.spend(changes)
    log = log_section(view.log, max(budget.share("log"), 2_000), _log_link(manifest, links))
    ledger, listed = ledger_table(manifest.translations, budget.share("ledger"))
    restored, named = classic_table(manifest.classic, budget.share("classic"))
    budget.spend(log, ledger, restored)
    figures = figures_section(view.figures, budget) if view.figures else nothing
    return render(
        "run.html",
        manifest=manifest,
        name=_name(manifest),
        sentence=_sentence(view),
        failure=failure,
        results=[parts[port] for port in ("results", "results2") if port in parts],
        inputs=[parts[port] for port in ("dataset1", "dataset2") if port in parts],
        changes=changes,
        log=log,
        figures=figures,
        amount=len(view.figures),
        ledger=ledger,
        lossy=sum(bool(entry.get("lossy")) for entry in manifest.translations),
        ledger_rest=len(manifest.translations) - listed,
        classic=restored,
        classic_rest=len(manifest.classic) - named,
        record=record,
        notes=[*view.notes, *budget.said],
        data=_markup(json_block({port: part.data for port, part in parts.items()})),
    )


def _markup(text: str) -> Markup:
    return Markup(text)


def _part(view: RunView, port: str, links: Mapping[str, str], budget: Budget) -> DatasetPart:
    manifest = view.manifest
    record = manifest.inputs.get(port)
    source = _read_from(record) if record is not None else _written_to(manifest, port, links)
    return dataset_part(view.profiles[port], port, _TITLES[port], budget, part=_PARTS[port], source=source)


def _read_from(record: InputRecord) -> Markup:
    first = record.blobs[0].reference if record.blobs else ""
    more = f" and {plural(len(record.blobs) - 1, 'blob')} more" if record.blobs[1:] else ""
    return joined((isolated(cut(first, 300), dir="auto"), more, f" · {record.format}" if record.format else ""))


def _written_to(manifest: Manifest, port: str, links: Mapping[str, str]) -> Markup:
    record = next((record for record in manifest.outputs if record.port == port), None)
    if record is None:
        return nothing
    name = isolated(cut(record.reference, 300), dir="auto")
    link = links.get(record.reference)
    return element("a", name, href=link) if link else name


def _log_link(manifest: Manifest, links: Mapping[str, str]) -> str:
    # Of the device's blobs, figures are the ones in a folder.
    logs = (record for record in manifest.outputs if record.port == "device" and "/" not in record.name)
    return next((links.get(record.reference, "") for record in logs), "")


def _name(manifest: Manifest) -> str:
    if manifest.script is None:
        return manifest.run_id
    return cut(PurePosixPath(manifest.script.reference.replace("\\", "/")).name or manifest.script.reference, 200)


def _sentence(view: RunView) -> Markup:
    """Return what a run did, in one sentence."""
    manifest = view.manifest
    took = _took(manifest)
    ending = f" in {duration(took)}" if took is not None else ""
    given = list(_tables(manifest))
    if manifest.error is not None:
        start = f"Stopped after {duration(took)}" if took is not None else "Stopped"
        words: list[Any] = [start, *([", given ", joined(given, " and ")] if given else []), "."]
    else:
        made = next((record for record in manifest.outputs if record.port == "results"), None)
        verb = "Made" if manifest.status == "succeeded" else "Is making"
        table = f" {plural(made.rows or 0, 'row')} × {plural(made.columns or 0, 'column')}" if made else " no table"
        words = [verb + table, *([" from ", joined(given, " and ")] if given else []), ending + "."]
    return element("p", *words, class_="sentence")


def _tables(manifest: Manifest) -> Iterator[Markup]:
    for port, record in manifest.inputs.items():
        if port in _TITLES and record.blobs:
            name = record.blobs[0].reference.rstrip("/").rsplit("/", 1)[-1]
            shape = "" if record.rows is None else f" ({record.rows:,} × {record.columns or 0:,})"
            yield joined((isolated(cut(name, 100), dir="auto"), shape))


def _took(manifest: Manifest) -> float | None:
    try:
        ended = datetime.fromisoformat(manifest.ended or "")
        return (ended - datetime.fromisoformat(manifest.started)).total_seconds()
    except (ValueError, TypeError):
        return None
