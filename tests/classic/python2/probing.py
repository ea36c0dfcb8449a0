"""Probes of Python 2: small scripts that print, with what the real Python 2.7 printed.

`probes/*.txt` hold them, each under a line `### name`; `recorded.json` holds the outcomes. To record them again, with
an interpreter of Python 2.7 that has pandas 0.18:

    python -m tests.classic.python2.probing PYTHON27
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

from blobprep.classic.python2.loader import compile_source

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
_HEADING = re.compile(r"^### (?P<name>[\w-]+)\n", re.MULTILINE)


def probes() -> dict[str, str]:
    """Return every probe, by the name of its file and its own."""
    found = {}
    for path in sorted((HERE / "probes").glob("*.txt")):
        _, *parts = _HEADING.split(path.read_text())
        for name, code in zip(parts[::2], parts[1::2], strict=True):
            key = f"{path.stem}/{name}"
            assert key not in found, key
            found[key] = code
    return found


def play(code: str) -> str:
    """Run a probe here, and return what it printed, or the exception that ended it."""
    output = io.StringIO()
    loaded = compile_source(f"{code}exec 'pass'\n".encode(), "probe.py")
    names = {"__name__": "__main__"}
    loaded.prepare(names)
    with contextlib.redirect_stdout(output), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(loaded.code, names)
        except Exception as error:
            print(f"raised {type(error).__name__}")
    return output.getvalue()


def record(python: str) -> dict[str, str]:
    """Run every probe in a real Python 2.7."""
    player = HERE / "player.py"
    done = subprocess.run([python, player], input=json.dumps(probes()), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


if __name__ == "__main__":
    outcomes = record(sys.argv[1])
    RECORDED.write_text(json.dumps(outcomes, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    print(f"{len(outcomes)} outcomes")
