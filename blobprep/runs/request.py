"""The request of one run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from blobprep.formats import content_type_of, extension_of, format_named, write_options
from blobprep.inputs.sources import Bundle, Dataset, ReadBundle, Script
from blobprep.limits import Limits
from blobprep.manifest import BatchRecord
from blobprep.outputs.plan import OutputPlan
from blobprep.outputs.ports import PORTS
from blobprep.runs.options import RunOptions
from blobprep.runs.report_bounds import ReportBounds
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level, Namespace
from blobprep.sandbox.network.rules import Rules
from blobprep.stores.location import BlobLocation

__all__ = ["Request", "new_run_id"]


@dataclass(frozen=True, slots=True)
class Request:
    """The complete description of a run: every name resolved to a store, every option checked for form.

    Attributes:
        run_id: see `new_run_id`.
        script: the user's code.
        output: the prefix for the results.
        options: the options that were given, with names spelled out.
        dataset1, dataset2, bundle: the inputs connected to the ports; None for an empty port.
        figures: the prefix for the figures; None for their folder below `output`.
        isolation: the level of isolation, from option or setting.
        namespace: whether `strict` uses a bubblewrap namespace.
        limits: the limits of the script.
        rules: the endpoints the script may reach.
        interpreter: the path of another interpreter that the script runs in; empty for blobprep's own.
        debugger: `pdb`, on this terminal, or `debugpy:PORT`.
        report_bounds: those of the report; whether there is one is an option.
        settings: the account, protocol and file of settings that were given as arguments; no secret.
        batch: the batch that the run belongs to.
        unshared: whether its child must be one that is asked nothing else.
        untouched: nothing was below `output` when somebody looked a while ago.
    """

    run_id: str
    script: Script
    output: BlobLocation
    options: RunOptions
    dataset1: Dataset | None = None
    dataset2: Dataset | None = None
    bundle: Bundle | ReadBundle | None = None
    figures: BlobLocation | None = None
    isolation: Level = DEFAULT_LEVEL
    namespace: Namespace = "auto"
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)
    interpreter: str = ""
    debugger: str = "pdb"
    report_bounds: ReportBounds = field(default_factory=ReportBounds)
    settings: Mapping[str, str | None] = field(default_factory=dict)
    batch: BatchRecord | None = None
    unshared: bool = False
    untouched: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        """Return the options and settings as they were given, for the manifest; `RunOptions.from_json` reads it."""
        return {**self.options.to_json(), **self.settings}

    def output_plan(self) -> OutputPlan:
        """Return what this run may write, and where.

        Raises:
            InvalidOption: an option of writing the results is wrong.
        """
        options, row = self.options, format_named(self.options.format)
        written = write_options(row, options.write)
        return OutputPlan(
            self.output,
            tuple(port for port in PORTS.values() if not port.option or getattr(options, port.option)),
            extension_of(row, written),
            content_type_of(row, written),
            {} if self.figures is None else {"figure": self.figures},
            options.overwrite,
            options.create_container,
            self.untouched,
        )


def new_run_id(now: datetime) -> str:
    """Return a new run id, which sorts by time: `20240530T180700Z-1f2e3d4c`."""
    return f"{now:%Y%m%dT%H%M%SZ}-{os.urandom(4).hex()}"
