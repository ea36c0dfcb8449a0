"""Requests for tests, asked for as a caller of `blobprep.run` would."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blobprep.runs import prepare as preparation
from blobprep.runs.arguments import read_arguments
from blobprep.runs.request import Request
from blobprep.settings import Workspace

__all__ = ["prepare"]


def prepare(workspace: Workspace, script: Any, *datasets: Any, now: datetime, **options: Any) -> Request:
    """Return the request that `blobprep.run` would execute."""
    connected = dict(zip(("dataset1", "dataset2"), datasets, strict=False))
    asked, given = read_arguments({"script": script, **connected, **options})
    return preparation.prepare(workspace, asked, given, now=now)
