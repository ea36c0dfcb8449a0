"""`blobprep.run`: from options and objects to a request, and from the request to a run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TextIO, Unpack

from blobprep.classic.modes import DEFAULT_MODE
from blobprep.errors import InvalidOption, ScriptError
from blobprep.formats import format_named
from blobprep.inputs.sources import (
    BlobPattern,
    Dataset,
    FunctionScript,
    GivenFolder,
    GivenTable,
    PinnedBlobs,
    ReadBundle,
    Script,
    SourceScript,
)
from blobprep.progress import Progress
from blobprep.reference import split_sas
from blobprep.reference.wildcards import name_matcher
from blobprep.runs.arguments import NO_OBJECTS, PassedObjects, read_arguments, spell_out_options
from blobprep.runs.debugger import choose_debugger
from blobprep.runs.function_script import pickle_function
from blobprep.runs.interpreter import choose_interpreter
from blobprep.runs.limits import limits_of
from blobprep.runs.network_rules import emulator_of, rules_of
from blobprep.runs.options import RunKeywords, RunOptions
from blobprep.runs.report_bounds import report_bounds
from blobprep.runs.request import Request, new_run_id
from blobprep.runs.result import Run
from blobprep.sandbox.guard_process import guard_ahead
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
    on_progress: Callable[[Progress], None] | None = None,
    **options: Unpack[RunKeywords],
) -> Run:
    """Run a script on datasets and write its results to storage.

    Args:
        script: a path, a reference to a blob, or a function; it contains, or is, the entry point `azureml_main`.
        dataset1: the input of port Dataset1: a reference, a dataset's name, a path, a `pyarrow.Table`, a `DataFrame`,
            or None.
        dataset2: the input of port Dataset2, likewise.
        workspace: the settings in force; None for those of the working folder and this process.
        echo: a stream that gets the script's output as it is written.
        progress: called with the bytes fetched so far and in all.
        stage: called as each stage begins, with `resolve`, `fetch`, `script`, `commit` or `report`.
        on_progress: called with a `Progress` as each stage begins, when the child begins something else, and a few
            times a second meanwhile; from a thread of its own.
        **options: the options of a run by name (see `RunOptions`):

    Returns:
        The run, also if the script fails or exceeds a limit: see `Run.status` and `Run.raise_for_failure`.

    Raises:
        UsageError: a reference, an option or a setting is wrong, or the policy forbids it.
        InputError, StoreError: an input cannot be used.
        OutputError: the output prefix is taken, or the output could not be written.
        IsolationUnavailable: the isolation that was asked for is not available; nothing was run.
    """
    needs_guard = options.get("isolation") != "off" and not options.get("debug")
    with guard_ahead(wanted=needs_guard) as ready:
        from blobprep.runs.execute import execute
        from blobprep.sandbox.launch import start

        asked, objects = read_arguments({"script": script, "dataset1": dataset1, "dataset2": dataset2, **options})
        request = prepare(workspace or Workspace(), asked, objects, now=datetime.now(UTC))
        children = partial(start, ready=ready)
        return execute(request, children=children, echo=echo, progress=progress, stage=stage, on_progress=on_progress)


def prepare(
    workspace: Workspace, options: RunOptions, objects: PassedObjects = NO_OBJECTS, *, now: datetime
) -> Request:
    """Resolve every name of a run to a store and check the form of every option; read nothing from storage.

    Args:
        workspace: the settings in force.
        options: the options of the run.
        objects: the arguments that are not text, or have a SAS token.
        now: the time that gives the run its id and date.

    Raises:
        UsageError: as `run`.
    """
    run_id = new_run_id(now)
    source = _script(workspace, objects.of(options, "script"))
    dataset1 = workspace.dataset(objects.of(options, "dataset1"), options.read1, partitioned=options.partition_columns)
    dataset2 = workspace.dataset(objects.of(options, "dataset2"), options.read2, partitioned=options.partition_columns)
    connected = objects.of(options, "bundle")
    bundle = connected if isinstance(connected, ReadBundle) else workspace.bundle(connected)
    given = objects.of(options, "output")
    is_open = isinstance(given, BlobLocation)
    output = given if is_open else workspace.locate(_fill_in(given, run_id, now), prefix=True, names=())
    prefix = objects.of(options, "figures")
    figures = None if prefix is None else workspace.locate(_fill_in(prefix, run_id, now), prefix=True, names=())
    emulator = emulator_of(options.emulator)
    options = replace(
        options,
        script=source.location.printed if isinstance(source, SourceScript) else source.name,
        dataset1=_describe(dataset1),
        dataset2=_describe(dataset2),
        bundle=_describe(bundle),
        format=format_named(options.format).name,
        artifacts=_require_artifacts(options.artifacts),
        emulator=str(emulator) if emulator else None,
        classic=options.classic or str(workspace.setting("script.classic") or DEFAULT_MODE),
    )
    level = _level(workspace, options)
    places = (source, dataset1, dataset2, bundle, output, figures)
    rules = rules_of(workspace, options.allow_hosts, options.allow_accounts, places, emulator)
    return Request(
        run_id,
        source,
        output,
        options,
        dataset1,
        dataset2,
        bundle,
        figures,
        isolation=level,
        namespace=require_namespace(str(workspace.setting("script.namespace") or "auto")),
        limits=limits_of(workspace, _limits(options), debug=options.debug),
        rules=rules,
        interpreter=choose_interpreter(workspace, options, level, source, rules),
        debugger=choose_debugger(workspace, options.debugger, options.debug),
        report_bounds=report_bounds(workspace),
        settings=workspace.asked,
    )


def _script(workspace: Workspace, script: object) -> Script:
    if isinstance(script, (SourceScript, FunctionScript)):
        return script
    if callable(script):
        return pickle_function(script)
    if not isinstance(script, (str, os.PathLike)):
        raise ScriptError(
            f"the script cannot be a {type(script).__name__}", remedy="pass a path, a reference or a function"
        )
    located = workspace.locate(script, names=())
    if located.is_prefix:
        raise ScriptError(
            f"the script must be one file: {located.printed} is a folder or a prefix", remedy=located.prefix_remedy
        )
    return SourceScript(located)


def _level(workspace: Workspace, options: RunOptions) -> Level:
    """Return the level of isolation, from the option or the setting; under the debugger a script is not confined.

    Raises:
        InvalidOption: the level does not exist, or `strict` is asked for under the debugger.
    """
    level = require_level(options.isolation or str(workspace.setting("script.isolation") or DEFAULT_LEVEL))
    if not options.debug or level != "strict":
        return level
    if options.isolation:
        raise InvalidOption(
            "--isolation strict cannot be combined with --debug: a script under the debugger is not confined",
            remedy="leave out --isolation or --debug",
        )
    return "process"


def _limits(options: RunOptions) -> dict[str, object]:
    """Join the limits of `--limit` with those that have an option of their own.

    Raises:
        InvalidOption: a limit is given both ways.
    """
    given: dict[str, object] = dict(options.limits)
    for name, value in (("timeout", options.timeout), ("memory", options.memory)):
        if value is not None:
            if name in given:
                raise InvalidOption(
                    f"the limit {name} is given twice, with --{name} and with --limit", remedy="give it once"
                )
            given[name] = value
    return given


def _fill_in(text: str, run_id: str, now: datetime) -> str:
    """Fill in `{run_id}` and `{date}`.

    Raises:
        InvalidOption: there is another word in braces; kept as text it would put all runs below one prefix.
    """
    known = {"run_id": run_id, "date": f"{now:%Y-%m-%d}"}
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            raise InvalidOption(
                f"{{{name}}} in the output prefix cannot be filled in", remedy="use {run_id} or {date}, or no braces"
            )
    return _PLACEHOLDER.sub(lambda match: known[match[1]], text)


def _require_artifacts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of artifacts, each once, if each is a name below the output prefix.

    Raises:
        InvalidOption: a name is not valid, or leads elsewhere.
    """
    given = dict.fromkeys(names)
    for name in given:
        try:
            name_matcher(name)
        except ValueError as error:
            raise InvalidOption(
                f"{name!r} is not a valid artifact name: {error}", remedy="percent-encoded bytes must be UTF-8"
            ) from error
        if not name.isprintable() or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
            raise InvalidOption(
                f"{name!r} is not a valid artifact name",
                remedy="name a column of the results, or a file by its path below outputs/: models/best.pkl",
            )
    return tuple(given)


def _describe(value: object) -> str | None:
    """Return the text that stands for an input in the record: never a SAS token, never data."""
    match value:
        case None:
            return None
        case Dataset():
            return _describe(value.source)
        case BlobLocation() | BlobPattern() | PinnedBlobs():
            return value.printed
        case ReadBundle():
            return value.blob.location.printed
        case GivenTable():
            return f"a {type(value.table).__name__} passed by the caller"
        case GivenFolder():
            return str(value.path)
        case _:
            return split_sas(str(value))[0]
