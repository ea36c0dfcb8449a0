"""`blobprep ls`, `cat` and `head`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from blobprep.cli.context import session
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.output import print_json, print_table, write

if TYPE_CHECKING:
    from blobprep.stores import BlobPrefix, BlobProperties

__all__ = ["add_to"]

_Reference = Annotated[str, typer.Argument(metavar="REF", help="A reference, a name from the settings, or a path.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ls", cls=SectionedCommand, epilog="blobprep ls az://raw/ --recursive")(_ls)
    app.command("cat", cls=SectionedCommand, epilog="blobprep cat az://raw/iris.csv")(_cat)
    app.command("head", cls=SectionedCommand, epilog="blobprep head az://raw/iris.csv --rows 5")(_head)


def _ls(
    reference: _Reference,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="List every blob below, not prefixes.")] = False,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> None:
    """List blobs, prefixes, containers (az://) or local files."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.transfer.listing import ls, references

        found = list(ls(reference, recursive=recursive, workspace=opened.workspace))
        if as_json:
            printed = references(reference, opened.workspace)
            print_json([_record(each, printed(each)) for each in found])
        elif found:
            print_table([_row(each) for each in found], right=frozenset({0}))


def _cat(
    reference: _Reference,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> None:
    """Write a blob or a file to stdout, as it is; with --json its text, or base64 where it is none."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.transfer.cat import cat

        pieces = cat(reference, workspace=opened.workspace)
        opened.warn()
        if as_json:
            print_json(_content(b"".join(pieces)))
            return
        for piece in pieces:
            write(piece)


def _head(
    reference: _Reference,
    rows: Annotated[int, typer.Option("--rows", "-n", metavar="N", help="How many.")] = 10,
    read: Annotated[
        str | None, typer.Option("--read", "--read1", metavar="KEY=VALUE,…", help="Options of reading it; format= too.")
    ] = None,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> None:
    """Show the first rows of a dataset; of a large blob only the start is fetched."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.formats import parse_options
        from blobprep.runs.preview import head

        seen = head(reference, rows=rows, read=parse_options(read or ""), workspace=opened.workspace)
        if as_json:
            columns = [{"name": name, "type": kind} for name, kind in zip(seen.names, seen.types, strict=True)]
            print_json({"columns": columns, "rows": seen.rows, "total": seen.total})
        elif seen.names:
            shown = [[_cell(cell) for cell in row] for row in (seen.names, seen.types, *seen.rows)]
            print_table(shown)
            if seen.total is not None and not quiet:
                write(f"{len(seen.rows)} of {seen.total} rows\n")


def _record(each: BlobProperties | BlobPrefix, reference: str) -> dict[str, Any]:
    from blobprep.stores import BlobPrefix

    if isinstance(each, BlobPrefix):
        return {"reference": reference, "container": each.container, "prefix": each.prefix}
    return {
        "reference": reference,
        "container": each.container,
        "blob": each.blob,
        "size": each.size,
        "etag": each.etag,
        "last_modified": each.last_modified.isoformat(),
        "content_type": each.content_type,
    }


def _row(each: BlobProperties | BlobPrefix) -> tuple[str, str, str]:
    from blobprep.reference import Reference
    from blobprep.stores import BlobPrefix

    if isinstance(each, BlobPrefix):
        name, size, time = each.prefix or each.container, "", ""
    else:
        name, size, time = each.blob, str(each.size), f"{each.last_modified:%Y-%m-%d %H:%M:%SZ}"
    if each.container:  # as a reference has it
        name = Reference(None, each.container, name, exact=bool(time)).written_blob
    return size, time, _cell(name)


def _cell(text: str | None) -> str:
    """Return a text that stays in its place: control characters of a name could rewrite the terminal."""
    return "" if text is None else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _content(data: bytes) -> dict[str, Any]:
    try:
        return {"size": len(data), "text": data.decode()}
    except UnicodeDecodeError:
        import base64

        return {"size": len(data), "base64": base64.b64encode(data).decode("ascii")}
