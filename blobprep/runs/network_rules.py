"""The network rules of a run, from the options, the settings and the run's accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from blobprep.errors import InvalidOption
from blobprep.inputs.sources import BlobPattern, Dataset, PinnedBlobs, ReadBundle, SourceScript
from blobprep.reference.hosts import PORTS
from blobprep.sandbox.network.rules import Endpoint, Rules, normalize_host, parse_endpoint
from blobprep.settings.workspace import Workspace
from blobprep.stores import Store
from blobprep.stores.location import BlobLocation

__all__ = ["emulator_of", "rules_of"]

_EMULATOR_PORT: Final = 10000  # Azurite's own


def emulator_of(text: str | None) -> Endpoint | None:
    """Read `--emulator`: HOST, HOST:PORT, or an http address as emulators print it.

    Raises:
        InvalidOption: it is neither, or an address with another protocol than http.
    """
    if not text:
        return None
    scheme, separator, rest = text.strip().rpartition("://")
    if separator and scheme.lower() != "http":
        raise InvalidOption(
            "--emulator takes an http address only, and another protocol was given",
            remedy="give the emulator's host and port: --emulator 127.0.0.1:10000",
        )
    return parse_endpoint(rest.partition("/")[0], _EMULATOR_PORT)


def rules_of(
    workspace: Workspace,
    hosts: Sequence[str],
    allow_accounts: bool,
    connected: Iterable[object],
    emulator: Endpoint | None = None,
) -> Rules:
    """Return the network rules of a run.

    Args:
        workspace: the settings in force, with `[script] allow`.
        hosts: the values of `--allow-host`, which add to it.
        allow_accounts: whether the script may reach the run's accounts.
        connected: everything that the run reads and writes; a blob stands for its account.
        emulator: the emulator that replaces the script's accounts, which the script may therefore reach.

    Raises:
        InvalidOption: a host is not valid, has a wildcard, or may never be reached.
    """
    configured = workspace.setting("script.allow") or ()
    assert isinstance(configured, Iterable)
    named = {parse_endpoint(str(host)) for host in (*configured, *hosts)}
    return Rules(
        frozenset(named | ({emulator} if emulator else set())),
        frozenset(_endpoint(store) for store in _stores(connected) if store.protocol in PORTS),
        allow_accounts,
    )


def _stores(connected: Iterable[object]) -> Iterator[Store]:
    for source in connected:
        match source:
            case BlobLocation():
                yield source.store
            case SourceScript():
                yield source.location.store
            case ReadBundle():
                yield source.blob.location.store
            case Dataset(source=BlobLocation() as located) | Dataset(source=BlobPattern(location=located)):
                yield located.store
            case Dataset(source=PinnedBlobs(blobs=blobs)):
                yield from dict.fromkeys(blob.location.store for blob in blobs)


def _endpoint(store: Store) -> Endpoint:
    """Return the endpoint where the run itself reaches an account's Blob service, over the protocol in use."""
    return _endpoint_of(store.access.endpoint)


@lru_cache(maxsize=256)  # each item of a batch has the same few
def _endpoint_of(address: str) -> Endpoint:
    parts = urlsplit(address)
    return Endpoint(normalize_host(parts.hostname or ""), parts.port or PORTS[parts.scheme])
