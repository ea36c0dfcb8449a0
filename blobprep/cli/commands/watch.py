"""`blobprep watch`: keep a batch up to date with what arrives."""

from __future__ import annotations

import inspect
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.batch_progress import show_batch_progress
from blobprep.cli.batch_summary import print_batch
from blobprep.cli.command import parameter
from blobprep.cli.commands.batch import LEFT_OUT, OWN_OPTIONS, own_option, read_own
from blobprep.cli.context import CommandContext
from blobprep.cli.declared_options import LateCommand, option_argument, option_parameter, read_options
from blobprep.cli.exit_codes import INCOMPLETE
from blobprep.cli.gentle_stop import stopping_gently
from blobprep.cli.options import BATCH, OUTPUTS
from blobprep.cli.output import note, write
from blobprep.printable import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blobprep.batches.result import Batch

__all__ = ["add_to"]

_EXAMPLES: Final = """\
blobprep watch prep.py 'az://raw/{day}/*.csv' --output 'az://prepared/{day}/{stem}/'
blobprep watch prep.py 'az://raw/{day}/*.csv' --output 'az://prepared/{day}/{stem}/' --queue arrivals"""

_NOT_HERE: Final = ("list", "resume", "verify", "dry_run", "overwrite", "combine", "combine_by")
"""Options of a batch that a watch does not have, or has in another form."""

_PATTERN: Final = Annotated[
    str,
    typer.Argument(
        metavar="PATTERN", help="Reference or path of the blobs, with wildcards (*, **, ?) and named parts ({year})."
    ),
]

_OWN: Final = {
    **{name: declared for name, declared in OWN_OPTIONS.items() if name not in _NOT_HERE},
    "overwrite": (own_option(bool, "--overwrite", OUTPUTS, "Replace results of other runs and batches."), False),
    "every": (
        own_option(float | None, "--every", BATCH, "Seconds between two cycles.  [setting: watch.every]", "SECONDS"),
        None,
    ),
    "queue": (
        own_option(
            str | None,
            "--queue",
            BATCH,
            "Storage queue with events of created blobs, which begin the next cycle at once.  [setting: watch.queue]",
            "NAME|ACCOUNT@NAME|URL",
        ),
        None,
    ),
    "settle": (
        own_option(
            float | None,
            "--settle",
            BATCH,
            "Read no blob that changed less than so many seconds ago.  [setting: watch.settle]",
            "SECONDS",
        ),
        None,
    ),
    "once": (own_option(bool, "--once", BATCH, "End after one cycle."), False),
}
"""The options of a watch itself: how each is given, and what it is if it is not."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch", cls=_WatchCommand, epilog=_EXAMPLES)(_describe)


def _describe() -> None:
    """Keep a batch up to date: run a script over blobs as they arrive."""


class _WatchCommand(LateCommand):
    """The command."""

    @staticmethod
    def function(context: CommandContext, **arguments: Any) -> int:
        """Watch until the process is told to end."""
        return _watch(context, **arguments)

    @staticmethod
    def parameters() -> Iterator[inspect.Parameter]:
        """Make the command's own parameters, and those of the declared options of its runs."""
        return _parameters()


def _parameters() -> Iterator[inspect.Parameter]:
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    yield option_argument(OPTIONS["script"])
    yield parameter("dataset1", _PATTERN, inspect.Parameter.empty)
    for name, (annotation, default) in _OWN.items():
        yield parameter(name, annotation, default)
    for option in sorted(OPTIONS.values(), key=lambda option: GROUPS.index(option.group)):
        if not option.positional and option.name not in LEFT_OUT:
            yield option_parameter(option)


def _watch(context: CommandContext, **arguments: Any) -> int:
    from blobprep.batches.coordination.stop import Stop
    from blobprep.batches.watch.watch import watch

    script, pattern, stop = arguments.pop("script"), arguments.pop("dataset1"), Stop()
    own = read_own({name: arguments.pop(name) for name in _OWN})
    as_lines = own.pop("progress_json")
    with stopping_gently(stop) as stopped, show_batch_progress(context, as_lines) as show:
        last = watch(
            script,
            pattern,
            workspace=context.workspace,
            stop=stop,
            on_cycle=None if own["once"] else partial(_print_cycle, context),
            on_progress=show,
            say=lambda text: note(f"blobprep: {text}"),
            **own,
            **read_options(arguments),
        )
    context.warn()
    if not own["once"] or last is None:  # a watch that is stopped has done what it was asked to
        return 0
    code = {"succeeded": 0, "interrupted": 128 + stopped.number}.get(last.status, INCOMPLETE)
    print_batch(last, code, context)
    return code


def _print_cycle(context: CommandContext, batch: Batch) -> None:
    """Print a cycle that found something to do: a line, with `--json` one of JSON."""
    summary = batch.summary
    assert summary is not None
    if context.as_json:
        _write_line(json.dumps({**summary.to_json(), "record": batch.record.printed}))
        return
    if summary.message:
        note(f"blobprep: {summary.message}")
    if not context.quiet:
        counts = summary.counts
        told = {"done": counts.done, "failed": counts.failed, "skipped": counts.skipped, "not run": counts.pending}
        counted = ", ".join(f"{count:,} {name}" for name, count in told.items() if count)
        _write_line(escape(f"{summary.ended or summary.started}  {counted}"))


def _write_line(text: str) -> None:
    write(text + "\n")
    sys.stdout.flush()  # the next line may come tomorrow
