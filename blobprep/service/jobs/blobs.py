"""What a request says about a blob: its forms, and which storage it may name. Pure.

    {"ConnectionString": …, "RelativeLocation": "container/blob.csv"}
    {"BaseLocation": "https://account.blob.core.windows.net/", "RelativeLocation": …, "SasBlobToken": "?sv=…"}

A name behind a connection string is as it is; one behind a base is a part of an address, and percent-encoded. Without
any credential, an account of the server's settings may be meant, where the service allows it: by its name in a
connection string, in an address, or in `az://ACCOUNT@container/blob.csv` for `RelativeLocation`; where the service
allows one account alone, `container/blob.csv` will do.

A request must not make the server call hosts that only the server can reach, so storage has to be one of Microsoft's
clouds, over https, unless the service's settings list the host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import ANONYMOUS, Account, parse_connection_string, sas_credential
from blobprep.errors import InvalidReference, SettingError
from blobprep.reference import Reference, is_reference, split_sas
from blobprep.reference.hosts import PORTS, in_clouds, service_in
from blobprep.reference.names import CONTAINER_RULE, is_container_name
from blobprep.reference.percent import encode_plain
from blobprep.sandbox.network.rules import parse_endpoint
from blobprep.service.failures import failure

__all__ = ["EXTENSIONS", "GivenBlob", "parse_blob", "read_fields", "require_dataset"]

EXTENSIONS: Final = ("csv", "tsv", "arff")
"""Of datasets; `.ilearner` was a trained model's, which a script does not make."""

_FIELDS: Final = {
    name.lower(): name for name in ("ConnectionString", "RelativeLocation", "BaseLocation", "SasBlobToken")
}
_LONGEST: Final = 1024  # characters of a blob's name, by the service's rules
_WITHOUT_KEY: Final = frozenset({"accountname", "defaultendpointsprotocol", "endpointsuffix"})


@dataclass(frozen=True, slots=True)
class GivenBlob:
    """A blob of a request.

    Attributes:
        account: with its address and its credential, as the request has them; None for one of the settings.
        reference: the blob; without an address if the account is one of the settings.
    """

    account: Account | None
    reference: Reference

    @property
    def printed(self) -> str:
        """Return the reference without secret."""
        return str(self.reference)


def read_fields(value: object) -> dict[str, str]:
    """Return what is filled in of a reference to a blob, by the names of its fields; clients spell them in any case."""
    if not isinstance(value, Mapping):
        return {}
    fields = {_FIELDS.get(str(name).lower(), ""): text for name, text in value.items()}
    return {name: text.strip() for name, text in fields.items() if name and isinstance(text, str) and text.strip()}


def parse_blob(fields: Mapping[str, str], name: str, *, accounts: tuple[str, ...], hosts: tuple[str, ...]) -> GivenBlob:
    """Parse a reference to a blob.

    Args:
        fields: as `read_fields` returns them, at least one.
        name: of the input or output, for messages.
        accounts: of the settings, that the service lets requests name.
        hosts: besides Microsoft's clouds, that storage may be on.

    Raises:
        ServiceFailure: it does not name a blob, or storage that the service does not allow; no text of it that may be
            a secret is in the message.
    """
    if text := fields.get("ConnectionString", ""):
        account = _account(text, name, accounts)
        container, blob = _split(fields.get("RelativeLocation", ""), name)
        if account.credential is ANONYMOUS:  # a name alone
            return GivenBlob(None, Reference(account.name, container, blob, exact=True))
        reference = Reference(account.name, container, blob, endpoint=account.url, exact=True)
        _require_allowed(account, reference, name, hosts)
        return GivenBlob(account, reference)
    reference, token = _address(fields, name)
    if token is None and reference.account is None and len(accounts) == 1:
        reference = replace(reference, account=accounts[0])
    if token is None and reference.account in accounts:
        return GivenBlob(None, replace(reference, endpoint=None))
    if token is None and reference.endpoint is None:
        raise _invalid(
            name, reference, "It has no credential, and the service does not let requests use the server's accounts."
        )
    account = _reached(reference, token)
    reference = replace(reference, endpoint=account.url)
    _require_allowed(account, reference, name, hosts)
    return GivenBlob(account, reference)


def require_dataset(given: GivenBlob, name: str) -> str:
    """Return the extension of a blob's name, in lower case, if it is that of a dataset.

    Raises:
        ServiceFailure: it is not.
    """
    last = given.reference.blob.rpartition("/")[2]
    extension = last.rpartition(".")[2].lower() if "." in last else ""
    if extension not in EXTENSIONS:
        known = ", ".join(f".{known}" for known in EXTENSIONS)
        raise failure("BadArgument", "InvalidBlobExtension", given.printed, known, target=name)
    return extension


def _account(text: str, name: str, accounts: tuple[str, ...]) -> Account:
    """Return the account of a connection string; one that has only a name may be an account of the settings."""
    fields = {key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in text.split(";"))}
    fields.pop("", None)
    if fields.keys() <= _WITHOUT_KEY and fields.get("accountname") in accounts:
        return Account(fields["accountname"])
    try:
        return parse_connection_string(text)
    except SettingError as error:
        raise failure("BadArgument", "InvalidBlobConnectionString", name, more=_sentence(error), target=name) from None


def _split(text: str, name: str) -> tuple[str, str]:
    """Return container and blob of a name behind a connection string."""
    if is_reference(text):
        raise failure(
            "BadArgument",
            "InvalidBlob",
            name,
            more="RelativeLocation is CONTAINER/BLOB where there is a ConnectionString.",
            target=name,
        )
    container, _, blob = text.lstrip("/").partition("/")
    if not text.strip("/"):
        raise failure("BadArgument", "InputBlobRelativeLocationInvalid", target=name)
    if not container:
        raise failure("BadArgument", "ContainerIsEmpty", target=name)
    _require_names(container, blob, name)
    return container, blob


def _require_names(container: str, blob: str, name: str) -> None:
    if not is_container_name(container):
        raise failure("BadArgument", "ContainerSegmentInvalid", more=f"{CONTAINER_RULE.capitalize()}.", target=name)
    if not blob or blob.endswith("/"):
        raise failure("BadArgument", "InputBlobRelativeLocationInvalid", target=name)
    if len(blob) > _LONGEST or not blob.isprintable():
        more = f"A blob's name has at most {_LONGEST} printable characters."
        raise failure("BadArgument", "InvalidBlob", name, more=more, target=name)


def _address(fields: Mapping[str, str], name: str) -> tuple[Reference, str | None]:
    """Return the blob of an address in parts, and its SAS token."""
    base, relative = fields.get("BaseLocation", ""), fields.get("RelativeLocation", "")
    if not base and not relative:
        raise failure("BadArgument", "MissingInputBlobInformation", target=name)
    if base:
        text = f"{base.rstrip('/')}/{relative.lstrip('/')}" if relative else base
    else:
        text = relative if is_reference(relative) else f"az://{encode_plain(relative.lstrip('/'))}"
    token = fields.get("SasBlobToken", "").lstrip("?")
    full = f"{text}{'&' if '?' in text else '?'}{token}" if token else text
    bare, found = split_sas(full)
    if token and found is None:
        raise failure("BadArgument", "InvalidBlob", name, more="SasBlobToken has no signature.", target=name)
    try:
        reference = Reference.parse(bare)
    except InvalidReference as error:
        raise failure("BadArgument", "InvalidBlob", name, more=_sentence(error), target=name) from None
    if reference.pattern is not None or reference.datastore is not None:
        raise failure("BadArgument", "InvalidBlob", name, more="One blob is needed.", target=name)
    _require_names(reference.container, reference.blob, name)
    return reference, found


def _reached(reference: Reference, token: str | None) -> Account:
    """Return the account of an address, with what opens it."""
    credential = ANONYMOUS if token is None else sas_credential(token)
    account = Account(reference.account or "", endpoint=reference.endpoint, credential=credential)
    return replace(account, protocol="http") if reference.protocol == "http" else account


def _require_allowed(account: Account, reference: Reference, name: str, hosts: tuple[str, ...]) -> None:
    """Refuse storage elsewhere than in Microsoft's clouds, over https, unless its host is listed.

    Raises:
        ServiceFailure: it may not be called.
    """
    try:
        parts = urlsplit(account.url)
        host, port = parts.hostname or "", parts.port or PORTS[account.protocol]
    except ValueError:
        host, port = "", 0
    if (host, port) in {(endpoint.host, endpoint.port) for endpoint in map(parse_endpoint, hosts)}:
        return
    if account.protocol != "https":
        raise _invalid(name, reference, "Its storage must be reached over https.")
    if port != PORTS["https"] or service_in(host) is None or not in_clouds(host):
        raise _invalid(name, reference, "Its storage is not an account in Azure, and the service does not list it.")


def _sentence(error: Exception) -> str:
    text = f"{error}."
    return text[0].upper() + text[1:]


def _invalid(name: str, reference: Reference, more: str) -> Exception:
    return failure("BadArgument", "InvalidBlob", reference, more=more, target=name)
