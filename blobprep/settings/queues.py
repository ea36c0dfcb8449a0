"""The queue that a text names, opened as the settings open its account."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from blobprep.account import Account, check_protocol, require_credential
from blobprep.errors import InvalidOption
from blobprep.reference.sas import has_token_field, quote_text
from blobprep.settings.account_resolution import AccountRequest

if TYPE_CHECKING:
    from blobprep.settings.workspace import Workspace
    from blobprep.stores.queues import MessageQueue

__all__ = ["open_queue", "queue_account"]

_NAME: Final = re.compile(r"(?:(?P<account>[a-z0-9][a-z0-9-]{0,62})@)?(?P<queue>[a-z0-9](?:-?[a-z0-9])+)")
_HOST: Final = re.compile(r"(?P<account>[a-z0-9]{3,24})\.queue\.(?P<suffix>[a-z0-9.-]+)")
_FORM: Final = "write NAME, ACCOUNT@NAME or https://ACCOUNT.queue.core.windows.net/NAME"
_RETRIES: Final = 1
_PORT: Final = 1  # that of the emulator's queues is the one after that of its blobs


def open_queue(workspace: Workspace, text: str, account: str | None) -> MessageQueue:
    """Open a queue.

    Args:
        workspace: the settings in force.
        text: `NAME`, `ACCOUNT@NAME` or an address.
        account: the account of a queue that is given by its name alone; None for the default account.

    Raises:
        InvalidOption: the text names no queue, or the account has none.
        SettingError, ProtocolForbidden: as `Workspace.locate`.
        UsageError: the library for queues is not installed.
    """
    from blobprep.stores.azure.queue import AzureQueue

    # Whoever waits for messages asks again anyway.
    return AzureQueue(*queue_account(workspace, text, account), retries=_RETRIES)


def queue_account(workspace: Workspace, text: str, account: str | None) -> tuple[Account, str]:
    """Return the account of a queue, with the address of its Queue service, and the queue's name.

    The credential is the account's own, and is sent to that account's Queue service alone, or to this machine.

    Raises:
        InvalidOption, SettingError, ProtocolForbidden: as `open_queue`.
    """
    named = _NAME.fullmatch(text)
    if named is not None and 3 <= len(named["queue"]) <= 63:
        resolution = workspace.destination(AccountRequest(named["account"] or account))
        found, queue = _at_its_queues(resolution.account), named["queue"]
    else:
        name, endpoint, queue = _read_address(text)
        resolution = workspace.destination(AccountRequest(name))
        found = replace(
            _require_service(resolution.account),
            endpoint=endpoint,
            protocol="http" if endpoint.startswith("http:") else "https",
        )
        _require_home(resolution.account, found)
    require_credential(found, resolution.source)
    checked, _ = check_protocol(found, workspace.allow_http, explicit=resolution.explicit)
    return checked, queue


def _require_service(account: Account) -> Account:
    if account.folder is not None:
        raise InvalidOption(
            f"account {account.name} is a folder, which has no queues", remedy="leave out the queue: watch lists anyway"
        )
    return account


def _at_its_queues(account: Account) -> Account:
    """Return an account at the address of its Queue service, as far as that follows from that of its blobs."""
    _require_service(account)
    if account.endpoint is None:
        return replace(account, endpoint=f"{account.protocol}://{account.name}.queue.{account.endpoint_suffix}")
    parts = urlsplit(account.endpoint)
    host = parts.hostname or ""
    if ".blob." in host:
        moved = parts._replace(netloc=parts.netloc.replace(".blob.", ".queue.", 1))
        return replace(account, endpoint=moved.geturl())
    if account.is_local and parts.port:
        moved = parts._replace(netloc=f"{host if ':' not in host else f'[{host}]'}:{parts.port + _PORT}")
        return replace(account, endpoint=moved.geturl())
    raise InvalidOption(
        f"the address of the queues of account {account.name} does not follow from that of its blobs",
        remedy="give the queue's whole address",
    )


def _read_address(text: str) -> tuple[str, str, str]:
    """Return account, endpoint and queue of an address, which may be in path style as emulators have it."""
    if "?" in text or has_token_field(text):
        raise InvalidOption(
            "the address of the queue has a query, which may hold a secret",
            remedy="leave it out; the queue is opened by the credential of its account",
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host, path = parts.hostname or "", [part for part in parts.path.split("/") if part]
    known = _HOST.fullmatch(host)
    fits = parts.scheme in ("http", "https") and host and "@" not in parts.netloc
    if fits and known is not None and len(path) == 1 and port is None:
        return known["account"], f"{parts.scheme}://{host}", path[0]
    if fits and known is None and len(path) == 2:
        return path[0], f"{parts.scheme}://{parts.netloc}/{path[0]}", path[1]
    raise InvalidOption(f"{quote_text(text)} is not the name or address of a queue", remedy=_FORM)


def _require_home(account: Account, queues: Account) -> None:
    """Refuse an address that is not the account's own: its credential would be disclosed there."""
    host = urlsplit(queues.url).hostname or ""
    own = urlsplit(_at_its_queues(account).url).hostname if account.endpoint is None or not account.is_local else ""
    if host != own and not queues.is_local:
        raise InvalidOption(
            f"{host} is not the Queue service of account {account.name}",
            remedy="give the queue's name alone, or set endpoint or endpoint_suffix of the account",
        )
