"""Turn what is asked for into a request, and run it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TextIO, Unpack

from blobprep.errors import InvalidOption, ScriptError
from blobprep.formats import format_named
from blobprep.inputs.sources import BlobPattern, Dataset, GivenFolder, GivenTable, Script, SourceScript
from blobprep.reference import split_sas
from blobprep.reference.wildcards import name_matcher
from blobprep.runs.arguments import NOTHING, Given, read_arguments, spell_out_options
from blobprep.runs.debugger import chosen_debugger
from blobprep.runs.function_script import function_script
from blobprep.runs.limits import limits_of
from blobprep.runs.network_rules import emulator_of, rules_of
from blobprep.runs.options import RunKeywords, RunOptions
from blobprep.runs.request import Request, new_run_id
from blobprep.runs.result import Run
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level, require_level, require_namespace
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import BlobLocation

__all__ = ["prepare", "run"]

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


@spell_out_options
def run(
    script: str | os.PathLike[str] | Callable[..., Any],
    dataset1: object = None,
    dataset2: object = None,
    *,
    workspace: Workspace | None = None,
    echo: TextIO | None = None,
    progress: Callable[[int, int], None] | None = None,
    stage: Callable[[str], None] | None = None,
    **options: Unpack[RunKeywords],
) -> Run:
    """Run a script on datasets and put what comes out into storage.

    Args:
        script: a path, a reference to a blob, or a function; it has, or is, the entry point `azureml_main`.
        dataset1: port Dataset1: a reference, a dataset's name, a path, a `pyarrow.Table`, a `DataFrame`, or None.
        dataset2: port Dataset2, likewise.
        workspace: the settings in force; those of the working folder and this process where None.
        echo: where the script's output is shown as it comes.
        progress: called with bytes fetched and bytes in all.
        stage: called as each stage begins, with `resolve`, `fetch`, `script` or `commit`.
        **options: the options of a run by their names (see `RunOptions`):

    Returns:
        The run. A script that fails or hits a limit gives one too: see `Run.status` and `Run.raise_for_failure`.

    Raises:
        UsageError: a reference, an option or a setting is wrong, or the policy forbids it.
        InputError, StoreError: an input cannot be used.
        OutputError: the output is taken, or could not be written.
        IsolationUnavailable: nothing was run.
    """
    from blobprep.runs.execute import execute

    asked, given = read_arguments({"script": script, "dataset1": dataset1, "dataset2": dataset2, **options})
    request = prepare(workspace or Workspace(), asked, given, now=datetime.now(UTC))
    return execute(request, echo=echo, progress=progress, stage=stage)


def prepare(workspace: Workspace, options: RunOptions, given: Given = NOTHING, *, now: datetime) -> Request:
    """Resolve every name of a run to a store and check every option for form; nothing is read from storage.

    Args:
        workspace: the settings in force.
        options: what is asked for.
        given: what of it is not text, or carries a SAS token.
        now: gives the run its id and date.

    Raises:
        UsageError: as `run`.
    """
    run_id = new_run_id(now)
    source = _script(workspace, given.of(options, "script"))
    dataset1 = workspace.dataset(given.of(options, "dataset1"), options.read1)
    dataset2 = workspace.dataset(given.of(options, "dataset2"), options.read2)
    bundle = workspace.bundle(given.of(options, "bundle"))
    output = workspace.locate(_filled(given.of(options, "output"), run_id, now), prefix=True, names=())
    prefix = given.of(options, "figures")
    figures = None if prefix is None else workspace.locate(_filled(prefix, run_id, now), prefix=True, names=())
    emulator = emulator_of(options.emulator)
    options = replace(
        options,
        script=source.location.printed if isinstance(source, SourceScript) else source.name,
        dataset1=_shown(dataset1),
        dataset2=_shown(dataset2),
        bundle=_shown(bundle),
        format=format_named(options.format).name,
        artifacts=_artifacts(options.artifacts),
        emulator=str(emulator) if emulator else None,
    )
    connected = (source, dataset1, dataset2, bundle, output, figures)
    return Request(
        run_id,
        source,
        output,
        options,
        dataset1,
        dataset2,
        bundle,
        figures,
        isolation=_level(workspace, options),
        namespace=require_namespace(str(workspace.script_setting("namespace") or "auto")),
        limits=limits_of(workspace, _limits(options), debug=options.debug),
        rules=rules_of(workspace, options.allow_hosts, options.allow_accounts, connected, emulator),
        debugger=chosen_debugger(workspace, options.debugger, options.debug),
        settings=workspace.asked,
    )


def _script(workspace: Workspace, script: object) -> Script:
    if callable(script):
        return function_script(script)
    if not isinstance(script, (str, os.PathLike)):
        raise ScriptError(f"a {type(script).__name__} is no script", remedy="pass a path, a reference or a function")
    located = workspace.locate(script, names=())
    if located.is_prefix:
        raise ScriptError(f"{located.printed} is a folder or a prefix", remedy=located.prefix_remedy)
    return SourceScript(located)


def _level(workspace: Workspace, options: RunOptions) -> Level:
    """Take the level asked for, else that of `[script]`; under the debugger a script is not confined.

    Raises:
        InvalidOption: it is none, or confinement is asked for under the debugger.
    """
    level = require_level(options.isolation or str(workspace.script_setting("isolation") or DEFAULT_LEVEL))
    if not options.debug or level != "strict":
        return level
    if options.isolation:
        raise InvalidOption(
            "under the debugger a script is not confined, and isolation strict asks for that",
            remedy="leave --isolation out, or --debug",
        )
    return "process"


def _limits(options: RunOptions) -> dict[str, object]:
    """Join limits by name with those that have an option of their own.

    Raises:
        InvalidOption: one is given twice.
    """
    given: dict[str, object] = dict(options.limits)
    for name, value in (("timeout", options.timeout), ("memory", options.memory)):
        if value is not None:
            if name in given:
                raise InvalidOption(f"{name} is given twice, and once among the limits", remedy="give it once")
            given[name] = value
    return given


def _filled(text: str, run_id: str, now: datetime) -> str:
    """Fill in `{run_id}` and `{date}`.

    Raises:
        InvalidOption: another word in braces, which would else be taken as it is and join all runs in one prefix.
    """
    known = {"run_id": run_id, "date": f"{now:%Y-%m-%d}"}
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            raise InvalidOption(f"{{{name}}} in the output cannot be filled in", remedy="{run_id} and {date} can")
    return _PLACEHOLDER.sub(lambda match: known[match[1]], text)


def _artifacts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Check names of artifacts: each is a blob's below the output prefix.

    Raises:
        InvalidOption: one is no path that stays there.
    """
    given = dict.fromkeys(names)
    for name in given:
        try:
            name_matcher(name)
        except ValueError as error:
            raise InvalidOption(f"artifact {name!r} is no name: {error}") from error
        if not name.isprintable() or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
            raise InvalidOption(
                f"{name!r} names no artifact",
                remedy="name a column of the results, or a file by its path below outputs/: models/best.pkl",
            )
    return tuple(given)


def _shown(value: object) -> str | None:
    """Return what stands in the record for something connected: never a SAS token, never data."""
    match value:
        case None:
            return None
        case Dataset():
            return _shown(value.source)
        case BlobLocation() | BlobPattern():
            return value.printed
        case GivenTable():
            return f"a {type(value.table).__name__} of the caller"
        case GivenFolder():
            return str(value.path)
        case _:
            return split_sas(str(value))[0]
