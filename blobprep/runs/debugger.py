"""Which debugger a run is asked to take."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from blobprep.errors import InvalidOption
from blobprep.settings.workspace import Workspace

__all__ = ["chosen_debugger"]

_PDB: Final = "pdb"
_PORT: Final = 5678


def chosen_debugger(workspace: Workspace, asked: str | None, debug: bool) -> str:
    """Take the debugger asked for, else that of `[script]`.

    Args:
        workspace: the settings in force.
        asked: as `--debugger` has it; None where it is left out.
        debug: whether the run is under a debugger at all.

    Returns:
        `pdb`, or `debugpy:PORT`.

    Raises:
        InvalidOption: it is none, or not installed, or nothing is to be debugged.
    """
    if not debug:
        if asked:
            raise InvalidOption(f"--debugger {asked} is for a run under --debug", remedy="add --debug")
        return _PDB
    given = asked or str(workspace.script_setting("debugger") or _PDB)
    if given == _PDB:
        return _PDB
    name, colon, text = given.partition(":")
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else (-1 if colon else _PORT)
    if name != "debugpy" or not 0 <= port < 1 << 16:
        raise InvalidOption(
            f"{given!r} is no debugger", remedy=f"debuggers are pdb, debugpy and debugpy:PORT, which is {_PORT} without"
        )
    if find_spec("debugpy") is None:
        raise InvalidOption("debugpy is not installed", remedy='pip install "blobprep[debug]"')
    return f"debugpy:{port}"
