"""The page of two tables, or of two runs and their results: what is in the one and not in the other. Pure.

What tests in a browser rely on: sections `rows`, `columns`, `changes` and `runs`; `table.compared` with
`tr.column.is-added`, `.is-removed` and `.is-changed`; `table.changes` with `td.diff` of `del` and `ins`;
`svg.rows-bar`.
"""

from __future__ import annotations

from collections.abc import Iterator

from blobprep.protocol.comparisons import TableComparison
from blobprep.report.budget import Budget
from blobprep.report.column_differences import columns_table, told_columns
from blobprep.report.frame import render
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import plural
from blobprep.report.page import BYTES, fitted
from blobprep.report.row_differences import changed_table, rows_bar, single_table
from blobprep.report.run_differences import ledger_differences, run_differences, timing_differences
from blobprep.report.views import ComparisonView

__all__ = ["render_comparison"]


def render_comparison(view: ComparisonView, *, bytes: int = BYTES) -> bytes:  # noqa: A002 - the name of the setting
    """Return the page of a comparison.

    Args:
        view: what is known of the two.
        bytes: of the page, at most; about 60 kB are its frame, and are needed in any case.
    """
    return fitted(lambda budget: _page(view, budget), bytes)


def _page(view: ComparisonView, budget: Budget) -> str:
    compared = view.comparison
    columns, rows, runs = nothing, nothing, _runs(view, budget)
    notes = list(view.notes)
    if compared is not None:
        columns, fitting = columns_table(compared, view.first.profile, view.second.profile, int(budget.left * 0.5))
        budget.spend(columns)
        if fitting < compared.width:
            notes.append(f"{plural(compared.width - fitting, 'column')} of {compared.width:,} are not listed.")
        rows = _rows(compared, budget)
        notes += compared.notes
    return render(
        "comparison.html",
        first=view.first,
        second=view.second,
        word=_verdict(compared),
        sentence=_sentence(compared),
        shape=_shape(compared),
        pairing=_pairing(compared),
        bar=nothing if compared is None else rows_bar(compared),
        columns=columns,
        rows=rows,
        runs=runs,
        notes=notes,
        data=Markup("{}"),
    )


def _verdict(compared: TableComparison | None) -> tuple[str, str]:
    """Return the word that the page begins with, and its class."""
    if compared is None:
        return "", ""
    if compared.equal is None:
        return "Not all compared", "interrupted"
    return ("The same", "succeeded") if compared.equal else ("Different", "different")


def _sentence(compared: TableComparison | None) -> Markup:
    if compared is None:
        return nothing
    if compared.equal:
        size = f"{plural(compared.first_rows, 'row')} × {plural(compared.first_width, 'column')}"
        return element("p", f"{size}, with the same types, values and order.", class_="sentence")
    told = [*_told_rows(compared), *told_columns(compared)]
    if not told:
        told = ["No difference was found in what was compared"]
    return element("p", "; ".join(told) + ".", class_="sentence")


def _told_rows(compared: TableComparison) -> Iterator[str]:
    if compared.changed:
        yield f"{plural(compared.changed, 'row')} changed"
    elif compared.changed == 0 and compared.same:
        yield "No row changed"
    if compared.removed:
        yield f"{compared.removed:,} only in the first"
    if compared.added:
        yield f"{compared.added:,} only in the second"
    if compared.moved:
        yield "rows are in another order"


def _shape(compared: TableComparison | None) -> list[tuple[str, str, str]]:
    if compared is None:
        return []
    return [
        ("Rows", f"{compared.first_rows:,}", f"{compared.second_rows:,}"),
        ("Columns", f"{compared.first_width:,}", f"{compared.second_width:,}"),
    ]


def _pairing(compared: TableComparison | None) -> Markup:
    """Return how rows were paired, in words."""
    if compared is None:
        return nothing
    if compared.paired_by == "key":
        keys = joined((isolated(cut(name, 80), dir="auto") for name in compared.key), ", ")
        words = joined(("Rows are paired by ", element("b", keys), "."))
        if compared.first_repeats or compared.second_repeats:
            repeats = (
                f" The key repeats in {plural(compared.first_repeats, 'row')} of the first and "
                f"{plural(compared.second_repeats, 'row')} of the second: the nth row of a key belongs to the nth."
            )
            words = joined((words, repeats))
    elif compared.paired_by == "position":
        words = joined(("Rows are paired by their position.",))
    else:
        words = joined(
            ("Rows are paired by content, whatever their order: a row that changed counts as one of each table only.",)
        )
    return element("p", words, class_="note")


def _rows(compared: TableComparison, budget: Budget) -> Markup:
    parts = []
    if compared.changed_rows:
        table, shown = changed_table(compared, int(budget.left * 0.5))
        budget.spend(table)
        parts += [_title("Changed rows", shown, compared.changed), table]
    for title, rows, total, which in (
        ("Only in the first", compared.removed_rows, compared.removed, "first"),
        ("Only in the second", compared.added_rows, compared.added, "second"),
    ):
        if rows:
            table, shown = single_table(rows, _names(compared, which), title, int(budget.left * 0.4))
            budget.spend(table)
            parts += [_title(title, shown, total), table]
    return joined(parts)


def _names(compared: TableComparison, which: str) -> list[str]:
    places = {getattr(column, which): column.name for column in compared.columns}
    return [places.get(place, "") for place in range(max((at for at in places if at is not None), default=-1) + 1)]


def _title(words: str, shown: int, total: int | None) -> Markup:
    told = f"all {shown:,}" if total == shown else f"the first {shown:,} of {total or 0:,}"
    return element("h3", words, element("small", f" {told if shown != 1 or total != 1 else '1 row'}"))


def _runs(view: ComparisonView, budget: Budget) -> Markup:
    first, second = view.first.manifest, view.second.manifest
    if first is None or second is None:
        return nothing
    differing = run_differences(first, second, max(budget.share("record"), 6_000))
    ledger = ledger_differences(first, second, max(budget.share("ledger"), 2_000))
    timings = timing_differences(first.timings, second.timings)
    parts = joined((differing, element("h3", "Time") if timings else nothing, timings, element("h3", "Ledger"), ledger))
    budget.spend(parts)
    return parts
