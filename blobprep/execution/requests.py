"""What one run is asked to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from blobprep.inputs.sources import Bundle, Dataset, Script
from blobprep.sandbox.endpoints import Endpoint, Rules
from blobprep.sandbox.levels import DEFAULT_LEVEL, Level, Limits, Namespace
from blobprep.stores.located import Located

__all__ = ["DEFAULT_FORMAT", "Request", "new_run_id"]

DEFAULT_FORMAT: Final = "parquet"


@dataclass(frozen=True, slots=True)
class Request:
    """Describe a run completely: every name resolved to a store, every option checked for form.

    Attributes:
        run_id: see `new_run_id`.
        script: the user's code.
        dataset1, dataset2, bundle: what is connected to the input ports, None where nothing is.
        output: the prefix results go below.
        figures: the prefix figures go below; None for `figures/` below `output`.
        parameters: the global `blobprep_parameters` of the script.
        format: of results, a name of `blobprep.formats.FORMATS`.
        write: options of writing it, as given (`--write`).
        second_output: write a second returned frame as `results2`.
        artifacts: columns of the results, or files left in `outputs/`, to be published as blobs of their own.
        overwrite: replace a finished run.
        create_container: create the output's container where it is missing.
        lossless: fail where a translation would lose something.
        duplicate_suffix: the number the first duplicate label gets, 1 or 2.
        isolation: the level asked for.
        namespace: whether `strict` takes one.
        limits: of what the script may use.
        rules: what the script may reach.
        emulator: what stands in for the script's accounts over http, None for nothing.
        debug: run the script under the debugger, without the time limit.
        debugger: `pdb`, on this terminal, or `debugpy:PORT`.
        asked: every option as asked, for the manifest; holds no secret.
    """

    run_id: str
    script: Script
    output: Located
    dataset1: Dataset | None = None
    dataset2: Dataset | None = None
    bundle: Bundle | None = None
    figures: Located | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    format: str = DEFAULT_FORMAT
    write: Mapping[str, str] = field(default_factory=dict)
    second_output: bool = False
    artifacts: tuple[str, ...] = ()
    overwrite: bool = False
    create_container: bool = False
    lossless: bool = False
    duplicate_suffix: int = 1
    isolation: Level = DEFAULT_LEVEL
    namespace: Namespace = "auto"
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)
    emulator: Endpoint | None = None
    debug: bool = False
    debugger: str = "pdb"
    asked: Mapping[str, Any] = field(default_factory=dict)


def new_run_id(now: datetime) -> str:
    """Return a name for a run that sorts by time: `20240530T180700Z-1f2e3d4c`."""
    return f"{now:%Y%m%dT%H%M%SZ}-{os.urandom(4).hex()}"
