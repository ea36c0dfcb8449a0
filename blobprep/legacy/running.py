"""Run a script as `python` does, with the overlay on its path.

The interpreter is started again in place of this process, so that the script is `__main__` in every way: its
tracebacks, its exit, what it starts itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final, NoReturn

from blobprep.legacy import overlay_folder

__all__ = ["UnusablePath", "main", "script_path"]

USAGE: Final = """\
usage: python -m blobprep.legacy SCRIPT [ARGUMENT ...]
       python -m blobprep.legacy -m MODULE [ARGUMENT ...]

Runs a script that was written for azure-storage-blob 2.1 or older: BlockBlobService and the other old classes are
there, and so is the SDK that is installed.
"""
_USAGE_ERROR = 2
_JOINS_OTHERS = ("extend_path", "declare_namespace")


class UnusablePath(Exception):
    """A path on which the script could not import the old names; the message gives the reason."""


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments, as after `python`, name; return an exit code only if that is not possible."""
    if not arguments or arguments[0] in ("-h", "--help"):
        (sys.stdout if arguments else sys.stderr).write(USAGE)
        return 0 if arguments else _USAGE_ERROR
    try:
        if sys.flags.ignore_environment:
            raise UnusablePath("PYTHONPATH must count: leave out -E and -I.")
        folders = script_path(arguments[0], sys.path[0 if sys.flags.safe_path else 1 :])
    except UnusablePath as error:
        sys.stderr.write(f"blobprep.legacy: {error}\n")
        return _USAGE_ERROR
    return _become(arguments, folders)


def script_path(script: str, rest: Sequence[str]) -> list[str]:
    """Return the folders for PYTHONPATH of a script.

    Args:
        script: its file, or an option of `python` such as `-m`.
        rest: the path after the script's own folder.

    Raises:
        UnusablePath: the old names would not be found there.
    """
    own = str(Path.cwd() if script.startswith("-") else Path(script).resolve().parent)
    folders = [str(overlay_folder())]
    if PathFinder.find_spec("blobprep", [own, *rest]) is None:  # it was found in the working folder alone
        folders.append(str(overlay_folder().parents[2]))
    _expect_namespace([own, *folders, *rest])
    return folders


def _expect_namespace(path: Sequence[str]) -> None:
    """Refuse a path on which one `azure` hides all others: a module, or a package of the old kind."""
    found = PathFinder.find_spec("azure", path)
    if found is None or found.origin is None:
        return
    source = Path(found.origin)
    brings_its_own = (source.parent / "storage" / "blob").is_dir()  # an unpacked old SDK: the script has what it wants
    if found.submodule_search_locations and (brings_its_own or _joins_others(source)):
        return
    raise UnusablePath(
        f"{source} hides every other part of `azure`, so that neither the old nor the current SDK can be imported. "
        "Rename it if it is yours; else uninstall the package that brought it (most often an old azure-nspkg)."
    )


def _joins_others(source: Path) -> bool:
    text = source.read_text(encoding="utf-8", errors="replace") if source.suffix == ".py" else ""
    return any(word in text for word in _JOINS_OTHERS)


def _become(arguments: Sequence[str], folders: Sequence[str]) -> NoReturn:
    given = os.environ.get("PYTHONPATH")  # noqa: TID251 - the interpreter's own, and so the script's
    os.environ["PYTHONPATH"] = os.pathsep.join([*folders, *filter(None, [given])])  # noqa: TID251
    os.execv(sys.executable, [sys.executable, *_options(), *arguments])


def _options() -> list[str]:
    """Return the options of this interpreter before `-m`."""
    before = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    return before[: before.index("-m")] if "-m" in before else []
