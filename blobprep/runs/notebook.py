"""A run as a notebook displays it: its report, or a summary of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from blobprep.errors import BlobprepError
from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.ports import PORTS
from blobprep.printable import escape_cell, quote_lines
from blobprep.stores.location import BlobLocation

__all__ = ["display_run"]

_MOST: Final = 1024 * 1024
"""Bytes of a report that a notebook shows: it saves what it shows, once for each cell."""


def display_run(
    manifest: Manifest, output: BlobLocation, report: OutputRecord | None, read: Callable[[OutputRecord], bytes]
) -> str:
    """Return the HTML that displays a run: its report in a frame that reaches nothing around it, or a summary.

    Args:
        manifest: of the run.
        output: the prefix of its outputs.
        report: the record of its report; None if it made none.
        read: reads an output back; what it raises leads to the summary.
    """
    if report is None:
        return _summary(manifest, output, "it made no report")
    if report.size > _MOST:
        return _summary(manifest, output, f"the report has {report.size:,} bytes, which is much for a notebook")
    try:
        page = read(report)
    except BlobprepError as error:
        return _summary(manifest, output, error.message)
    from blobprep.runs.page import page_frame

    return page_frame(page, f"run {manifest.run_id}")


def _summary(manifest: Manifest, output: BlobLocation, reason: str) -> str:
    rows = "".join(f"<tr><td>{_text(label)}</td><td>{place}</td></tr>" for label, place in _places(manifest, output))
    error = f"<pre>{escape(quote_lines(manifest.error.message))}</pre>" if manifest.error else ""
    return f"<p>{_text(f'{manifest.status}: run {manifest.run_id}')} ({_text(reason)})</p>{error}<table>{rows}</table>"


def _places(manifest: Manifest, output: BlobLocation) -> Iterator[tuple[str, str]]:
    """Yield the outputs; files of this machine as links, which a notebook in the same folder follows."""
    for row in PORTS.values():
        for record in row.records(manifest.outputs) if row.label else ():
            shape = "" if record.rows is None else f"  {record.rows} × {record.columns}"
            name, path = _text(record.reference + shape), Path(record.reference)
            if output.container or not path.is_file():
                yield row.label, name
            else:
                link = path.as_uri() if path.is_absolute() else quote(record.reference)
                yield row.label, f'<a href="{link}">{name}</a>'


def _text(value: str) -> str:
    return escape(escape_cell(value))
