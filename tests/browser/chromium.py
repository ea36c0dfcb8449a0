"""Where Chromium is and how it is started: `python -m tests.browser.chromium` installs it where it is missing.

A test marked `browser` needs Chromium and axe-core. Without one of them it is skipped, and says so; in CI it fails, or
the pages would go unseen there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

__all__ = ["AXE", "FLAGS", "find_chromium", "unseen"]

AXE: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

FLAGS: Final = (
    "--no-sandbox",  # which root has to do without; the pages are the tests' own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """Return the path of Chromium, or of Chrome, on the PATH; empty where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), "")


def unseen(chromium: str, axe: bool, environment: Mapping[str, str]) -> tuple[Literal["run", "skip", "fail"], str]:
    """Decide what becomes of a test that needs a browser, and say why.

    Args:
        chromium: its path; empty where there is none.
        axe: whether axe-core is there.
        environment: of the tests.
    """
    missing = [name for name, there in (("Chromium", chromium), ("axe-core", axe)) if not there]
    if not missing:
        return "run", ""
    in_ci = environment.get("CI", "").lower() in {"true", "1"}
    return "fail" if in_ci else "skip", f"no page was looked at without {' and '.join(missing)}: `make test-browser`"


def main() -> int:
    """Install Chromium where it is missing and this user may; return 0 where it is there."""
    if find_chromium():
        return 0
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if apt is None or (sudo and (shutil.which("sudo") is None or _run(*sudo, "true").returncode)):
        print(f"Chromium is needed; install one of {', '.join(_NAMES)} onto the PATH", file=sys.stderr)
        return 1
    print("Installing Chromium (about a minute, once)", flush=True)
    quiet = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = _run(*quiet, *command)
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            return done.returncode
    return 0 if find_chromium() else 1


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    sys.exit(main())
