"""`blobprep batch`: run a script over many blobs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.batch_progress import show_batch_progress
from blobprep.cli.batch_summary import print_batch, print_preview
from blobprep.cli.command import parameter
from blobprep.cli.context import CommandContext
from blobprep.cli.declared_options import LateCommand, option_argument, option_parameter, read_options
from blobprep.cli.exit_codes import INCOMPLETE
from blobprep.cli.gentle_stop import stopping_gently
from blobprep.cli.options import BATCH, INPUTS, OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LEFT_OUT", "OWN_OPTIONS", "add_to", "own_option", "read_own"]

LEFT_OUT: Final = ("dataset1", "dataset2", "debug", "debugger", "output", "overwrite", "report")
"""Options of a run that a batch does not have, or has in another form."""

_EXAMPLES: Final = """\
blobprep batch prep.py 'az://raw/{year}/*.csv' --output 'az://prepared/{year}/{stem}/'
blobprep batch prep.py 'az://raw/{year}/*.csv' --output 'az://prepared/{year}/{stem}/' --resume"""

_Texts = list[str] | None


def own_option(kind: Any, flag: str, section: str, help: str, metavar: str | None = None) -> Any:  # noqa: A002
    """Return the annotation of an option that is not one of a run."""
    return Annotated[kind, typer.Option(flag, metavar=metavar, help=help, rich_help_panel=section)]


_PATTERN: Final = Annotated[
    str | None,
    typer.Argument(
        metavar="PATTERN",
        help="Reference or path of the blobs, with wildcards (*, **, ?) and named parts ({year}); may be left out with "
        "--list.",
    ),
]

OWN_OPTIONS: Final = {
    "list": (
        own_option(str | None, "--list", INPUTS, "File or blob that lists what is read; - for stdin.", "REF"),
        None,
    ),
    "where": (
        own_option(
            _Texts,
            "--where",
            INPUTS,
            "Only blobs that meet this condition: year>=2023, size>0, name!=*_old.csv; may be repeated.",
            "PART=VALUE",
        ),
        None,
    ),
    "group_by": (
        own_option(
            str | None, "--group-by", INPUTS, "Read blobs that have these parts in common as one dataset.", "PART,…"
        ),
        None,
    ),
    "rows_per_run": (
        own_option(
            int | None,
            "--rows-per-run",
            INPUTS,
            "Divide larger blobs among several runs of so many rows, for scripts that work row by row.",
            "N",
        ),
        None,
    ),
    "dataset2": (
        own_option(
            str | None, "--dataset2", INPUTS, "The dataset for port Dataset2; its reference may name parts.", "REF"
        ),
        None,
    ),
    "output": (
        own_option(
            str | None,
            "--output",
            OUTPUTS,
            "Prefix for the results of each item; parts in braces are filled in: those that PATTERN names, and {stem}, "
            "{name}, {folder}, {container}, {date}.",
            "PREFIX",
        ),
        None,
    ),
    "overwrite": (
        own_option(
            bool,
            "--overwrite",
            OUTPUTS,
            "Run every item again in a new record, and replace results of other runs and batches.",
        ),
        False,
    ),
    "record": (
        own_option(
            str | None,
            "--record",
            OUTPUTS,
            "Prefix for the batch's own record, instead of _batch/ below the fixed part of the output.",
            "PREFIX",
        ),
        None,
    ),
    "combine": (
        own_option(
            str | None, "--combine", OUTPUTS, "One dataset from the results of all items, in their order.", "REF"
        ),
        None,
    ),
    "combine_by": (
        own_option(
            str | None, "--combine-by", OUTPUTS, "Parts that name the folders of the combined dataset.", "PART,…"
        ),
        None,
    ),
    "report": (
        own_option(bool, "--report", OUTPUTS, "Make a report of each run too, not only of the batch."),
        False,
    ),
    "resume": (
        own_option(bool, "--resume", BATCH, "Go on: skip what is in place and has not changed."),
        False,
    ),
    "verify": (
        own_option(bool, "--verify", BATCH, "With --resume: look at the results of items that would be skipped, too."),
        False,
    ),
    "dry_run": (
        own_option(bool, "--dry-run", BATCH, "Only tell what would be done: items, bytes, time."),
        False,
    ),
    "max_failures": (
        own_option(
            str | None,
            "--max-failures",
            BATCH,
            "Begin no more items once more than so many, or such a part of all, have failed.",
            "N|P%",
        ),
        None,
    ),
    "attempts": (
        own_option(int | None, "--attempts", BATCH, "Attempts at an item whose failure can pass.  [default: 3]", "N"),
        None,
    ),
    "patience": (
        own_option(
            float | None,
            "--patience",
            BATCH,
            "Seconds to wait for storage that lets nothing through, before no more items are begun.  [default: 3600]",
            "SECONDS",
        ),
        None,
    ),
    "workers": (
        own_option(
            int | None, "--workers", BATCH, "Items that run at a time, instead of as many as there are cores.", "N"
        ),
        None,
    ),
    "engine": (
        own_option(
            str,
            "--engine",
            BATCH,
            "Where items run: on this machine, or on a Dask cluster.",
            "local|dask|dask://HOST:PORT",
        ),
        "local",
    ),
    "progress_json": (
        own_option(bool, "--progress-json", BATCH, "Write progress to stderr as JSON, a line each second."),
        False,
    ),
}
"""The options of a batch itself: how each is given, and what it is if it is not."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("batch", cls=_BatchCommand, epilog=_EXAMPLES)(_describe)


def _describe() -> None:
    """Run a script over many blobs, and keep a record of each."""


class _BatchCommand(LateCommand):
    """The command."""

    @staticmethod
    def function(context: CommandContext, **arguments: Any) -> int:
        """Run the batch."""
        return _batch(context, **arguments)

    @staticmethod
    def parameters() -> Iterator[inspect.Parameter]:
        """Make the command's own parameters, and those of the declared options of its runs."""
        return _parameters()


def _parameters() -> Iterator[inspect.Parameter]:
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    yield option_argument(OPTIONS["script"])
    yield parameter("dataset1", _PATTERN, None)
    for name, (annotation, default) in OWN_OPTIONS.items():
        yield parameter(name, annotation, default)
    for option in sorted(OPTIONS.values(), key=lambda option: GROUPS.index(option.group)):
        if not option.positional and option.name not in LEFT_OUT:
            yield option_parameter(option)


def _batch(context: CommandContext, **arguments: Any) -> int:
    from blobprep.batches.batch import batch
    from blobprep.batches.coordination.stop import Stop

    script, pattern, stop = arguments.pop("script"), arguments.pop("dataset1"), Stop()
    own = read_own({name: arguments.pop(name) for name in OWN_OPTIONS})
    as_lines = own.pop("progress_json")
    with stopping_gently(stop) as stopped, show_batch_progress(context, as_lines) as show:
        ended = batch(
            script, pattern, workspace=context.workspace, stop=stop, on_progress=show, **own, **read_options(arguments)
        )
    context.warn()
    if ended.summary is None:
        print_preview(ended, context)
        return 0
    code = {"succeeded": 0, "interrupted": 128 + stopped.number}.get(ended.status, INCOMPLETE)
    print_batch(ended, code, context)
    return code


def read_own(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a batch itself as the library takes them."""
    from blobprep.batches.options import ATTEMPTS, PATIENCE

    own = {**given, "where": given["where"] or ()}
    for name in ("group_by", "combine_by"):
        if name in own:
            own[name] = [part.strip() for part in own[name].split(",")] if own[name] else ()
    for name, default in (("attempts", ATTEMPTS), ("patience", PATIENCE)):
        own[name] = default if own[name] is None else own[name]
    if own["output"] is None:
        del own["output"]
    return own
