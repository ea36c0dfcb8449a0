"""Run a script as a careless program would: in an ordinary child, with all that is inherited. The positive control.

Each attack gets a process of its own, so that one that succeeds in ending it spoils no other.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "scripts"


def attack_plainly(group: str, aims: dict[str, Any], inherited: Iterable[int]) -> dict[str, bytes]:
    """Return what came out of the child for each attack."""
    with TemporaryDirectory(prefix="plain-") as folder:
        bundle = os.memfd_create("blobprep-bundle")  # a caller's input as it should not be handed over
        os.ftruncate(bundle, 100)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "tests.attacks.plain", group],
                input=json.dumps(aims).encode(),
                stdout=subprocess.PIPE,
                cwd=folder,
                pass_fds=[*inherited, bundle],
                env={**os.environ, "PYTHONPATH": f"{ROOT}:{SCRIPTS}"},
                start_new_session=True,
                timeout=100,
                check=True,
            )
        finally:
            os.close(bundle)
    out: dict[str, bytes] = {}
    for line in done.stdout.splitlines():
        if line.startswith(b"attack "):
            out[json.loads(line.removeprefix(b"attack "))[0]] = line
    return out


def main(group: str) -> None:
    from attacking import SHOWN, attempt  # type: ignore[import-not-found]  # it is on the path of this process

    aims = json.load(sys.stdin)
    functions: dict[str, Any] = {"blobprep_parameters": {}, "__name__": "script"}
    exec((SCRIPTS / f"{group}.py").read_text(), functions)
    home = os.getcwd()
    for name, aim in aims.items():
        pid = os.fork()
        if not pid:
            os.mkdir(f"{home}/{name}")
            os.chdir(f"{home}/{name}")
            os.write(1, f"attack {json.dumps([name, attempt(functions[name], aim)[:SHOWN]])}\n".encode())
            os._exit(0)
        os.waitpid(pid, 0)
        signal.alarm(0)


if __name__ == "__main__":
    main(sys.argv[1])
