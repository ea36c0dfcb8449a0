"""`blobprep.serve`: from settings and options to services, and from services to a server that answers."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from blobprep.errors import InvalidOption
from blobprep.reference import is_reference
from blobprep.service.access.keys import SLOTS, Slot
from blobprep.service.assembly import ServiceTables, key_file, open_app
from blobprep.service.configuration import located
from blobprep.service.registry import Services
from blobprep.service.server import Listening, make_server
from blobprep.settings import Workspace

__all__ = ["Served", "new_key", "revoke_key", "serve", "service_name", "service_tables"]

_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Served:
    """A service that a server answers for.

    Attributes:
        name: of the service.
        url: its address, as clients have it.
        help: the address of its help page.
        keys: which of its keys there are.
    """

    name: str
    url: str
    help: str
    keys: tuple[Slot, ...]


def serve(
    script: str | None = None,
    *,
    name: str | None = None,
    workspace: Workspace | None = None,
    host: str | None = None,
    port: int | None = None,
    state: str | Path | None = None,
    certificate: str | Path | None = None,
    certificate_key: str | Path | None = None,
    workers: int | None = None,
    access_log: TextIO | None = None,
    on_ready: Callable[[tuple[Served, ...]], None] | None = None,
    **options: object,
) -> None:
    """Answer for scripts as web services, as Studio (classic) did, until the process is told to end.

    Args:
        script: a path or a reference; None to serve those of the settings alone.
        name: of the script's service; None for the script's own, without its ending.
        workspace: the settings in force, whose `[services]` are served too; None for those of the working folder.
        host: the address to listen on.
        port: of it; 0 for any that is free.
        state: the folder for keys, jobs and learned columns.
        certificate: a PEM file; then clients call by https.
        certificate_key: its key, where it is in a file of its own.
        workers: requests that are worked on at a time; None for one on each core.
        access_log: a stream that gets a line of JSON for each request.
        on_ready: called once clients can call.
        **options: of the script's service, by the names of the settings in `[services]`.

    Raises:
        SettingError, InvalidOption: something is wrong with the settings or the options.
        BlobprepError: a sample cannot be read.
    """
    workspace = workspace or Workspace()
    tables = service_tables(workspace, script, name, options)
    _require_scripts(tables)
    folder = workspace.server_folder(None if state is None else Path(state))
    listening = Listening(
        host or str(workspace.setting("server.host") or "127.0.0.1"),
        _port(workspace, port),
        _path(certificate),
        _path(certificate_key),
    )
    opening = open_app(workspace, tables, folder, workers=workers, access_log=access_log)
    with _bound(listening) as opened, opening as (app, services):
        if on_ready is not None:
            on_ready(_served(workspace, services, folder, _address(opened, listening)))
        make_server(app, listening).run(sockets=[opened])


def service_tables(
    workspace: Workspace,
    script: str | None = None,
    name: str | None = None,
    options: Mapping[str, object] | None = None,
) -> ServiceTables:
    """Return the settings of each service by its name: of the file, and of a script that is given.

    Raises:
        InvalidOption: there is no service, or options are given without a script.
    """
    given = {key: value for key, value in (options or {}).items() if _is_given(value)}
    tables = {key: located(workspace, table) for key, table in workspace.services().items()}
    if script is None:
        if given:
            raise InvalidOption(
                f"{next(iter(given))} is given without a script",
                remedy="name the script, or write the option into [services.NAME] of blobprep.toml",
            )
        if name is not None and name not in tables:
            raise InvalidOption(
                f"there is no service {name!r}", remedy="name a script, or write [services.NAME] into blobprep.toml"
            )
        if not tables:
            raise InvalidOption(
                "there is no service", remedy="name a script: blobprep serve prep.py, or write [services.NAME]"
            )
        return tables if name is None else {name: tables[name]}
    return {**tables, service_name(script, name): {"script": script, **given}}


def service_name(script: str, name: str | None = None) -> str:
    """Return the name of a script's service: the one given, or else the script's own, without its ending."""
    stem = _NAME.sub("-", Path(script.rpartition("/")[2]).stem).strip("-_")
    return name or stem or "service"


def _require_scripts(tables: ServiceTables) -> None:
    """Refuse a script that is a file here and is not there; one in a blob may come later."""
    for name, table in tables.items():
        script = str(table.get("script") or "")
        if script.endswith(".py") and not is_reference(script) and not Path(script).is_file():
            raise InvalidOption(f"the script of service {name}, {script}, is no file", remedy="name one that is there")


def _is_given(value: object) -> bool:
    """Return whether an option is given: None, a switch that is off and an empty list or table are not."""
    return not (value is None or value is False or (isinstance(value, (tuple, list, Mapping)) and not value))


def new_key(
    name: str, slot: str | None = None, *, workspace: Workspace | None = None, state: Path | None = None
) -> str:
    """Make a key of a service and return it; only a hash of it is kept, so it is shown this once.

    A server that runs accepts it from the next request on.

    Args:
        name: of the service.
        slot: `primary` or `secondary`; None for the first one that is not there yet.
        workspace: the settings in force.
        state: the folder of keys.

    Raises:
        InvalidOption: both keys are there, and it is not said which one to replace.
        SettingError: the file of keys cannot be written.
    """
    keys = key_file((workspace or Workspace()).server_folder(state))
    held = keys.slots(name)
    chosen = _slot(slot) if slot else next((slot for slot in SLOTS if slot not in held), None)
    if chosen is None:
        raise InvalidOption(
            f"service {name} has both of its keys",
            remedy="say which one the new key replaces: --slot primary or --slot secondary",
        )
    return keys.create(name, chosen)


def revoke_key(name: str, slot: str, *, workspace: Workspace | None = None, state: Path | None = None) -> bool:
    """Remove a key of a service; return whether there was one. A server that runs refuses it from then on.

    Raises:
        InvalidOption, SettingError: as `new_key`.
    """
    keys = key_file((workspace or Workspace()).server_folder(state))
    return keys.revoke(name, _slot(slot))


def _slot(text: str) -> Slot:
    for slot in SLOTS:
        if slot == text:
            return slot
    raise InvalidOption(f"{text!r} is no key of a service", remedy=f"use {' or '.join(SLOTS)}")


def _served(workspace: Workspace, services: Services, state: Path, address: str) -> tuple[Served, ...]:
    url = str(workspace.setting("server.url") or "").rstrip("/") or address
    keys = key_file(state)
    return tuple(
        Served(
            service.name,
            f"{url}/workspaces/{service.workspace}/services/{service.endpoint}",
            f"{url}/services/{service.name}/help",
            keys.slots(service.name),
        )
        for service in services
    )


def _bound(listening: Listening) -> socket.socket:
    """Return a socket that listens: clients can call from then on, and wait for the server to begin."""
    try:
        family = socket.getaddrinfo(listening.host, listening.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((listening.host, listening.port), family=family, backlog=2048)
    except OSError as error:
        raise InvalidOption(
            f"{listening.host}:{listening.port} cannot be listened on: {error.strerror or error}",
            remedy="choose another address or port: --host, --port",
        ) from error


def _address(opened: socket.socket, listening: Listening) -> str:
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    return f"{'http' if listening.certificate is None else 'https'}://{host}:{opened.getsockname()[1]}"


def _port(workspace: Workspace, port: int | None) -> int:
    value = workspace.setting("server.port") if port is None else port
    if value is None:
        return 8080
    if not isinstance(value, int) or not 0 <= value <= 65_535:
        raise InvalidOption(f"{value} is no port", remedy="use a number from 0 to 65535")
    return value


def _path(text: str | Path | None) -> Path | None:
    return None if text is None else Path(text)
