"""The old storage SDK, so that classic scripts run as they are.

`azure-storage-blob` up to 2.1 had `BlockBlobService` and other classes that the current SDK no longer has. Here they
are again: a client that makes the old SDK's requests itself and sends them over the script's `requests` session.
Nothing is sent through the current SDK, whose classes stand beside these under the same import name.

`overlay_folder()` is a folder that gives both once it is on `sys.path`, before the current SDK. `python -m
blobprep.legacy script.py` runs a script that way. Nothing else of blobprep is needed here, or needs this.

    names       which module had which names, and what stands for each
    beside      the current SDK behind the old names
    running     `python -m blobprep.legacy`
    arguments   what each argument means, and where it goes in a request
    methods     methods with the old SDK's parameters
    operations  what a request is made of
    services    the service classes of 2.1
    early       `BlobService` of 0.20
    accounts, sharedaccess, encryption, retry
    models      what these take and return
    transfers   content in pieces
    wire        requests and answers: written, signed, sent, read
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["overlay_folder"]


def overlay_folder() -> Path:
    """Find the folder to put on `sys.path`, or in PYTHONPATH, before the current SDK."""
    return Path(__file__).with_name("overlay")
