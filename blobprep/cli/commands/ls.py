"""`blobprep ls`: list blobs, containers and local files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import PATIENCE, CommandContext
from blobprep.cli.options import INPUTS, ReferenceArgument
from blobprep.cli.output import print_json
from blobprep.cli.tables import print_table

if TYPE_CHECKING:
    from blobprep.progress import Meter
    from blobprep.stores import BlobPrefix, BlobProperties

__all__ = ["add_to"]

_STEP: Final = 1000
"""Items after which the meter is told: as many are listed in some milliseconds."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "ls", _ls, "blobprep ls az://raw/ --recursive")


def _ls(
    context: CommandContext,
    reference: ReferenceArgument,
    recursive: Annotated[
        bool,
        typer.Option(
            "--recursive", "-r", help="List every blob below, not only the next level.", rich_help_panel=INPUTS
        ),
    ] = False,
) -> None:
    """List blobs, prefixes, containers (az://) or local files."""
    from blobprep.progress import Meter
    from blobprep.transfer.listing import ls, references

    with context.progress(patience=PATIENCE) as show, Meter(show) as meter:
        meter.begin("list", unit="items")
        items = _counted(ls(reference, recursive=recursive, workspace=context.workspace), meter)
        if context.as_json:
            reference_to = references(reference, context.workspace)
            records = [_record(item, reference_to(item)) for item in items]
        else:
            rows = list(_rows(items))
    if context.as_json:
        print_json(records)
    else:
        print_table(rows, right={0}, terminal=context.terminal)


def _counted(items: Iterable[BlobProperties | BlobPrefix], meter: Meter) -> Iterator[BlobProperties | BlobPrefix]:
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % _STEP == 0:
            meter.advance(number, 0)
    meter.advance(number, 0)


def _record(item: BlobProperties | BlobPrefix, reference: str) -> dict[str, Any]:
    from blobprep.stores import BlobPrefix

    if isinstance(item, BlobPrefix):
        return {"reference": reference, "container": item.container, "prefix": item.prefix}
    return {
        "reference": reference,
        "container": item.container,
        "blob": item.blob,
        "size": item.size,
        "etag": item.etag,
        "last_modified": item.last_modified.isoformat(),
        "content_type": item.content_type,
    }


def _rows(items: Iterable[BlobProperties | BlobPrefix]) -> Iterator[tuple[str, str, str]]:
    from blobprep.reference.percent import encode_exact, encode_plain
    from blobprep.stores import BlobPrefix

    for item in items:
        is_local = not item.container  # a path, and not a part of a reference
        if isinstance(item, BlobPrefix):
            yield "", "", item.container if not item.prefix else item.prefix if is_local else encode_plain(item.prefix)
        else:
            name = item.blob if is_local else encode_exact(encode_plain(item.blob))
            yield str(item.size), _print_time(item.last_modified), name


@lru_cache(maxsize=4096)  # many blobs are written in the same second
def _print_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}"
