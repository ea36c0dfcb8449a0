"""The current SDK's `azure.storage.blob` behind the old names of the same package.

Both are one package to a script. The overlay's comes first and has the old names; the current SDK's modules are found
behind it, and its names when they are first asked for, so that a script that uses only the old ones need not wait for
the rest to be imported.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Collection
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, Final

__all__ = ["PACKAGE", "current", "join", "names"]

PACKAGE: Final = "azure.storage.blob"
_MARK = "_blob_service_client.py"  # the current SDK has it, no older one does


def join(package: Any) -> None:
    """Let the overlay's package find the modules and names of the current SDK behind its own."""
    package.__path__ = [*package.__path__, *map(str, filter(None, [_folder()]))]
    package.__getattr__, package.__dir__ = current, lambda: names(vars(package))


def current(name: str) -> object:
    """Return the current SDK's value of a name.

    Raises:
        AttributeError: it does not have the name.
    """
    if name == "__all__":
        return _starred(inspect.stack(0)[1].frame.f_globals)
    # Importing the package asks for such names; answering must not import the rest of it.
    if name.startswith("__") or name not in _names():
        raise AttributeError(f"module {PACKAGE!r} has no attribute {name!r}")
    return _names()[name]


def names(own: Collection[str]) -> list[str]:
    """List the public names of both."""
    return sorted({name for name in own if not name.startswith("_")} | {*_names().get("__all__", ())})


def _starred(script: dict[str, Any]) -> list[str]:
    """List what `import *` gives a script: not the current SDK's `Services` in place of the old one that it has."""
    common = vars(sys.modules["azure.storage.common"])
    own = vars(sys.modules[PACKAGE])
    return [name for name in names(own) if name in own or name not in common or script.get(name) is not common[name]]


@cache
def _folder() -> Path | None:
    parent: Any = sys.modules["azure.storage"]
    folders = (Path(folder, "blob") for folder in parent.__path__)
    return next((folder for folder in folders if (folder / _MARK).is_file()), None)


@cache
def _names() -> dict[str, Any]:
    """Run the current SDK's own `__init__` as this package, in a namespace of its own."""
    folder = _folder()
    if folder is None:
        return {}
    package = sys.modules[PACKAGE]
    loader = SourceFileLoader(PACKAGE, str(folder / "__init__.py"))
    code = loader.get_code(PACKAGE)
    assert code is not None
    made = {"__name__": PACKAGE, "__package__": PACKAGE, "__path__": package.__path__, "__spec__": package.__spec__}
    exec(code, made)  # noqa: S102 - what importing it would run
    return made
