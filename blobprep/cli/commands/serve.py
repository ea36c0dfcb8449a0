"""`blobprep serve`: a script as a web service."""

from __future__ import annotations

import inspect
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import parameter
from blobprep.cli.context import CommandContext
from blobprep.cli.declared_options import LateCommand, option_parameter, read_options, read_pairs
from blobprep.cli.exit_codes import Interrupted
from blobprep.cli.options import INPUTS
from blobprep.cli.output import note, print_json, write
from blobprep.errors import InvalidOption, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blobprep.service.startup import Served

__all__ = ["add_to"]

SERVICE: Final = "Service"
SERVER: Final = "Server"
KEYS: Final = "Keys"

OF_ONE_RUN: Final = frozenset(
    {
        *("dataset1", "dataset2", "output", "figures", "format", "write", "overwrite", "create_container"),
        *("artifacts", "report", "partition_columns", "debug", "debugger"),
    }
)
"""Options of a run that are none of a service, or another one."""

_EXAMPLES: Final = """\
blobprep serve prep.py --new-key
blobprep serve prep.py --sample az://raw/iris.csv
blobprep serve prep.py --bundle Hello.zip --dataset2 az://raw/weather.csv --param year=2024 --port 9000"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", cls=_ServeCommand, epilog=_EXAMPLES)(_describe)


def _describe() -> None:
    """Answer for a script as a web service, which clients of Studio (classic) call unchanged."""


class _ServeCommand(LateCommand):
    """The command."""

    @staticmethod
    def function(context: CommandContext, **arguments: Any) -> int:
        """Serve until the process is told to end."""
        return _serve(context, **arguments)

    @staticmethod
    def parameters() -> Iterator[inspect.Parameter]:
        """Make the command's own parameters, those of a run among them."""
        return _parameters()


def _option(name: str, kind: Any, default: Any, flag: str, section: str, text: str, metavar: str | None = None) -> Any:
    info = typer.Option(flag, metavar=metavar, help=text, rich_help_panel=section)
    return parameter(name, Annotated[kind, info], default)


def _parameters() -> Iterator[inspect.Parameter]:
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    script = typer.Argument(
        metavar="SCRIPT", help="Path or reference of the script; without it, the services of the settings are served."
    )
    yield parameter("script", Annotated[str | None, script], None)
    yield from _OWN
    for option in sorted(OPTIONS.values(), key=lambda option: GROUPS.index(option.group)):
        if not option.positional and option.name not in OF_ONE_RUN | {"timeout"}:
            yield option_parameter(option)
    yield from _OF_SERVER


_TEXT: Final = str | None
_TEXTS: Final = list[str] | None
_OWN: Final = (
    _option("dataset1", _TEXT, None, "--dataset1", INPUTS, "A fixed dataset for port Dataset1.", "REF"),
    _option("dataset2", _TEXT, None, "--dataset2", INPUTS, "A fixed dataset for port Dataset2.", "REF"),
    _option(
        "inputs",
        _TEXTS,
        None,
        "--input",
        INPUTS,
        "A port that requests feed, and the name of the input; may be repeated. By default dataset1=input1.",
        "PORT=NAME",
    ),
    _option(
        "sample1", _TEXT, None, "--sample", INPUTS, "A dataset that the columns of dataset1 are learned from.", "REF"
    ),
    _option("sample2", _TEXT, None, "--sample2", INPUTS, "The same for dataset2.", "REF"),
    _option("name", _TEXT, None, "--name", SERVICE, "Name of the service; by default the script's.", "NAME"),
    _option("description", _TEXT, None, "--description", SERVICE, "What it does, for its documents.", "TEXT"),
    _option(
        "required", _TEXTS, None, "--required", SERVICE, "A parameter that every request sets; may be repeated.", "NAME"
    ),
    _option("timeout", float | None, None, "--timeout", SERVICE, "Seconds that a request may take.", "SECONDS"),
    _option("rows", int | None, None, "--rows", SERVICE, "Rows that an input may have.", "N"),
    _option("concurrency", int | None, None, "--concurrency", SERVICE, "Requests worked on at a time.", "N"),
    _option("fresh", bool, False, "--fresh", SERVICE, "Give each request a process in which no other one ran."),
)
_OF_SERVER: Final = (
    _option("host", _TEXT, None, "--host", SERVER, "Address to listen on.  [setting: server.host]", "ADDRESS"),
    _option("port", int | None, None, "--port", SERVER, "Port of it; 0 for a free one.  [setting: server.port]", "N"),
    _option(
        "state",
        Path | None,
        None,
        "--state",
        SERVER,
        "Folder for keys, jobs and learned columns.  [setting: server.state]",
        "FOLDER",
    ),
    _option("certificate", Path | None, None, "--certificate", SERVER, "PEM file; clients then call by https.", "FILE"),
    _option("certificate_key", Path | None, None, "--certificate-key", SERVER, "Its key, if in another file.", "FILE"),
    _option("workers", int | None, None, "--workers", SERVER, "Requests worked on at a time, of all services.", "N"),
    _option("access_log", bool, False, "--access-log", SERVER, "Print a line of JSON to stderr for each request."),
    _option(
        "new_key", bool, False, "--new-key", KEYS, "Make a key of the service, print it this once, and end."
    ),
    _option("revoke_key", bool, False, "--revoke-key", KEYS, "Remove the key that --slot names, and end."),
    _option(
        "slot", _TEXT, None, "--slot", KEYS, "Which key is meant; by default the one that is missing.",
        "primary|secondary",
    ),
)  # fmt: skip


def _serve(context: CommandContext, **arguments: Any) -> int:
    _require_libraries()
    from blobprep.service.startup import serve

    own = {name: arguments.pop(name) for name in ("new_key", "revoke_key", "slot")}
    script, name, state = (arguments.pop(name) for name in ("script", "name", "state"))
    if own["new_key"] or own["revoke_key"]:
        return _change_keys(context, script, name, state, **own)
    server = {name: arguments.pop(name) for name in ("host", "port", "certificate", "certificate_key", "workers")}
    log = sys.stderr if arguments.pop("access_log") else None

    def ready(served: tuple[Served, ...]) -> None:
        _print(context, served, script, name)

    try:
        serve(
            script,
            name=name,
            workspace=context.workspace,
            state=state,
            access_log=log,
            on_ready=ready,
            **server,
            **_table(arguments),
        )
    except Interrupted:  # what it had accepted is answered
        return 0
    return 0


def _require_libraries() -> None:
    """Raise where the libraries of the web service are not installed."""
    from importlib.util import find_spec

    missing = [name for name in ("starlette", "uvicorn", "jwt", "prometheus_client") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"blobprep serve needs {', '.join(missing)}, which this Python does not have",
            remedy="install the extra: pip install 'blobprep[service]'",
        )


def _table(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return options of the command line as a table of the settings has them."""
    from blobprep.runs.options import OPTIONS

    inputs = read_pairs(arguments.pop("inputs") or (), "--input")
    timeout = arguments.pop("timeout")
    of_run = {name: arguments.pop(name) for name in list(arguments) if name in OPTIONS and name not in OF_ONE_RUN}
    given = {name: value for name, value in read_options(of_run).items() if value != OPTIONS[name].default}
    return {**arguments, **given, "timeout": timeout, "inputs": inputs or None}


def _change_keys(context: CommandContext, script: str | None, name: str | None, state: Path | None, **own: Any) -> int:
    from blobprep.service.startup import new_key, revoke_key, service_name, service_tables

    tables = service_tables(context.workspace, script, name)
    only = next(iter(tables)) if len(tables) == 1 else ""
    chosen = service_name(script, name) if script else name or only
    if not chosen:
        raise InvalidOption("there are several services", remedy=f"say which one: --name {' or '.join(tables)}")
    if own["revoke_key"]:
        if not own["slot"]:
            raise InvalidOption("--revoke-key does not say which key", remedy="add --slot primary or --slot secondary")
        removed = revoke_key(chosen, own["slot"], workspace=context.workspace, state=state)
        if not context.quiet:
            note(f"blobprep: {own['slot']} key of {chosen} {'removed' if removed else 'was not there'}")
        return 0
    key = new_key(chosen, own["slot"], workspace=context.workspace, state=state)
    if context.as_json:
        print_json({"service": chosen, "key": key})
    else:
        write(f"{key}\n")
    return 0


def _print(context: CommandContext, served: tuple[Served, ...], script: str | None, name: str | None) -> None:
    from blobprep.service.startup import service_name

    if context.as_json:
        rows = [{"name": row.name, "url": row.url, "help": row.help, "keys": list(row.keys)} for row in served]
        print_json({"services": rows})
    else:
        for row in served:
            write(f"{row.name}  {row.url}\n")
            if not context.quiet:
                note(f"blobprep: how to call {row.name}: {row.help}")
    for row in served:
        if not row.keys and not context.quiet:
            words = [f"--name {row.name}"] if script is None or name or row.name != service_name(script) else []
            if script is not None and row.name == service_name(script, name):
                words.insert(0, shlex.quote(script))
            note(f"blobprep: warning: {row.name} has no key yet: blobprep serve {' '.join(words)} --new-key")
    sys.stdout.flush()
