"""`blobprep run`: run a script on datasets."""

from __future__ import annotations

import inspect
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import parameter, with_context
from blobprep.cli.context import CommandContext
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import INPUTS
from blobprep.cli.run_summary import print_run
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from typer._click.core import Command, Context, Parameter

    from blobprep.runs.option_kinds import Kind, Option

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


class _RunCommand(SectionedCommand):
    """The command, whose parameters come from the declaration of the options.

    They are made when they are first needed: the help of all commands and every other command do without.
    """

    @property
    def params(self) -> list[Parameter]:
        """The parameters, in the order of the help."""
        return self._declared.params

    @params.setter
    def params(self, value: list[Parameter]) -> None:
        """Ignore the parameters of the function that describes the command: it has none."""

    def invoke(self, ctx: Context) -> int:
        """Run the command and return its exit code."""
        assert self._declared.callback is not None
        code: int = ctx.invoke(self._declared.callback, **ctx.params)
        return code

    @cached_property
    def _declared(self) -> Command:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command()(with_context(_run, _parameters()))
        return typer.main.get_command(app)


def _parameters() -> Iterator[inspect.Parameter]:
    """Make the command's own parameters of the declared options."""
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    yield from (_argument(option) for option in OPTIONS.values() if option.positional)
    yield parameter(_ALONE, _Dataset2Alone, None)
    for option in sorted(OPTIONS.values(), key=lambda option: GROUPS.index(option.group)):
        if not option.positional:
            yield _option(option)


_TYPES: Final[Mapping[Kind, Any]] = {
    "switch": bool,
    "integer": int,
    "seconds": float | None,
    "list": list[str] | None,
    "pairs": list[str] | None,
    "limits": list[str] | None,
}
"""The type of the command line's values for an option of each kind; text for any other."""


def _argument(option: Option) -> inspect.Parameter:
    info = typer.Argument(metavar=option.flag, help=_sentence(option))
    default = inspect.Parameter.empty if option.required else option.default
    return parameter(option.name, Annotated[str | None, info], default)


def _option(option: Option) -> inspect.Parameter:
    info = typer.Option(
        option.flag, metavar=option.metavar or None, help=_sentence(option), rich_help_panel=option.group
    )
    default = False if option.negated else option.default
    return parameter(option.name, Annotated[_TYPES.get(option.kind, str | None), info], default)


def _sentence(option: Option) -> str:
    setting = f"  [setting: {option.setting}]" if option.setting else ""
    said = f"do not {option.help}" if option.negated else option.help
    return f"{said[0].upper()}{said[1:]}{'; may be repeated' * option.repeatable}.{setting}"


def _run(context: CommandContext, **arguments: Any) -> int:
    from blobprep.runs.prepare import run

    script, dataset1, dataset2 = (arguments.pop(name) for name in ("script", "dataset1", "dataset2"))
    dataset2 = _second(dataset1, dataset2, arguments.pop(_ALONE))
    options = _options(arguments)
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


def _options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options: pairs in place of the texts that the command line has for them, and False for `--no-NAME`.

    Raises:
        InvalidOption: a text is not NAME=VALUE, or names one twice.
    """
    from blobprep.formats import parse_options
    from blobprep.runs.options import OPTIONS

    values: dict[str, Any] = {}
    for name, value in arguments.items():
        option = OPTIONS[name]
        match option.kind:
            case "pairs" | "limits":
                values[name] = _pairs(value or (), option.flag)
            case "keys":
                values[name] = parse_options(value or "")
            case "switch":
                values[name] = bool(value) != option.negated
            case _:
                values[name] = value
    return values


def _second(dataset1: str | None, dataset2: str | None, option: str | None) -> str | None:
    if option is not None and (dataset2 is not None or dataset1 not in (None, _NONE)):
        raise InvalidOption(
            "--dataset2 connects port Dataset2 alone, but another dataset was given",
            remedy="give both as arguments: blobprep run SCRIPT DATASET1 DATASET2",
        )
    second = dataset2 if option is None else option
    return None if second == _NONE else second


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or name in pairs:
            fault = f"has {name!r} twice" if name in pairs else f"takes NAME=VALUE: {text!r}"
            raise InvalidOption(f"{option} {fault}", remedy=f"write {option} NAME=VALUE, each name once")
        pairs[name] = value
    return pairs
