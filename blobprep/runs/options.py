"""Every option of a run, declared once. Pure.

A field of `RunOptions` is an option. The parameters of `blobprep run`, the keyword arguments of `blobprep.run`, the
`request` of a manifest, what the child is told and the table in the documentation are derived from it. `RunKeywords`
repeats the names for type checkers, which cannot derive them; a test holds it against the declaration.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypedDict

from blobprep.errors import InvalidOption
from blobprep.limits import LIMITS
from blobprep.reference import split_sas
from blobprep.runs.option_kinds import EMPTY, NO_LIMIT, Group, Kind, Option, json_value, read_value
from blobprep.sandbox.isolation import LEVELS

if TYPE_CHECKING:
    from blobprep.stores.location import BlobLocation

__all__ = ["DEFAULT_FORMAT", "DEFAULT_OUTPUT", "OPTIONS", "RunKeywords", "RunOptions"]

DEFAULT_FORMAT: Final = "parquet"
DEFAULT_OUTPUT: Final = "runs/{run_id}/"


def _option(
    flag: str,
    kind: Kind,
    group: Group,
    help: str,  # noqa: A002  # the word of the command line
    *,
    metavar: str = "",
    choices: tuple[Any, ...] = (),
    default: Any = None,
    setting: str = "",
    lone: bool = False,
    child: bool = False,
) -> Any:
    shown = metavar or "|".join(map(str, choices))
    declared = Option(flag, kind, group, help, shown, choices, default, setting, lone, child)
    if kind in EMPTY:
        return field(default_factory=EMPTY[kind], metadata={"option": declared})
    return field(default=default, metadata={"option": declared})


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of a run as they were asked for: texts, numbers and switches only, JSON both ways.

    Frames, functions, open stores and SAS tokens are not here: see `Given`.
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
        "parameters of the script, for its global blobprep_parameters",
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
        "--figures", "prefix", "Outputs", "prefix for the figures, in place of OUTPUT/figures/", metavar="PREFIX"
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
    write: Mapping[str, str] = _option(
        "--write", "keys", "Outputs", "options for writing the results", metavar="KEY=VALUE,…"
    )
    overwrite: bool = _option("--overwrite", "switch", "Outputs", "replace a finished run", default=False)
    create_container: bool = _option(
        "--create-container", "switch", "Outputs", "create the output's container if it is missing", default=False
    )
    lossless: bool = _option(
        "--lossless", "switch", "Outputs", "fail if a translation would lose something", default=False, child=True
    )
    second_output: bool = _option(
        "--second-output", "switch", "Outputs", "write a second returned frame as results2", default=False, child=True
    )
    artifacts: tuple[str, ...] = _option(
        "--artifact",
        "list",
        "Outputs",
        "publish the first cell of a results column, or files that the script leaves in outputs/ (wildcards too), "
        "below OUTPUT/artifacts/",
        metavar="NAME",
        lone=True,
        child=True,
    )
    duplicate_suffix: int = _option(
        "--duplicate-suffix",
        "integer",
        "Outputs",
        "number that the first duplicate label gets",
        choices=(1, 2),
        default=1,
        child=True,
    )
    isolation: str | None = _option(
        "--isolation",
        "text",
        "Isolation",
        "how the script is isolated",
        choices=LEVELS,
        setting="script.isolation",
    )
    timeout: float | str | None = _option(
        "--timeout", "seconds", "Isolation", "seconds the script may run", metavar="SECONDS", setting="script.timeout"
    )
    memory: float | str | None = _option(
        "--memory",
        "size",
        "Isolation",
        "memory the script may hold: bytes, 2GiB, or 75% of this machine's",
        metavar="SIZE",
        setting="script.memory",
    )
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
    debug: bool = _option(
        "--debug",
        "switch",
        "Script",
        "run under the debugger, with no time limit and no isolation strict",
        default=False,
    )
    debugger: str | None = _option(
        "--debugger",
        "text",
        "Script",
        "debugger on this terminal (pdb), or for an editor to attach to (debugpy; port 5678 if none is given)",
        metavar="pdb|debugpy[:PORT]",
        setting="script.debugger",
    )

    def __post_init__(self) -> None:
        """Refuse a reference that carries a SAS token: options are recorded, sent and shown."""
        for name, option in OPTIONS.items():
            text = getattr(self, name)
            if option.kind in ("input", "prefix") and text and split_sas(text)[1] is not None:
                raise InvalidOption(
                    f"{name} carries a SAS token, which options do not hold",
                    remedy="pass the reference to blobprep.run itself, or name what opens its account in the settings",
                )

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON has them: lists for tuples."""
        return {name: json_value(getattr(self, name)) for name in OPTIONS}

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> RunOptions:
        """Read options from JSON, such as the `request` of a manifest.

        Args:
            values: by name. An unknown one is ignored, and a missing one has its default: other versions wrote them.

        Raises:
            InvalidOption: a value is not of its option's kind or carries a SAS token, or no script is named.
        """
        if values.get("script") is None:
            raise InvalidOption("the options name no script", remedy="give script a path or a reference")
        return cls(**{name: read_value(OPTIONS[name], each) for name, each in values.items() if name in OPTIONS})

    def for_child(self) -> dict[str, Any]:
        """Return what the child is told, by the fields of `ChildRequest`."""
        return {name: getattr(self, name) for name, each in OPTIONS.items() if each.child}


class RunKeywords(TypedDict, total=False):
    """The options as `blobprep.run` takes them by keyword."""

    bundle: str | os.PathLike[str] | BlobLocation | None
    parameters: Mapping[str, object] | None
    output: str | os.PathLike[str] | None
    figures: str | os.PathLike[str] | None
    format: str | None
    read1: Mapping[str, object] | None
    read2: Mapping[str, object] | None
    write: Mapping[str, object] | None
    overwrite: bool
    create_container: bool
    lossless: bool
    second_output: bool
    artifacts: Iterable[str] | None
    duplicate_suffix: int
    isolation: str | None
    timeout: float | str | None
    memory: float | str | None
    limits: Mapping[str, object] | None
    allow_hosts: Iterable[str] | None
    allow_accounts: bool
    emulator: str | None
    debug: bool
    debugger: str | None


OPTIONS: Final[Mapping[str, Option]] = {
    each.name: replace(each.metadata["option"], name=each.name) for each in fields(RunOptions)
}
"""The options by name, in the order of the manifest."""
