"""Matplotlib's font list, built once per machine and copied into each run.

Every run has its own home, so matplotlib would examine every font of the system each time, which takes as long as all
other imports together. A list that a script leaves behind is never reused, since every later run would trust it: a
separate process without a script builds it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from blobprep.distributions import installed_version

__all__ = ["build_font_cache", "font_cache", "has_font_cache", "lendable_fonts"]

_SECONDS: Final = 60.0


def font_cache() -> Path | None:
    """Return the folder for the list of the installed matplotlib; None without one, or without a home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    version = installed_version("matplotlib")
    return home / ".cache" / "blobprep" / f"matplotlib-{version}" if version else None


def has_font_cache(folder: Path) -> bool:
    """Return whether the list has been built; False in a home that may not be entered."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def lendable_fonts() -> str:
    """Return the folder of the list; empty where it has not been built."""
    fonts = font_cache()
    return str(fonts) if fonts is not None and has_font_cache(fonts) else ""


@contextlib.contextmanager
def build_font_cache(folder: Path | None) -> Iterator[None]:
    """Build the list while the block runs, unless it is there; failing to is not an error.

    Args:
        folder: where to keep it, see `font_cache`; None to do nothing.
    """
    if folder is None or has_font_cache(folder):
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
                os.rename(made, folder)  # if two processes built it at once, the first one stays
        if maker.returncode is None:
            maker.kill()
            maker.wait()
        shutil.rmtree(made, ignore_errors=True)
