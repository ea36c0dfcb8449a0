"""Classic scripts on the libraries of today: names, modules and calls that these no longer have, for those who reach.

    import blobprep.classic
    blobprep.classic.install()

What a library still has is never touched, and neither is a script that works as it is. What is restored, and how, is
one row of a registry each; `report()` returns the rows that were used. `python -m blobprep.classic script.py` runs a
script so.
`runtime` imports no other part of blobprep.

__main__  `python -m blobprep.classic`
evidence  whether a script is surely of then
modes     when names are restored: auto, on, off
needs     what a compiled script reaches for, told without importing a library
python2   Python 2: source that is translated as it is loaded
running   a script run as `python` does
runtime   the registry, what its rows stand for, and how they are put to work
session   the classic names of one script, from its start to its end
waiting   functions that wait until a name is missing, or a call is refused
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blobprep.classic.runtime.usage import Use

__all__ = ["install", "report", "uninstall"]


def install(*, silent_changes: bool = False) -> None:
    """Restore, in this process, what pandas, numpy, scipy, scikit-learn and matplotlib no longer have.

    Libraries that are imported later are included. Calling it again changes nothing.

    Args:
        silent_changes: whether to restore also what changed without an error: `frame["a"][0] = 1` sets the frame's
            cell, and columns of texts are of objects. For scripts of then alone: one of today may rely on what these
            do now.
    """
    from blobprep.classic.runtime.install import RUNTIME

    RUNTIME.install(silent_changes=silent_changes)


def uninstall() -> None:
    """Take back what `install` did."""
    from blobprep.classic.runtime.install import RUNTIME

    RUNTIME.uninstall()


def report() -> list[Use]:
    """Return the restored names that were used since the last report, in the order of their first use."""
    from blobprep.classic.runtime.usage import USAGE

    return USAGE.taken()
