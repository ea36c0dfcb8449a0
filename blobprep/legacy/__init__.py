"""The old SDK's names over the current one: classic scripts run as they are.

`azure-storage-blob` up to 2.1 had `BlockBlobService` and its kin; the current SDK has other classes under the same
import name. `overlay_folder()` is a folder that, put on `sys.path` before the current SDK, gives both. `python -m
blobprep.legacy script.py` runs a script that way. Nothing else of blobprep is needed here, or needs this.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["overlay_folder"]


def overlay_folder() -> Path:
    """Find the folder to put on `sys.path`, or in PYTHONPATH, before the current SDK."""
    return Path(__file__).with_name("overlay")
