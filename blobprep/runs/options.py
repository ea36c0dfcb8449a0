"""Every option of a run, declared once. Pure.

A field of `RunOptions` is an option. The parameters of `blobprep run`, the keyword arguments of `blobprep.run`, the
`request` of a manifest, what the child is asked and the table in the documentation are derived from it. An option that
overrides a setting takes its flag and its help from that setting. `RunKeywords` repeats the names for type checkers,
which cannot derive them; a test compares it with the declaration.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from blobprep.classic.modes import MODES
from blobprep.errors import InvalidOption
from blobprep.limits import LIMITS
from blobprep.outputs.ports import PORTS
from blobprep.reference import split_sas
from blobprep.runs.option_kinds import EMPTY, NO_LIMIT, Group, Kind, Option, json_value, read_value
from blobprep.sandbox.isolation import LEVELS
from blobprep.settings.table import ROWS

if TYPE_CHECKING:
    from blobprep.stores.location import BlobLocation

__all__ = ["DEFAULT_FORMAT", "DEFAULT_OUTPUT", "OPTIONS", "RunKeywords", "RunOptions"]

DEFAULT_FORMAT: Final = "parquet"
DEFAULT_OUTPUT: Final = "runs/{run_id}/"


def _option(
    flag: str,
    kind: Kind,
    group: Group,
    help: str,  # noqa: A002  # named as on the command line
    *,
    metavar: str = "",
    choices: tuple[Any, ...] = (),
    default: Any = None,
    setting: str = "",
    lone: bool = False,
    child: bool = False,
) -> Any:
    value_name = metavar or "|".join(map(str, choices))
    option = Option(flag, kind, group, help, value_name, choices, default, setting, lone, child)
    if kind in EMPTY:
        return field(default_factory=EMPTY[kind], metadata={"option": option})
    return field(default=default, metadata={"option": option})


def _override(
    setting: str, kind: Kind, group: Group, *, metavar: str = "", choices: tuple[Any, ...] = (), child: bool = False
) -> Any:
    """Declare an option that overrides a setting, which knows its flag and its help."""
    row = ROWS[setting]
    return _option(row.argument, kind, group, row.help, metavar=metavar, choices=choices, setting=setting, child=child)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of a run as they were given: only texts, numbers and switches, which JSON can hold.

    Frames, functions, open stores and SAS tokens are kept elsewhere: see `PassedObjects`.
    """

    script: str = _option("SCRIPT", "input", "Inputs", "path or reference of the script", default=MISSING)
    dataset1: str | None = _option(
        "DATASET1", "input", "Inputs", 'reference, dataset name or path for port Dataset1; "-" for none'
    )
    dataset2: str | None = _option(
        "DATASET2", "input", "Inputs", 'reference, dataset name or path for port Dataset2; "-" for none'
    )
    bundle: str | None = _option(
        "--bundle",
        "input",
        "Inputs",
        "module zip (reference, name or path) or local folder for port Script Bundle",
        metavar="REF|FOLDER",
    )
    parameters: Mapping[str, str] = _option(
        "--param",
        "pairs",
        "Script",
        "parameters for the script, in its global blobprep_parameters",
        metavar="NAME=VALUE",
        child=True,
    )
    output: str = _option(
        "--output",
        "prefix",
        "Outputs",
        "prefix for the results; {run_id} and {date} are filled in",
        metavar="PREFIX",
        default=DEFAULT_OUTPUT,
    )
    figures: str | None = _option(
        "--figures",
        "prefix",
        "Outputs",
        f"prefix for the figures, instead of OUTPUT/{PORTS['figure'].folder}",
        metavar="PREFIX",
    )
    format: str = _option(
        "--format", "text", "Outputs", "format of the results", metavar="FORMAT", default=DEFAULT_FORMAT
    )
    read1: Mapping[str, str] = _option(
        "--read1",
        "keys",
        "Inputs",
        "options for reading dataset1; format=… sets its format",
        metavar="KEY=VALUE,…",
    )
    read2: Mapping[str, str] = _option(
        "--read2",
        "keys",
        "Inputs",
        "options for reading dataset2; format=… sets its format",
        metavar="KEY=VALUE,…",
    )
    partition_columns: bool = _option(
        "--partition-columns",
        "switch",
        "Inputs",
        "add what the names of blobs say as columns: folders like year=2024, and named parts of a pattern like "
        "{region}/*.csv",
        default=False,
    )
    write: Mapping[str, str] = _option(
        "--write", "keys", "Outputs", "options for writing the results", metavar="KEY=VALUE,…"
    )
    overwrite: bool = _option("--overwrite", "switch", "Outputs", "replace a finished run", default=False)
    create_container: bool = _option(
        "--create-container", "switch", "Outputs", "create the output's container if it is missing", default=False
    )
    lossless: bool = _option(
        "--lossless", "switch", "Outputs", "fail if translating a table would lose data", default=False, child=True
    )
    second_output: bool = _option(
        "--second-output", "switch", "Outputs", "write the second returned frame as results2", default=False, child=True
    )
    artifacts: tuple[str, ...] = _option(
        "--artifact",
        "list",
        "Outputs",
        "results columns (their first cell), or files that the script writes to outputs/ (wildcards allowed), to "
        f"publish below OUTPUT/{PORTS['artifact'].folder}",
        metavar="NAME",
        lone=True,
        child=True,
    )
    report: bool = _option(
        "--no-report",
        "switch",
        "Outputs",
        f"make {PORTS['report'].blob}, the page that shows the tables, the figures and the log",
        default=True,
    )
    duplicate_suffix: int = _option(
        "--duplicate-suffix",
        "integer",
        "Outputs",
        "number added to the first duplicate column label",
        choices=(1, 2),
        default=1,
        child=True,
    )
    isolation: str | None = _override("script.isolation", "text", "Isolation", choices=LEVELS)
    timeout: float | str | None = _override("script.timeout", "seconds", "Isolation", metavar="SECONDS")
    memory: float | str | None = _override("script.memory", "size", "Isolation", metavar="SIZE")
    limits: Mapping[str, float | str] = _option(
        "--limit",
        "limits",
        "Isolation",
        f"other limits of the script: {', '.join(row.name for row in LIMITS.values() if not row.option)}; "
        f'"{NO_LIMIT}" for no limit',
        metavar="NAME=VALUE",
    )
    allow_hosts: tuple[str, ...] = _option(
        "--allow-host",
        "list",
        "Access",
        "hosts the script may reach, besides those in the settings; port 443 if none is given",
        metavar="HOST[:PORT]",
    )
    allow_accounts: bool = _option(
        "--allow-accounts", "switch", "Access", "let the script reach the accounts of this run", default=False
    )
    emulator: str | None = _option(
        "--emulator",
        "text",
        "Access",
        "send the script's http requests to this emulator, whichever account they name (implies --allow-host)",
        metavar="HOST:PORT",
        child=True,
    )
    interpreter: str | None = _override("script.interpreter", "text", "Script", metavar="PATH|NAME")
    debug: bool = _option(
        "--debug",
        "switch",
        "Script",
        "run the script under the debugger, without a time limit and without strict isolation",
        default=False,
    )
    classic: str | None = _override("script.classic", "text", "Script", choices=MODES, child=True)
    debugger: str | None = _override("script.debugger", "text", "Script", metavar="pdb|debugpy[:PORT]")

    def __post_init__(self) -> None:
        """Refuse a reference that has a SAS token: options are recorded, sent and shown."""
        for name, option in OPTIONS.items():
            text = getattr(self, name)
            if option.kind in ("input", "prefix") and text and split_sas(text)[1] is not None:
                raise InvalidOption(
                    f"{name} has a SAS token, which RunOptions cannot hold",
                    remedy="pass the reference to blobprep.run itself, or set the account's credential in the settings",
                )

    def to_json(self) -> dict[str, Any]:
        """Return the options as plain JSON values: lists for tuples."""
        return {name: json_value(getattr(self, name)) for name in OPTIONS}

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> RunOptions:
        """Read options from JSON, such as the `request` of a manifest.

        Args:
            values: by name. Another version may have written them: an unknown option is ignored, and a missing one
                has its default.

        Raises:
            InvalidOption: a value is not of its option's kind or has a SAS token, or the script is missing.
        """
        if values.get("script") is None:
            raise InvalidOption("the options do not name a script", remedy="set script to a path or a reference")
        return cls(**{name: read_value(OPTIONS[name], value) for name, value in values.items() if name in OPTIONS})

    def for_child(self) -> dict[str, Any]:
        """Return the options that the child is asked with, by the fields of `ChildRequest`."""
        return {name: getattr(self, name) for name, option in OPTIONS.items() if option.child}


class RunKeywords(TypedDict, total=False):
    """The options that `blobprep.run` takes by keyword."""

    bundle: str | os.PathLike[str] | BlobLocation | None
    parameters: Mapping[str, object] | None
    output: str | os.PathLike[str] | None
    figures: str | os.PathLike[str] | None
    format: str | None
    read1: Mapping[str, object] | None
    read2: Mapping[str, object] | None
    partition_columns: bool
    write: Mapping[str, object] | None
    overwrite: bool
    create_container: bool
    lossless: bool
    second_output: bool
    artifacts: Iterable[str] | None
    report: bool
    duplicate_suffix: int
    isolation: str | None
    timeout: float | str | None
    memory: float | str | None
    limits: Mapping[str, object] | None
    allow_hosts: Iterable[str] | None
    allow_accounts: bool
    emulator: str | None
    interpreter: str | None
    debug: bool
    classic: str | None
    debugger: str | None


OPTIONS: Final[Mapping[str, Option]] = {
    declared.name: replace(declared.metadata["option"], name=declared.name) for declared in fields(RunOptions)
}
"""The options by name, in the order of the manifest."""
