"""Run `azureml_main` on tables in Azure Blob Storage, and put what comes out back there.

>>> import blobprep
>>> run = blobprep.run("prep.py", "az://raw/iris.csv", output="az://prepared/iris/")  # doctest: +SKIP

Everything the command line does is one function of the same name here. Importing this package loads no other: each
name is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blobprep.account import Account as Account
    from blobprep.account import Credential as Credential
    from blobprep.batches.batch import batch as batch
    from blobprep.batches.coordination.stop import Stop as Stop
    from blobprep.batches.copies.jobs import cp as cp
    from blobprep.batches.copies.jobs import sync as sync
    from blobprep.batches.result import Batch as Batch
    from blobprep.batches.watch.watch import watch as watch
    from blobprep.checks.check import check as check
    from blobprep.demonstration import demo as demo
    from blobprep.diagnostics.examination import doctor as doctor
    from blobprep.display import show as show
    from blobprep.progress import Progress as Progress
    from blobprep.reference import Reference as Reference
    from blobprep.runs.page import Page as Page
    from blobprep.runs.pool import Pool as Pool
    from blobprep.runs.prepare import run as run
    from blobprep.runs.preview import head as head
    from blobprep.runs.result import Run as Run
    from blobprep.service.startup import serve as serve
    from blobprep.settings import Workspace as Workspace
    from blobprep.transfer.cat import cat as cat
    from blobprep.transfer.listing import ls as ls

__all__ = [
    "Account",
    "Batch",
    "Credential",
    "Page",
    "Pool",
    "Progress",
    "Reference",
    "Run",
    "Stop",
    "Workspace",
    "batch",
    "cat",
    "check",
    "cp",
    "demo",
    "doctor",
    "errors",
    "head",
    "ls",
    "run",
    "serve",
    "show",
    "sync",
    "watch",
]

_HOMES = {
    "Account": "account",
    "Batch": "batches.result",
    "Credential": "account",
    "Page": "runs.page",
    "Pool": "runs.pool",
    "Progress": "progress",
    "Reference": "reference",
    "Run": "runs.result",
    "Stop": "batches.coordination.stop",
    "Workspace": "settings",
    "batch": "batches.batch",
    "cat": "transfer.cat",
    "check": "checks.check",
    "cp": "batches.copies.jobs",
    "demo": "demonstration",
    "doctor": "diagnostics.examination",
    "head": "runs.preview",
    "ls": "transfer.listing",
    "run": "runs.prepare",
    "show": "display",
    "sync": "batches.copies.jobs",
    "serve": "service.startup",
    "watch": "batches.watch.watch",
}


def __getattr__(name: str) -> Any:
    if name == "errors":
        return importlib.import_module("blobprep.errors")
    if name not in _HOMES:
        raise AttributeError(f"module 'blobprep' has no attribute {name!r}")
    return getattr(importlib.import_module(f"blobprep.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
