"""What makes a command of a function: the options that every command has, settings, errors and the exit code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import typer

from blobprep.cli.context import open_context
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)

__all__ = ["add_command", "parameter", "with_context"]

CommandFunction = Callable[..., int | None]
"""What a command does.

It takes a `CommandContext`, then its own arguments and options by keyword, and returns the exit code, or None for 0.
"""


def add_command(app: typer.Typer, name: str, function: CommandFunction, examples: str) -> None:
    """Add a command.

    Args:
        app: the command line.
        name: of the command.
        function: what it does; its parameters behind the first are the command's arguments and options, and its
            docstring the first line of the help.
        examples: complete command lines, one a line, which end the help.
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    app.command(name, cls=SectionedCommand, epilog=examples)(with_context(function, own))


def with_context(function: CommandFunction, own: Iterable[inspect.Parameter]) -> CommandFunction:
    """Return a function for typer that opens the settings, calls another, and ends with an exit code.

    Args:
        function: to be called with a `CommandContext`.
        own: its other parameters; those that every command has are put behind them.
    """

    def command(
        *,
        account: str | None,
        protocol: str | None,
        config: Path | None,
        as_json: bool,
        verbose: int,
        quiet: bool,
        **arguments: Any,
    ) -> int | None:
        with open_context(account, protocol, config, as_json, verbose, quiet) as context:
            return function(context, **arguments)

    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*own, *_EVERYWHERE)]
    vars(command)["__signature__"] = inspect.Signature(parameters)
    command.__annotations__ = {}  # typer is to read the signature alone
    command.__doc__ = function.__doc__
    return command


def parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Return a parameter that typer makes an argument or option of."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_EVERYWHERE: Final = (
    parameter("account", AccountOption, None),
    parameter("protocol", ProtocolOption, None),
    parameter("config", ConfigOption, None),
    parameter("as_json", JsonOption, False),
    parameter("verbose", VerboseOption, 0),
    parameter("quiet", QuietOption, False),
)
