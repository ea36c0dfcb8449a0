"""Matplotlib's list of fonts, made once for a machine and lent to each run.

A run has a home of its own, so matplotlib would look at every font of the system in each one, which takes as long as
all other imports together. The list a script leaves is not taken over, for every later run would trust it: a process of
its own, without a script, makes it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

__all__ = ["font_cache", "is_made", "made_font_cache"]

_SECONDS = 60.0


def font_cache() -> Path | None:
    """Return the folder that holds the list for the installed matplotlib, or will; None for a user without a home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".cache" / "blobprep" / f"matplotlib-{metadata.version('matplotlib')}"


def is_made(folder: Path) -> bool:
    """Tell whether the list is there; it is not in a home that may not be entered."""
    try:
        return folder.is_dir()
    except OSError:
        return False


@contextlib.contextmanager
def made_font_cache(folder: Path | None) -> Iterator[None]:
    """Make the list while the block runs, unless it is there; failing to is no failure.

    Args:
        folder: `font_cache()`.
    """
    if folder is None or is_made(folder):
        yield
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(prefix="making-", dir=folder.parent)
    except OSError:  # a home that cannot be written to
        yield
        return
    maker = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", "import matplotlib.font_manager"],
        env={"PATH": os.defpath, "HOME": made, "MPLCONFIGDIR": made},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if maker.wait(_SECONDS) == 0 and list(Path(made).glob("fontlist-*.json")):
                os.rename(made, folder)  # of two that made it at once the first stays
        if maker.returncode is None:
            maker.kill()
            maker.wait()
        shutil.rmtree(made, ignore_errors=True)
