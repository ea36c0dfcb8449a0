"""Turn what is asked for into a request, and run it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from blobprep.errors import InvalidOption, ScriptError
from blobprep.execution.requests import DEFAULT_FORMAT, Request, new_run_id
from blobprep.execution.runs import Run
from blobprep.formats import format_named
from blobprep.inputs.sources import BlobPattern, Dataset, GivenFolder, GivenTable, Script, SourceScript
from blobprep.reference import split_sas
from blobprep.reference.wildcards import name_matcher
from blobprep.sandbox.levels import DEFAULT_LEVEL, Level, require_level, require_namespace
from blobprep.stores.located import Located
from blobprep.workspace.allowing import emulator_of, listed, rules_of
from blobprep.workspace.debugging import chosen_debugger
from blobprep.workspace.functions import function_script
from blobprep.workspace.limiting import NO_LIMIT, limits_of
from blobprep.workspace.workspaces import Workspace

__all__ = ["DEFAULT_OUTPUT", "prepare", "run"]

DEFAULT_OUTPUT: Final = "runs/{run_id}/"
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


def run(
    script: str | os.PathLike[str] | Callable[..., Any],
    dataset1: object = None,
    dataset2: object = None,
    *,
    bundle: str | os.PathLike[str] | Located | None = None,
    parameters: Mapping[str, object] | None = None,
    output: str | os.PathLike[str] | None = None,
    figures: str | os.PathLike[str] | None = None,
    format: str | None = None,  # noqa: A002  # the word of the command line
    read1: Mapping[str, object] | None = None,
    read2: Mapping[str, object] | None = None,
    write: Mapping[str, object] | None = None,
    overwrite: bool = False,
    create_container: bool = False,
    lossless: bool = False,
    second_output: bool = False,
    artifacts: Sequence[str] = (),
    duplicate_suffix: int = 1,
    isolation: str | None = None,
    timeout: float | None = None,
    memory: int | str | None = None,
    limits: Mapping[str, object] | None = None,
    allow_hosts: Iterable[str] = (),
    allow_accounts: bool = False,
    emulator: str | None = None,
    debug: bool = False,
    debugger: str | None = None,
    workspace: Workspace | None = None,
    echo: TextIO | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Run a script on datasets and put what comes out into storage.

    Args:
        script: a path, a reference to a blob, or a function; it has, or is, the entry point `azureml_main`.
        dataset1: port Dataset1: a reference, a dataset's name, a path, a `pyarrow.Table`, a `DataFrame`, or None.
        dataset2: port Dataset2, likewise.
        bundle: port Script Bundle: a module zip by reference, name or path, or a local folder.
        parameters: the script's global `blobprep_parameters`; values become text.
        output: the prefix results go below; `{run_id}` and `{date}` are filled in; `runs/{run_id}/` where None.
        figures: the prefix figures go below; `figures/` below the output where None.
        format: of the results; `parquet` where None.
        read1: options of reading dataset1; `format` among them names its format.
        read2: of dataset2.
        write: options of writing the results.
        overwrite: replace a finished run.
        create_container: create the output's container where it is missing.
        lossless: fail where a translation would lose something.
        second_output: write a second returned frame as `results2`.
        artifacts: what becomes a blob of its own below `artifacts/`: the label of a results column whose first cell is
            taken, bytes or text; or a file the script leaves in `outputs/`, by its path there, with wildcards too.
        duplicate_suffix: the number the first duplicate label gets, 1 or 2.
        isolation: `strict`, `process` or `off`; the settings' where None, and `process` under the debugger.
        timeout: seconds from start to end of the script; the settings' where None.
        memory: bytes, or a text as `2GiB` or `75%`; the settings' where None.
        limits: further ones by the names they have in `[script]`: `{"disk": "2GB", "cpu": 600}`; None is no limit.
        allow_hosts: what the script may reach besides the settings' `[script] allow`: HOST or HOST:PORT, 443 without.
        allow_accounts: let it reach the accounts that this run's references lead to.
        emulator: HOST:PORT of an emulator that stands in for every account the script asks over http; it may reach it.
        debug: run under the debugger, without time limit.
        debugger: `pdb`, on this terminal; `debugpy` or `debugpy:PORT`, to which an editor attaches, 5678 without; the
            settings' where None.
        workspace: the settings in force; those of the working folder and this process where None.
        echo: where the script's output is shown as it comes.
        progress: called with bytes fetched and bytes in all.

    Returns:
        The run. A script that fails or hits a limit gives one too: see `Run.status` and `Run.raise_for_failure`.

    Raises:
        UsageError: a reference, an option or a setting is wrong, or the policy forbids it.
        InputError, StoreError: an input cannot be used.
        OutputError: the output is taken, or could not be written.
        IsolationUnavailable: nothing was run.
    """
    from blobprep.execution.executing import execute

    request = prepare(
        workspace or Workspace(),
        script,
        dataset1,
        dataset2,
        bundle=bundle,
        parameters=parameters,
        output=output,
        figures=figures,
        format=format,
        read1=read1,
        read2=read2,
        write=write,
        overwrite=overwrite,
        create_container=create_container,
        lossless=lossless,
        second_output=second_output,
        artifacts=artifacts,
        duplicate_suffix=duplicate_suffix,
        isolation=isolation,
        timeout=timeout,
        memory=memory,
        limits=limits,
        allow_hosts=allow_hosts,
        allow_accounts=allow_accounts,
        emulator=emulator,
        debug=debug,
        debugger=debugger,
        now=datetime.now(UTC),
    )
    return execute(request, echo=echo, progress=progress)


def prepare(
    workspace: Workspace,
    script: str | os.PathLike[str] | Callable[..., Any],
    dataset1: object = None,
    dataset2: object = None,
    *,
    bundle: str | os.PathLike[str] | Located | None = None,
    parameters: Mapping[str, object] | None = None,
    output: str | os.PathLike[str] | None = None,
    figures: str | os.PathLike[str] | None = None,
    format: str | None = None,  # noqa: A002
    read1: Mapping[str, object] | None = None,
    read2: Mapping[str, object] | None = None,
    write: Mapping[str, object] | None = None,
    overwrite: bool = False,
    create_container: bool = False,
    lossless: bool = False,
    second_output: bool = False,
    artifacts: Sequence[str] = (),
    duplicate_suffix: int = 1,
    isolation: str | None = None,
    timeout: float | None = None,
    memory: int | str | None = None,
    limits: Mapping[str, object] | None = None,
    allow_hosts: Iterable[str] = (),
    allow_accounts: bool = False,
    emulator: str | None = None,
    debug: bool = False,
    debugger: str | None = None,
    now: datetime,
) -> Request:
    """Resolve every name of a run to a store and check every option for form; nothing is read from storage.

    Args and errors are those of `run`; `now` gives the run its id and date.
    """
    run_id = new_run_id(now)
    source = _script(workspace, script)
    ports = (workspace.dataset(dataset1, read1), workspace.dataset(dataset2, read2))
    connected = workspace.bundle(bundle)
    given = {name: str(value) for name, value in (parameters or {}).items()}
    written = format_named(format or DEFAULT_FORMAT).name
    named = _artifacts(artifacts)
    hosts = listed(allow_hosts)
    stand_in = emulator_of(emulator)
    results = workspace.locate(_filled(output or DEFAULT_OUTPUT, run_id, now), prefix=True, names=())
    images = None if not figures else workspace.locate(_filled(figures, run_id, now), prefix=True, names=())
    asked = {
        "script": _shown(source.located if isinstance(source, SourceScript) else source.name),
        "dataset1": _shown(ports[0]),
        "dataset2": _shown(ports[1]),
        "bundle": _shown(connected),
        "parameters": given,
        "output": _shown(output),
        "figures": _shown(figures),
        "format": written,
        "read1": _texts(read1),
        "read2": _texts(read2),
        "write": _texts(write),
        "overwrite": overwrite,
        "create_container": create_container,
        "lossless": lossless,
        "second_output": second_output,
        "artifacts": list(named),
        "duplicate_suffix": _suffix(duplicate_suffix),
        "isolation": isolation,
        "timeout": timeout,
        "memory": memory,
        "limits": {name: NO_LIMIT if value is None else value for name, value in (limits or {}).items()},
        "allow_hosts": hosts,
        "allow_accounts": allow_accounts,
        "emulator": str(stand_in) if stand_in else None,
        "debug": debug,
        "debugger": debugger,
        **workspace.asked,
    }
    return Request(
        run_id,
        source,
        results,
        *ports,
        bundle=connected,
        figures=images,
        parameters=given,
        format=written,
        write=_texts(write),
        second_output=second_output,
        artifacts=named,
        overwrite=overwrite,
        create_container=create_container,
        lossless=lossless,
        duplicate_suffix=duplicate_suffix,
        isolation=_level(workspace, isolation, debug),
        namespace=require_namespace(str(workspace.script_setting("namespace") or "auto")),
        limits=limits_of(workspace, _limits(limits, timeout=timeout, memory=memory), debug=debug),
        rules=rules_of(workspace, hosts, allow_accounts, (source, *ports, connected, results, images), stand_in),
        emulator=stand_in,
        debug=debug,
        debugger=chosen_debugger(workspace, debugger, debug),
        asked=asked,
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


def _level(workspace: Workspace, asked: str | None, debug: bool) -> Level:
    """Take the level asked for, else that of `[script]`; under the debugger a script is not confined.

    Raises:
        InvalidOption: it is none, or confinement is asked for under the debugger.
    """
    level = require_level(asked or str(workspace.script_setting("isolation") or DEFAULT_LEVEL))
    if not debug or level != "strict":
        return level
    if asked:
        raise InvalidOption(
            "under the debugger a script is not confined, and isolation strict asks for that",
            remedy="leave --isolation out, or --debug",
        )
    return "process"


def _limits(limits: Mapping[str, object] | None, **own: object) -> dict[str, object]:
    """Join limits by name with those that have an argument of their own.

    Raises:
        InvalidOption: one is given twice.
    """
    given = dict(limits or {})
    for name, value in own.items():
        if value is not None:
            if name in given:
                raise InvalidOption(f"{name} is given twice, and once among the limits", remedy="give it once")
            given[name] = value
    return given


def _filled(text: str | os.PathLike[str], run_id: str, now: datetime) -> str:
    """Fill in `{run_id}` and `{date}`.

    Raises:
        InvalidOption: another word in braces, which would else be taken as it is and join all runs in one prefix.
    """
    known = {"run_id": run_id, "date": f"{now:%Y-%m-%d}"}
    plain = os.fspath(text)
    for name in _PLACEHOLDER.findall(plain):
        if name not in known:
            raise InvalidOption(f"{{{name}}} in the output cannot be filled in", remedy="{run_id} and {date} can")
    return _PLACEHOLDER.sub(lambda match: known[match[1]], plain)


def _artifacts(names: Sequence[str]) -> tuple[str, ...]:
    """Check names of artifacts: each is a blob's below the output prefix.

    Raises:
        InvalidOption: one is no path that stays there.
    """
    given = dict.fromkeys((names,) if isinstance(names, str) else names)
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


def _suffix(number: int) -> int:
    if number not in (1, 2):
        raise InvalidOption(f"duplicate labels cannot begin with {number}", remedy="--duplicate-suffix is 1 or 2")
    return number


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in (values or {}).items()}


def _shown(value: object) -> str | None:
    """Return what stands in the record for something connected: never a SAS token, never data."""
    match value:
        case None:
            return None
        case Dataset():
            return _shown(value.source)
        case Located() | BlobPattern():
            return value.printed
        case GivenTable():
            return f"a {type(value.table).__name__} of the caller"
        case GivenFolder():
            return str(value.path)
        case _:
            return split_sas(str(value))[0]
