"""The old storage SDK, so that classic scripts run unchanged.

`azure-storage-blob` up to 2.1 had `BlockBlobService` and other classes that the current SDK no longer has. This package
has them: a client that makes the old SDK's requests itself and sends them over the script's `requests` session. It
sends nothing through the current SDK, whose classes remain available under the same import name.

`overlay_folder()` is a folder that gives both once it is on `sys.path`, before the current SDK. `python -m
blobprep.legacy script.py` runs a script that way. Nothing here imports another part of blobprep, nor the reverse.

    accounts      accounts, and how a constructor's arguments name one
    arguments     the meaning of each argument, and its place in a request
    beside        the current SDK beside the old names
    early         `BlobService` of 0.20
    encryption    client-side encryption
    methods       methods with the old SDK's parameters
    models        the classes that services take and return
    names         the modules and names of the old SDK
    operations    operations of the service, as requests
    overlay       the folder to put on `sys.path`
    retry         retry policies
    running       `python -m blobprep.legacy`
    services      the service classes of 2.1
    sharedaccess  shared access signatures
    transfers     content in pieces
    wire          requests and answers: written, signed, sent, read
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["overlay_folder"]


def overlay_folder() -> Path:
    """Return the folder to put on `sys.path`, or in PYTHONPATH, before the current SDK."""
    return Path(__file__).with_name("overlay")
