"""The options of a run as a command's parameters, made of their declaration; and a command that makes them late."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import typer

from blobprep.cli.command import parameter, with_context
from blobprep.cli.help_pages import SectionedCommand
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typer._click.core import Command, Context, Parameter

    from blobprep.runs.option_kinds import Kind, Option

__all__ = ["LateCommand", "option_argument", "option_parameter", "read_options", "read_pairs"]


class LateCommand(SectionedCommand):
    """A command whose parameters come from the declaration of the options.

    They are made when they are first needed: the help of all commands and every other command do without.
    """

    function: ClassVar[Callable[..., int | None]]
    """What the command does: it takes a `CommandContext`, then its parameters by keyword."""

    @staticmethod
    def parameters() -> Iterable[inspect.Parameter]:
        """Return the command's own parameters."""
        raise NotImplementedError

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
        app.command()(with_context(type(self).function, type(self).parameters()))
        return typer.main.get_command(app)


_TYPES: Final[Mapping[Kind, Any]] = {
    "switch": bool,
    "integer": int,
    "seconds": float | None,
    "list": list[str] | None,
    "pairs": list[str] | None,
    "limits": list[str] | None,
}
"""The type of the command line's values for an option of each kind; text for any other."""


def option_argument(option: Option) -> inspect.Parameter:
    """Return the parameter of an option that is given by its position."""
    info = typer.Argument(metavar=option.flag, help=_sentence(option))
    default = inspect.Parameter.empty if option.required else option.default
    return parameter(option.name, Annotated[str | None, info], default)


def option_parameter(option: Option) -> inspect.Parameter:
    """Return the parameter of an option that is given by its flag."""
    info = typer.Option(
        option.flag, metavar=option.metavar or None, help=_sentence(option), rich_help_panel=option.group
    )
    return parameter(option.name, Annotated[_TYPES.get(option.kind, str | None), info], option.default)


def _sentence(option: Option) -> str:
    setting = f"  [setting: {option.setting}]" if option.setting else ""
    return f"{option.help[0].upper()}{option.help[1:]}{'; may be repeated' * option.repeatable}.{setting}"


def read_options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with pairs in place of the texts that the command line has for them.

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
                values[name] = read_pairs(value or (), option.flag)
            case "keys":
                values[name] = parse_options(value or "")
            case _:
                values[name] = value
    return values


def read_pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Read the texts NAME=VALUE of an option that may be repeated.

    Raises:
        InvalidOption: a text is not NAME=VALUE, or names one twice.
    """
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or name in pairs:
            fault = f"has {name!r} twice" if name in pairs else f"takes NAME=VALUE: {text!r}"
            raise InvalidOption(f"{option} {fault}", remedy=f"write {option} NAME=VALUE, each name once")
        pairs[name] = value
    return pairs
