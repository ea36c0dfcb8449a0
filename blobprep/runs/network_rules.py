"""What a script may reach, from the options, the settings and the accounts of its run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from blobprep.errors import InvalidOption
from blobprep.inputs.sources import BlobPattern, Dataset, SourceScript
from blobprep.sandbox.network.rules import Endpoint, Rules, normalize_host, parse_endpoint
from blobprep.settings.workspace import Workspace
from blobprep.stores import Store
from blobprep.stores.location import BlobLocation

__all__ = ["emulator_of", "rules_of"]

_PORTS: Final = {"http": 80, "https": 443}
_EMULATOR_PORT: Final = 10000  # of Azurite, where none is named


def emulator_of(text: str | None) -> Endpoint | None:
    """Read `--emulator`: HOST or HOST:PORT, or the address of an emulator as others print it.

    Raises:
        InvalidOption: it is neither, or an address over https, which a script is not led to.
    """
    if not text:
        return None
    scheme, separator, rest = text.strip().rpartition("://")
    if separator and scheme.lower() != "http":
        raise InvalidOption(
            "an emulator is reached over http, and another protocol is given",
            remedy="give its host and port: --emulator 127.0.0.1:10000",
        )
    return parse_endpoint(rest.partition("/")[0], _EMULATOR_PORT)


def rules_of(
    workspace: Workspace,
    hosts: Sequence[str],
    allow_accounts: bool,
    connected: Iterable[object],
    emulator: Endpoint | None = None,
) -> Rules:
    """Return the rules of a run.

    Args:
        workspace: whose `[script] allow` is in force.
        hosts: of `--allow-host`, which add to it.
        allow_accounts: whether the script may reach the run's accounts.
        connected: all that the run reads and writes: what is in an account names that account.
        emulator: that the script is led to, and may reach therefore.

    Raises:
        InvalidOption: a host is none, has a wildcard, or is never reached.
    """
    configured = workspace.script_setting("allow") or ()
    assert isinstance(configured, Iterable)
    return Rules(
        frozenset(parse_endpoint(str(each)) for each in (*configured, *hosts)) | ({emulator} if emulator else set()),
        frozenset(_endpoint(store) for store in _stores(connected) if store.protocol in _PORTS),
        allow_accounts,
    )


def _stores(connected: Iterable[object]) -> Iterator[Store]:
    for each in connected:
        match each:
            case BlobLocation():
                yield each.store
            case SourceScript():
                yield each.location.store
            case Dataset(source=BlobLocation() as located) | Dataset(source=BlobPattern(location=located)):
                yield located.store


def _endpoint(store: Store) -> Endpoint:
    """Return where the run itself reaches an account: its Blob service, over the protocol that is used."""
    parts = urlsplit(store.access.endpoint)
    return Endpoint(normalize_host(parts.hostname or ""), parts.port or _PORTS[parts.scheme])
