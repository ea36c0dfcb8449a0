"""Requests for tests, asked for as a caller of `blobprep.run` would."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blobprep.execution.arguments import read_arguments
from blobprep.execution.requests import Request
from blobprep.workspace import Workspace, preparing

__all__ = ["prepare"]


def prepare(workspace: Workspace, script: Any, *datasets: Any, now: datetime, **options: Any) -> Request:
    """Return the request that `blobprep.run` would execute."""
    connected = dict(zip(("dataset1", "dataset2"), datasets, strict=False))
    asked, given = read_arguments({"script": script, **connected, **options})
    return preparing.prepare(workspace, asked, given, now=now)
