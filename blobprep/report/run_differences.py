"""How two runs differ: what was asked, what it ran on, what happened, and how long that took. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from blobprep.manifest import Manifest
from blobprep.report.budget import fitting
from blobprep.report.charts import bar
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import DASH, count, duration, moment, plural, size
from blobprep.report.record import data_table

__all__ = ["facts_of", "ledger_differences", "run_differences", "timing_differences"]

_TEXT: Final = 300  # characters
_STAGES: Final = 30


def facts_of(manifest: Manifest) -> dict[tuple[str, str], str]:
    """Return what a manifest says, by group and name, but for times and what differs between any two runs."""
    return {(group, name): text for group, name, text in _facts(manifest) if text}


def _facts(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    yield "Run", "status", manifest.status
    if manifest.error is not None:
        yield "Run", "error", f"{manifest.error.code}: {manifest.error.message}"
    if manifest.script is not None:
        yield "Script", "reference", manifest.script.reference
        yield "Script", "SHA-256", manifest.script.sha256
    for name, value in manifest.parameters.items():
        yield "Parameters", str(name), _plain(value)
    for name, value in manifest.request.items():
        if name != "parameters" and value not in (None, "", [], {}, False):
            yield "Options", name, _plain(value)
    for port, record in manifest.inputs.items():
        yield "Inputs", port, ", ".join(blob.reference for blob in record.blobs)
        yield "Inputs", f"{port}: ETag", ", ".join(blob.etag for blob in record.blobs)
        yield "Inputs", f"{port}: SHA-256", ", ".join(blob.sha256 for blob in record.blobs)
        yield "Inputs", f"{port}: size", size(sum(blob.size for blob in record.blobs))
        yield "Inputs", f"{port}: format", record.format
        yield "Inputs", f"{port}: table", _shape(record.rows, record.columns)
    for output in manifest.outputs:
        if output.rows is not None:
            yield "Outputs", output.port, _shape(output.rows, output.columns)
    for port, amount in Counter(output.port for output in manifest.outputs).items():
        yield "Outputs", f"{port}: blobs", count(amount)
    yield "Isolation", "level", manifest.isolation.enforced
    for name, value in {**manifest.environment, **manifest.interpreter}.items():
        yield "Environment", name, _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _shape(rows: int | None, columns: int | None) -> str:
    return "" if rows is None else f"{count(rows)} × {count(columns)}"


def run_differences(first: Manifest, second: Manifest, limit: int) -> Markup:
    """Return what two manifests say differently, and how much they say alike."""
    facts = facts_of(first), facts_of(second)
    names = list(dict.fromkeys((*facts[0], *facts[1])))
    differing = [name for name in names if facts[0].get(name) != facts[1].get(name)]
    alike = plural(len(names) - len(differing), "other entry", "other entries")
    when = f"Started {moment(first.started)} and {moment(second.started)}."
    if not differing:
        return element("p", f"{when} All {len(names):,} entries of the two manifests are the same.", class_="note")
    rows = (
        (group, name, _value(facts[0].get((group, name))), _value(facts[1].get((group, name))))
        for group, name in differing
    )
    table, fitted = data_table(("", "Entry", "First", "Second"), rows, "What differs between the runs", limit)
    rest = f" {plural(len(differing) - fitted, 'more')} did not fit." if fitted < len(differing) else ""
    return joined((element("p", f"{when} {alike} of the two manifests are the same.{rest}", class_="note"), table))


def _value(text: str | None) -> Markup:
    if text is None:
        return element("span", DASH, class_="none")
    return isolated(cut(text, _TEXT), dir="auto", title=text[:2_000] if len(text) > _TEXT else None)


def timing_differences(first: Mapping[str, float], second: Mapping[str, float]) -> Markup:
    """Return the time of each stage in both runs, as bars on one scale."""
    stages = list(dict.fromkeys((*first, *second)))[:_STAGES]
    top = max([float(timings.get(stage, 0.0)) for timings in (first, second) for stage in stages], default=0.0)
    if not top:
        return nothing
    rows = [
        element(
            "tr",
            element("th", cut(stage, 40), scope="row"),
            element("td", joined(_spent(timings.get(stage)) for timings in (first, second))),
            element(
                "td",
                _timing_bar(first.get(stage), top, "bar part-same"),
                _timing_bar(second.get(stage), top, "bar part-changed"),
            ),
        )
        for stage in stages
    ]
    return element("table", element("caption", "Time by stage", class_="unseen"), element("tbody", joined(rows)),
                   class_="timings paired")  # fmt: skip


def _spent(seconds: float | None) -> Markup:
    return element("div", DASH if seconds is None else duration(float(seconds)))


def _timing_bar(seconds: float | None, top: float, class_: str) -> Markup:
    return element("div", bar(float(seconds or 0.0), top, class_))


def ledger_differences(first: Manifest, second: Manifest, limit: int) -> Markup:
    """Return the entries of the ledger that only one of two runs has."""
    entries = [Counter(map(_entry, manifest.translations)) for manifest in (first, second)]
    parts = []
    for title, only in (
        ("Only in the first", entries[0] - entries[1]),
        ("Only in the second", entries[1] - entries[0]),
    ):
        if not only:
            continue
        listed = fitting((_listed(entry) for entry in only.elements()), limit // 2)
        rest = only.total() - len(listed)
        more = element("p", f"{plural(rest, 'more')} in its manifest.", class_="note") if rest else nothing
        parts.append(joined((element("h4", title), element("ul", joined(listed), class_="entries"), more)))
    if not parts:
        total = entries[0].total()
        words = (
            f"Both ledgers have the same {plural(total, 'entry', 'entries')}." if total else "Both ledgers are empty."
        )
        return element("p", words, class_="note")
    return joined(parts)


def _entry(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row.get("port", "")), str(row.get("column", "")), str(row.get("detail", ""))


def _listed(entry: tuple[str, str, str]) -> Markup:
    port, column, detail = (isolated(cut(text, _TEXT), dir="auto") for text in entry)
    where = joined((port, " · ", column)) if entry[1] else port
    return element("li", element("b", where), " ", detail)
