"""The interpreter of a run's script, from the options and the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from blobprep.errors import InvalidOption
from blobprep.inputs.sources import Script, SourceScript
from blobprep.runs.options import RunOptions
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.other_interpreter import find_interpreter
from blobprep.settings.workspace import Workspace

__all__ = ["choose_interpreter"]

_OWN: Final = "leave out --interpreter, so that the script runs in blobprep's own Python"


def choose_interpreter(workspace: Workspace, options: RunOptions, level: Level, script: Script, rules: Rules) -> str:
    """Return the path of the interpreter that `--interpreter` or the setting `script.interpreter` names.

    Args:
        workspace: the settings in force.
        options: of the run.
        level: of isolation.
        script: the user's code.
        rules: what it may reach.

    Returns:
        The path of its executable; empty for blobprep's own interpreter.

    Raises:
        InterpreterUnusable: there is no such interpreter.
        InvalidOption: what is asked of the run cannot be done there.
    """
    text = options.interpreter or workspace.script_interpreter()
    if not text:
        return ""
    path = find_interpreter(text, Path.home())
    if not isinstance(script, SourceScript):
        raise InvalidOption(
            "a function cannot run in another interpreter, which may be of another version of Python",
            remedy=f"write the script to a file and pass its path, or {_OWN}",
        )
    if level == "off":
        raise InvalidOption(
            f'isolation "off" runs the script in the caller\'s own process, not in {path}',
            remedy=f"use --isolation process, or {_OWN}",
        )
    if options.debug:
        raise InvalidOption(f"--debug does not reach a script in {path}", remedy=f"leave out --debug, or {_OWN}")
    if options.emulator:
        raise InvalidOption(f"--emulator does not reach a script in {path}", remedy=f"leave it out, or {_OWN}")
    if level == "strict" and rules.listed:
        raise InvalidOption(
            f'at isolation "strict" a script in {path} has no network',
            remedy=f"leave out what it may reach (--allow-host, --allow-accounts, [script] allow), or {_OWN}",
        )
    return path
