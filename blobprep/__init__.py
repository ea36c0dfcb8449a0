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
    from blobprep.blobs.copying import cp as cp
    from blobprep.blobs.heading import head as head
    from blobprep.blobs.listing import ls as ls
    from blobprep.blobs.reading import cat as cat
    from blobprep.checking.checks import check as check
    from blobprep.demonstration import demo as demo
    from blobprep.diagnosis.examination import doctor as doctor
    from blobprep.execution.runs import Run as Run
    from blobprep.reference import Reference as Reference
    from blobprep.workspace import Workspace as Workspace
    from blobprep.workspace.preparing import run as run

__all__ = [
    "Account",
    "Credential",
    "Reference",
    "Run",
    "Workspace",
    "cat",
    "check",
    "cp",
    "demo",
    "doctor",
    "errors",
    "head",
    "ls",
    "run",
]

_HOMES = {
    "Account": "account",
    "Credential": "account",
    "Reference": "reference",
    "Run": "execution.runs",
    "Workspace": "workspace",
    "cat": "blobs.reading",
    "check": "checking.checks",
    "cp": "blobs.copying",
    "demo": "demonstration",
    "doctor": "diagnosis.examination",
    "head": "blobs.heading",
    "ls": "blobs.listing",
    "run": "workspace.preparing",
}


def __getattr__(name: str) -> Any:
    if name == "errors":
        return importlib.import_module("blobprep.errors")
    if name not in _HOMES:
        raise AttributeError(f"module 'blobprep' has no attribute {name!r}")
    return getattr(importlib.import_module(f"blobprep.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
