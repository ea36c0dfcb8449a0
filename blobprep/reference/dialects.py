"""The dialects in which people write references, each with a parser. Pure.

    az|azure://CONTAINER/BLOB, abfs[s]://…, abs://…       account left to the settings
    az|azure://ACCOUNT@CONTAINER/BLOB
    http[s]://ACCOUNT.blob|dfs.SUFFIX/CONTAINER/BLOB
    http[s]://HOST[:PORT]/ACCOUNT/CONTAINER/BLOB          path style: the emulator
    az|azure|abfs[s]|abs|wasb[s]://CONTAINER@ACCOUNT.blob|dfs.SUFFIX/BLOB
    az|azure|abfs[s]|abs://ACCOUNT.blob|dfs.SUFFIX/CONTAINER/BLOB
    azureml://[subscriptions/…/]datastores/NAME/paths/BLOB

A host with a dot belongs to an account, a host without one is a container, and the text before an `@` and a host with a
dot is a container. `wasb` and `http` mean http, every other scheme means https; so does `abfs`, although Hadoop uses
http for it with an account key. `?versionId=` and `?snapshot=` may end each of them.

Source:
    Microsoft, "Use the Azure Data Lake Storage URI"; Apache Hadoop, hadoop-azure; Apache Arrow, `AzureFileSystem`;
    adlfs; object_store; DuckDB; papermill; azureml-fsspec.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

from blobprep.errors import InvalidReference
from blobprep.reference.hosts import Address, is_onelake, is_path_style, read_address, service_of
from blobprep.reference.mistakes import unknown_reference
from blobprep.reference.names import is_account_name
from blobprep.reference.percent import decode
from blobprep.reference.queries import Marks, read_query, split_query
from blobprep.reference.sas import quote_text, remove_secrets

__all__ = ["Parts", "split_reference"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_UNREADABLE: Final = re.compile(r"[#\x00-\x1f\x7f]")
_DATASTORE: Final = re.compile(
    r"(?:subscriptions/[^/]+/resourcegroups/[^/]+/workspaces/[^/]+/)?datastores/([A-Za-z0-9_][A-Za-z0-9_-]*)"
    r"/paths(?:/(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_ROOT: Final = "$root"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a reference: names are decoded, `path` (the blob's name) is as it was written."""

    account: str | None
    container: str
    path: str
    marks: Marks = Marks()  # noqa: RUF009  # frozen
    endpoint: str | None = None
    datastore: str | None = None


def split_reference(text: str) -> Parts:
    """Split a reference without SAS token into its parts, by the dialect of its scheme.

    Raises:
        InvalidReference: the text is not in any dialect; the remedy has the form that was probably meant.
        ValueError: a part of it cannot be decoded.
    """
    match = _SCHEME.match(text)
    dialect = _DIALECTS.get(match[1].lower()) if match else None
    if match is None or dialect is None:
        raise unknown_reference(text)
    return dialect(text, match[1].lower(), text[match.end() :])


def _read_url(text: str, scheme: str, rest: str) -> Parts:
    before, _, query = rest.partition("?")
    if _UNREADABLE.search(rest):
        raise InvalidReference(
            f"{quote_text(text)} contains a '#' or a control character",
            remedy=f"write {remove_secrets(_UNREADABLE.sub(lambda found: quote(found[0]), text))}",
        )
    authority, _, path = before.partition("/")
    if "@" in authority:
        raise InvalidReference(
            "the reference has a user name or password before its host",
            remedy="remove it: credentials belong in the settings, and the container comes after the host: "
            "https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB",
        )
    marks = read_query(text, query)
    address = read_address(text, authority, scheme)
    service = service_of(text, address.host, path)
    if service is not None:
        endpoint = f"{scheme}://{Address(service.host, address.port)}"
        return _below(text, service.account, endpoint, path, marks)
    if not is_path_style(address, path):
        return _below(text, address.host.partition(".")[0], f"{scheme}://{address}", path, marks)
    account, _, path = path.partition("/")
    if not address.host or not account:
        raise InvalidReference(
            f"{quote_text(text)} does not name an account",
            remedy=f"write {scheme}://{address if address.host else 'HOST'}/ACCOUNT/CONTAINER/BLOB",
        )
    endpoint = f"{scheme}://{address}/{account}"
    return _below(text, account.removesuffix("-secondary"), endpoint, path, marks)


def _below(text: str, account: str, endpoint: str, path: str, marks: Marks) -> Parts:
    """Split the path after an account's address into container and blob.

    A single segment is a container; with a dot it cannot be one, and is a blob in the root container.
    """
    container, slash, blob = path.partition("/")
    if not container and blob.strip("/"):
        raise InvalidReference(
            f"{quote_text(text)} has an empty segment in place of its container",
            remedy=f"write {endpoint}/{blob.lstrip('/')}",
        )
    if not slash and "." in container and "*" not in container and not is_onelake(endpoint):
        container, blob = _ROOT, container
    return Parts(account, decode(container), blob, marks, endpoint)


def _read_short(text: str, scheme: str, rest: str) -> Parts:
    body, marks = split_query(text, rest)
    authority, slash, path = body.partition("/")
    user, at, host = authority.rpartition("@")
    if ":" in user:
        raise InvalidReference(
            "the reference has a password or key before its '@'",
            remedy="remove it: credentials belong in the settings",
        )
    if slash and not authority:
        raise InvalidReference(
            f"{quote_text(text)} has three slashes, so its container is empty",
            remedy=f"write {scheme}://{path.lstrip('/') or 'CONTAINER/BLOB'}",
        )
    if "." in host or ":" in host:
        return _read_hosted(text, scheme, (decode(user) if at else None), host, path, marks)
    _refuse_dotless(text, scheme, user if at else None, host, path)
    return Parts(user or None, decode(host), path, marks)


def _refuse_dotless(text: str, scheme: str, user: str | None, host: str, path: str) -> None:
    """Refuse a form without an account's host if tools disagree on its meaning."""
    if scheme.startswith("wasb"):
        raise InvalidReference(
            f"{quote_text(text)} does not name the host of an account, which {scheme}:// needs",
            remedy=f"write {scheme}://{user}@{host}.blob.core.windows.net/{path}"
            if user
            else f"write {scheme}://{host or 'CONTAINER'}@ACCOUNT.blob.core.windows.net/{path}, "
            f"or az://{host or 'CONTAINER'}/{path}",
        )
    if user is not None and scheme not in ("az", "azure"):
        raise InvalidReference(
            f"{quote_text(text)} is ambiguous: before the '@' pyarrow expects the account, and Hadoop the container",
            remedy=f"write az://{user}@{host}/{path} if {user!r} is the account, "
            f"or {scheme}://{user}@{host}.dfs.core.windows.net/{path} if {host!r} is",
        )
    if user is not None and not is_account_name(user):
        raise InvalidReference(
            f"{quote_text(text)} does not have an account's name before its '@'",
            remedy=f"write az://{host}@{user}/{path} if {host!r} is the account, or leave out ACCOUNT@"
            if user and is_account_name(host)
            else "write az://ACCOUNT@CONTAINER/BLOB, or leave out ACCOUNT@",
        )


def _read_hosted(text: str, scheme: str, container: str | None, host: str, path: str, marks: Marks) -> Parts:
    """Split a form that is not a URL but names its host."""
    protocol: Literal["http", "https"] = "http" if scheme == "wasb" else "https"
    address = read_address(text, host, protocol)
    below = path if container is None else f"{container}/{path}"
    service = service_of(text, address.host, below)
    if service is None:
        local = is_path_style(address, path)
        raise InvalidReference(
            f"{quote_text(text)} has a host that does not belong to the Blob service: {address.host}",
            remedy=f"write http://{address}/{path or 'ACCOUNT/CONTAINER/BLOB'}, or https"
            if local
            else f"write https://{address}/{below} if it is an account's own domain; "
            "otherwise write az://CONTAINER/BLOB, where the container's name has no dot",
        )
    endpoint = f"{protocol}://{Address(service.host, address.port)}"
    if container is not None:
        return Parts(service.account, container, path, marks, endpoint)
    if scheme.startswith("wasb"):
        raise InvalidReference(
            f"{quote_text(text)} does not name a container before an '@'",
            remedy=f"write {scheme}://$root@{address}/{path}, which is how Hadoop reads it, "
            f"or {protocol}://{address}/{path} if its first segment is the container",
        )
    return _below(text, service.account, endpoint, path, marks)


def _read_datastore(text: str, _: str, rest: str) -> Parts:
    body, marks = split_query(text, rest)
    match = _DATASTORE.fullmatch(body)
    if match is not None:
        return Parts(None, "", match[2] or "", marks, datastore=match[1])
    short = re.match(r"(?:.*/)?datastores/([^/]+)/?(.*)", body, re.IGNORECASE | re.DOTALL)
    meant = f"azureml://datastores/{short[1]}/paths/{short[2]}" if short else "azureml://datastores/NAME/paths/PATH"
    raise InvalidReference(
        f"{quote_text(text)} is not a path in an Azure Machine Learning datastore",
        remedy=f"write {meant}; the studio shows the path of a data asset or a job's output",
    )


_DIALECTS: Final[dict[str, Callable[[str, str, str], Parts]]] = {
    "az": _read_short,
    "azure": _read_short,
    "abfs": _read_short,
    "abfss": _read_short,
    "abs": _read_short,
    "wasb": _read_short,
    "wasbs": _read_short,
    "azureml": _read_datastore,
    "https": _read_url,
    "http": _read_url,
}
