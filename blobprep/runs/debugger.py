"""The debugger of a run, from the options and the settings."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from blobprep.errors import InvalidOption
from blobprep.settings.workspace import Workspace

__all__ = ["choose_debugger"]

_PDB: Final = "pdb"
_PORT: Final = 5678


def choose_debugger(workspace: Workspace, asked: str | None, debug: bool) -> str:
    """Return the debugger that `--debugger` or the setting `script.debugger` names.

    Args:
        workspace: the settings in force.
        asked: the value of `--debugger`; None if it is left out.
        debug: whether the run is under a debugger at all.

    Returns:
        `pdb`, or `debugpy:PORT`.

    Raises:
        InvalidOption: there is no such debugger, it is not installed, or `--debug` is missing.
    """
    if not debug:
        if asked:
            raise InvalidOption(f"--debugger {asked} needs --debug", remedy="add --debug")
        return _PDB
    given = asked or str(workspace.setting("script.debugger") or _PDB)
    if given == _PDB:
        return _PDB
    name, colon, text = given.partition(":")
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else (-1 if colon else _PORT)
    if name != "debugpy" or not 0 <= port < 1 << 16:
        raise InvalidOption(
            f"{given!r} is not a debugger",
            remedy=f"use pdb, debugpy or debugpy:PORT (port {_PORT} if left out, 65535 at most)",
        )
    if find_spec("debugpy") is None:
        raise InvalidOption("debugpy is not installed", remedy='install it: pip install "blobprep[debug]"')
    return f"debugpy:{port}"
