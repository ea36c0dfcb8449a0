"""`blobprep run`: run a script on datasets."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import parameter
from blobprep.cli.context import CommandContext
from blobprep.cli.declared_options import LateCommand, option_argument, option_parameter, read_options
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.options import INPUTS
from blobprep.cli.run_summary import print_run
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["add_to"]

_NONE: Final = "-"
_ALONE: Final = "dataset2_alone"
_Dataset2Alone = Annotated[
    str | None,
    typer.Option(
        "--dataset2",
        metavar="REF",
        help="The dataset for port Dataset2, with none for port Dataset1.",
        rich_help_panel=INPUTS,
    ),
]
_EXAMPLES: Final = """\
blobprep run prep.py az://raw/iris.csv --output az://prepared/iris/
blobprep run prep.py iris.csv --bundle Hello.zip --param year=2024 --format csv"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", cls=_RunCommand, epilog=_EXAMPLES)(_describe)


def _describe() -> None:
    """Run a script on datasets, and put what comes out into storage."""


class _RunCommand(LateCommand):
    """The command."""

    @staticmethod
    def function(context: CommandContext, **arguments: Any) -> int:
        """Run the script."""
        return _run(context, **arguments)

    @staticmethod
    def parameters() -> Iterator[inspect.Parameter]:
        """Make the command's own parameters of the declared options."""
        return _parameters()


def _parameters() -> Iterator[inspect.Parameter]:
    """Make the command's own parameters of the declared options."""
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    yield from (option_argument(option) for option in OPTIONS.values() if option.positional)
    yield parameter(_ALONE, _Dataset2Alone, None)
    for option in sorted(OPTIONS.values(), key=lambda option: GROUPS.index(option.group)):
        if not option.positional:
            yield option_parameter(option)


def _run(context: CommandContext, **arguments: Any) -> int:
    from blobprep.runs.prepare import run

    script, dataset1, dataset2 = (arguments.pop(name) for name in ("script", "dataset1", "dataset2"))
    dataset2 = _second(dataset1, dataset2, arguments.pop(_ALONE))
    options = read_options(arguments)
    with context.progress(shared=options["debug"]) as show:
        result = run(
            script,
            None if dataset1 == _NONE else dataset1,
            dataset2,
            workspace=context.workspace,
            echo=None if context.quiet else sys.stderr,
            on_progress=show,
            **options,
        )
    context.warn()
    error = result.manifest.error
    code = 0 if result.status == "succeeded" else code_of_run(error.code if error else "")
    print_run(result, code, context)
    return code


def _second(dataset1: str | None, dataset2: str | None, option: str | None) -> str | None:
    if option is not None and (dataset2 is not None or dataset1 not in (None, _NONE)):
        raise InvalidOption(
            "--dataset2 connects port Dataset2 alone, but another dataset was given",
            remedy="give both as arguments: blobprep run SCRIPT DATASET1 DATASET2",
        )
    second = dataset2 if option is None else option
    return None if second == _NONE else second
