"""What this interpreter is: its version, that of its packages, and what it lacks for scripts."""

from __future__ import absolute_import

import platform
import sys

from .text import TEXT, as_text

__all__ = ["OLDEST", "find_lack", "list_versions"]

OLDEST = (0, 18)
"""The first version of pandas whose frames can cross."""

_FOLDERS = ("site-packages", "dist-packages", "pyshared")


def find_lack():
    """Import numpy and pandas; return what is missing, in a sentence, empty if nothing is."""
    for name in ("numpy", "pandas"):
        try:
            module = __import__(name)
        except Exception as error:
            reason = (str(error).splitlines() or [""])[-1]
            return "it has no %s that can be imported: %s: %s" % (name, type(error).__name__, reason[:300])
    version = str(module.__version__)
    try:
        found = tuple(int(part) for part in version.split(".")[:2])
    except ValueError:
        return ""
    return "" if found >= OLDEST else "its pandas is %s, and 0.18 is the first that can be used" % version


def list_versions():
    """Return the versions of this interpreter and of the packages that are imported."""
    versions = {"python": platform.python_version(), "implementation": platform.python_implementation()}
    for name, module in sorted(sys.modules.items()):
        place = getattr(module, "__dict__", {}).get("__file__")
        if "." in name or name.startswith("_") or not isinstance(place, str):
            continue
        version = module.__dict__.get("__version__")
        if isinstance(version, (bytes, TEXT)) and any(folder in place for folder in _FOLDERS):
            versions[name] = as_text(version)
    return dict((name, version[:80]) for name, version in versions.items())
