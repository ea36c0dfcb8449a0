"""Run a script as `python` does, with what libraries no longer have restored."""

from __future__ import annotations

import linecache
import os
import runpy
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from blobprep.classic import install, report
from blobprep.classic.python2.loader import Loaded, compile_as_is, compile_source, summarize, translating_bundle

__all__ = ["main"]

USAGE: Final = """\
usage: python -m blobprep.classic SCRIPT [ARGUMENT ...]

Runs a script that was written for pandas, numpy, scikit-learn or matplotlib of then: names, modules and calls that
these no longer have are there. Python 2, in the script or in modules of its folder, is translated as it is loaded.
What was translated and used is told on standard error.
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
        _run(script, sys.path[0])
    finally:
        for use in report():
            sys.stderr.write(f"blobprep.classic: {use.told}\n")
    return 0


def _run(script: str, folder: str) -> None:
    """Run a script as `__main__`; it and the modules in its folder may be Python 2.

    Raises:
        BaseException: any exception of the script, including `SystemExit` and `SyntaxError`.
    """
    is_old = False

    def compiled(source: bytes, name: str) -> Loaded:
        nonlocal is_old
        if "site-packages" in Path(name).parts:  # an environment below the script's folder
            return compile_as_is(source, name)
        own = os.path.dirname(os.path.realpath(name)) == folder
        loaded = compile_source(source, name, folder=folder, beside=is_old and own)
        is_old = is_old or loaded.is_translated
        for line in summarize(os.path.relpath(name), loaded):
            sys.stderr.write(f"blobprep.classic: {line}\n")
        return loaded

    with translating_bundle(folder, compiled):
        loaded = compiled(Path(script).read_bytes(), script)
        if not loaded.reasons:
            runpy.run_path(script, run_name="__main__")
            return
        linecache.cache[script] = (sum(map(len, loaded.lines)), None, list(loaded.lines), script)
        module = types.ModuleType("__main__")
        module.__file__ = script
        loaded.prepare(module.__dict__)
        sys.modules["__main__"] = module
        exec(loaded.code, module.__dict__)  # noqa: S102  running the user's script is what this is for
