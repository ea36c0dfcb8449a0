"""Run a script as `python` does, with what libraries no longer have restored."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from blobprep.classic import install, report

__all__ = ["main"]

USAGE: Final = """\
usage: python -m blobprep.classic SCRIPT [ARGUMENT ...]

Runs a script that was written for pandas, numpy, scikit-learn or matplotlib of then: names, modules and calls that
these no longer have are there. What was used of them is told at the end, on standard error.
"""
_USAGE_ERROR: Final = 2


def main(arguments: Sequence[str]) -> int:
    """Run the script that the arguments name; return an exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        (sys.stdout if arguments else sys.stderr).write(USAGE)
        return 0 if arguments else _USAGE_ERROR
    script = arguments[0]
    if not Path(script).is_file():
        sys.stderr.write(f"blobprep.classic: there is no script {script}\n")
        return _USAGE_ERROR
    sys.argv[:] = arguments
    sys.path[0] = str(Path(script).resolve().parent)
    install(silent_changes=True)
    try:
        runpy.run_path(script, run_name="__main__")
    finally:
        for use in report():
            sys.stderr.write(f"blobprep.classic: {use.told}\n")
    return 0
