"""What a manifest records: the ledger, what the classic runtime restored, and where all of it came from. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from blobprep.manifest import BlobRecord, InputRecord, Manifest, OutputRecord
from blobprep.report import charts
from blobprep.report.budget import fitting
from blobprep.report.markup import Markup, cut, element, isolated, joined, link_target, nothing
from blobprep.report.numerals import count, duration, moment, plural, size

__all__ = ["classic_table", "data_table", "fact_list", "given_options", "ledger_table", "links_of", "provenance"]

_TEXT: Final = 600  # characters of a text in a table
_OVERLAP: Final = (
    "decode",
    "translate",
    "import",
    "script",
    "encode",
    "child",
)  # stages of the child, within `compute`


def data_table(heads: Sequence[str], rows: Iterable[Sequence[object]], caption: str, limit: int) -> tuple[Markup, int]:
    """Return a table of texts, and how many of the rows it has; a text in it is cut, and keeps to its own direction.

    Args:
        heads: of the columns.
        rows: markup, or texts.
        caption: what it is a table of.
        limit: bytes.
    """
    drawn = fitting((element("tr", *(_cell(value) for value in row)) for row in rows), limit)
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    table = element(
        "table", element("caption", caption, class_="unseen"), head, element("tbody", joined(drawn)), class_="plain"
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption), len(drawn)


def _cell(value: object) -> Markup:
    if isinstance(value, Markup):
        return element("td", value)
    text = str(value)
    return element("td", isolated(cut(text, _TEXT), dir="auto"), class_=None if text else "none")


def ledger_table(entries: Sequence[Mapping[str, Any]], limit: int) -> tuple[Markup, int]:
    """Return the ledger, what cannot be restored first, and how many of its entries fit."""
    ordered = sorted(entries, key=lambda entry: not entry.get("lossy"))
    rows = (
        (
            _text(entry, "port"),
            _text(entry, "column") or element("span", "whole table", class_="none"),
            _text(entry, "kind"),
            _told(entry),
            count(entry["count"]) if isinstance(entry.get("count"), int) else "—",
            _text(entry, "example"),
            _text(entry, "remedy"),
        )
        for entry in ordered
    )
    heads = ("Table", "Column", "Change", "What was done", "Values", "Example", "Avoided by")
    return data_table(heads, rows, "Ledger of changes", limit)


def _told(entry: Mapping[str, Any]) -> Markup:
    lossy = element("strong", "lossy", class_="badge warn", title="something cannot be restored from the outcome")
    detail = isolated(cut(_text(entry, "detail"), _TEXT), dir="auto")
    return joined((lossy, " ", detail)) if entry.get("lossy") else detail


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return "" if value is None else str(value)


def classic_table(entries: Sequence[Mapping[str, Any]], limit: int) -> tuple[Markup, int]:
    """Return the names that the classic runtime restored, and how many of them fit."""
    rows = (
        (
            element("code", cut(_text(entry, "name"), 200)),
            _text(entry, "gone"),
            " ".join(filter(None, (_text(entry, "how"), _text(entry, "choice")))),
            f"{_text(entry, 'file')}:{_text(entry, 'line')}",
            count(entry["count"]) if isinstance(entry.get("count"), int) else "—",
        )
        for entry in entries
    )
    return data_table(("Name", "Gone since", "What it does here", "First used", "Times"), rows, "Restored names", limit)


def links_of(manifest: Manifest, below: str | None = "") -> dict[str, str]:
    """Return links to a run's outputs by reference.

    Args:
        manifest: of the run.
        below: the way from the page to the outputs' prefix, see `RunView`.
    """
    if below is None:
        return {}
    beside = [record for record in manifest.outputs if record.name and record.reference.endswith(record.name)]
    beside.sort(key=lambda record: record.port not in ("results", "script"))  # figures may have a prefix of their own
    if not beside:
        return {}
    prefix = beside[0].reference.removesuffix(beside[0].name)
    found = (record.reference for record in manifest.outputs if record.reference.startswith(prefix))
    return {reference: link_target(below + quote(reference.removeprefix(prefix))) for reference in found}


def provenance(manifest: Manifest, limit: int, links: Mapping[str, str]) -> Markup:
    """Return where everything came from and went to, how it was confined, and how long it took.

    Args:
        manifest: of the run.
        limit: bytes.
        links: to its outputs, see `links_of`.
    """
    part = max(limit // 6, 500)
    parts: list[Markup] = [
        element("h3", "Time"), _timings(manifest.timings),
        element("h3", "Run"), fact_list(_run_facts(manifest), part),
        *_titled("Inputs", _inputs(manifest.inputs, part)),
        *_titled("Outputs", _outputs(manifest, part, links)),
        *_titled("Parameters", fact_list(manifest.parameters.items(), part)),
        *_titled("Accounts", _accounts(manifest, part)),
        *_titled("Network", _network(manifest, part)),
        *_titled("Environment", fact_list({**manifest.environment, **manifest.interpreter}.items(), part)),
        *_titled("Options as given", fact_list(given_options(manifest.request), part)),
    ]  # fmt: skip
    return joined(parts)


def _titled(title: str, body: Markup) -> tuple[Markup, ...]:
    return (element("h3", title), body) if body else ()


def _timings(timings: Mapping[str, float]) -> Markup:
    known = [(stage, float(spent)) for stage, spent in timings.items()]
    top = max((spent for _, spent in known), default=0.0)
    rows = [
        element(
            "tr",
            element("th", cut(stage, 40), scope="row"),
            element("td", duration(spent)),
            element("td", charts.bar(spent, top, "bar other" if stage in _OVERLAP else "bar")),
        )
        for stage, spent in sorted(known, key=lambda pair: pair[0] in _OVERLAP)[:30]
    ]
    note = element("p", "Lighter bars are stages of the child, which overlap with those of the run.", class_="note")
    return joined((element("table", element("tbody", joined(rows)), class_="timings"), note)) if rows else nothing


def _run_facts(manifest: Manifest) -> Iterable[tuple[str, str]]:
    yield "Run", manifest.run_id
    yield "Started", moment(manifest.started)
    yield "Ended", moment(manifest.ended or "not yet")
    if manifest.script is not None:
        yield "Script", manifest.script.reference
        yield "SHA-256 of the script", manifest.script.sha256
    yield "Isolation", f"{manifest.isolation.enforced} (asked: {manifest.isolation.asked})"
    if manifest.isolation.measures:
        yield "Enforced by", ", ".join(manifest.isolation.measures)


def _inputs(inputs: Mapping[str, InputRecord], limit: int) -> Markup:
    rows = ((port, record, blob) for port, record in inputs.items() for blob in record.blobs)
    drawn, fitted = data_table(
        ("Port", "Reference", "Format", "Size", "ETag", "Version", "Protocol", "SHA-256"),
        (
            (
                port,
                blob.reference,
                record.format,
                size(blob.size),
                blob.etag,
                blob.version_id or "—",
                blob.protocol,
                _hash(blob),
            )
            for port, record, blob in rows
        ),
        "Inputs",
        limit,
    )
    return _with_rest(drawn, sum(len(record.blobs) for record in inputs.values()), fitted, "blob")


def _outputs(manifest: Manifest, limit: int, links: Mapping[str, str]) -> Markup:
    rows = (
        (record.port, _linked(record, links), _shape(record), size(record.size), record.etag, _hash(record))
        for record in manifest.outputs
    )
    drawn, fitted = data_table(("Port", "Reference", "Table", "Size", "ETag", "SHA-256"), rows, "Outputs", limit)
    return _with_rest(drawn, len(manifest.outputs), fitted, "blob")


def _linked(record: OutputRecord, links: Mapping[str, str]) -> Markup:
    link, text = links.get(record.reference, ""), isolated(cut(record.reference, _TEXT), dir="auto")
    return element("a", text, href=link) if link else text


def _shape(record: OutputRecord) -> str:
    return "—" if record.rows is None else f"{count(record.rows)} × {count(record.columns)}"


def _hash(record: BlobRecord | OutputRecord) -> Markup:
    return element("code", cut(record.sha256, 13) or "—", title=record.sha256 or None)


def _with_rest(drawn: Markup, all_of_them: int, fitted: int, one: str, many: str = "") -> Markup:
    if not all_of_them:
        return nothing
    if fitted == all_of_them:
        return drawn
    return drawn + element("p", f"{plural(all_of_them - fitted, one, many)} more in the manifest.", class_="note")


def _accounts(manifest: Manifest, limit: int) -> Markup:
    rows = ((row.name, row.protocol, row.endpoint, row.credential) for row in manifest.accounts)
    drawn, fitted = data_table(("Account", "Protocol", "Endpoint", "Credential"), rows, "Accounts", limit)
    return _with_rest(drawn, len(manifest.accounts), fitted, "account")


def _network(manifest: Manifest, limit: int) -> Markup:
    network = manifest.network
    allowed = element("p", "Allowed: " + cut(", ".join(network.allowed), 2_000)) if network.allowed else nothing
    rows = (
        (row.endpoint, row.outcome, count(row.count), size(row.sent), size(row.received), row.reason)
        for row in network.attempts
    )
    heads = ("Endpoint", "Outcome", "Attempts", "Sent", "Received", "Why not")
    drawn, fitted = data_table(heads, rows, "Connections of the script", limit)
    return allowed + _with_rest(drawn, len(network.attempts), fitted, "endpoint")


def given_options(request: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the options that say something, as texts."""
    for name, value in request.items():
        if value not in (None, "", [], {}, False):
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def fact_list(pairs: Iterable[tuple[str, Any]], limit: int) -> Markup:
    """Return names and values, as many as fit; the rest is counted."""
    listed = list(pairs)
    drawn = fitting(
        (
            element(
                "div", element("dt", cut(str(name), 200)), element("dd", isolated(cut(str(value), _TEXT), dir="auto"))
            )
            for name, value in listed
        ),
        limit,
    )
    return _with_rest(element("dl", joined(drawn), class_="facts wide"), len(listed), len(drawn), "entry", "entries")
