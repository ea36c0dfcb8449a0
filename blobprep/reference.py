"""Names of blobs: parse, print. Pure; holds no secret.

Grammar of this version (further dialects are further rows of `_DIALECTS`):

    az://CONTAINER/BLOB                                    account left to the settings
    az://ACCOUNT@CONTAINER/BLOB
    https://ACCOUNT.blob.SUFFIX/CONTAINER/BLOB             also http
    http://HOST[:PORT]/ACCOUNT/CONTAINER/BLOB              path style: the emulator

Percent-encoding is decoded exactly once, in every dialect: `%2A` is a literal `*`, `%25` a literal `%`; a `%` that two
hexadecimal digits do not follow stands for itself. `versionId=` and `snapshot=` are understood in the query.
Printing encodes what parsing would read otherwise, so `Reference.parse(str(reference)) == reference`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from blobprep.errors import InvalidReference

__all__ = ["Reference", "is_reference", "split_sas"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_CONTAINER: Final = re.compile(r"\$root|\$web|\$logs|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_PASSWORD: Final = re.compile(r"(?<=://)[^/@]*:[^/@]*@")
_SAS_PARAMETERS: Final = frozenset(
    {
        *("sv", "ss", "srt", "sp", "se", "st", "spr", "sip", "sig", "sr", "si", "sdd", "ses", "scid"),
        *("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid"),
        *("rscc", "rscd", "rsce", "rscl", "rsct"),
    }
)
_MARKS: Final = frozenset({"versionId", "versionid", "snapshot"})
_EXAMPLES: Final = "write az://container/blob or https://ACCOUNT.blob.core.windows.net/container/blob"


@dataclass(frozen=True, slots=True)
class Reference:
    """Name a blob, or with an empty or `/`-ended `blob` a prefix.

    Attributes:
        account: None where the text leaves it to the default.
        container: its name; empty only from `parse_account`.
        blob: its name, decoded; may be a prefix.
        version_id: of a versioned account, else None.
        snapshot: its time stamp as the service gave it, else None.
        endpoint: the address the text spelled out, without container and blob, else None.
    """

    account: str | None
    container: str
    blob: str
    version_id: str | None = None
    snapshot: str | None = None
    endpoint: str | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference.

        A SAS token in the query is dropped: take it off first with `split_sas`.

        >>> Reference.parse("az://raw/2024/iris%20set.csv").blob
        '2024/iris set.csv'

        Raises:
            InvalidReference: it names no blob; the message says what was expected.
        """
        reference = _parse(text)
        if not reference.container:
            raise InvalidReference(
                f"{_shown(text)} names no container",
                remedy=f"write {reference.endpoint or 'az:/'}/CONTAINER/BLOB",
            )
        if not _CONTAINER.fullmatch(reference.container):
            raise InvalidReference(
                f"{_shown(text)} names {reference.container!r} as its container, which is no container name",
                remedy="a container's name has 3 to 63 lower-case letters, digits and single "
                "hyphens; write az://container/blob",
            )
        return reference

    @classmethod
    def parse_account(cls, text: str) -> Reference | None:
        """Read a text that names a whole account (`az://`, `az://ACCOUNT@`, an endpoint), else None.

        Raises:
            InvalidReference: it has the shape of no reference at all.
        """
        reference = _parse(text)
        whole = not reference.container and not reference.blob and not reference.version_id
        return reference if whole else None

    @property
    def protocol(self) -> str | None:
        """Return the protocol the text spelled out, `http` or `https`, else None."""
        return urlsplit(self.endpoint).scheme if self.endpoint else None

    def sibling(self, blob: str) -> Reference:
        """Name another blob of the same container."""
        return Reference(self.account, self.container, blob, endpoint=self.endpoint)

    def __str__(self) -> str:
        if not self.container:
            return self.endpoint or (f"az://{self.account}@" if self.account else "az://")
        if self.endpoint:
            address = f"{self.endpoint}/{self.container}/{quote(self.blob, safe='/')}"
        else:
            account = f"{self.account}@" if self.account else ""
            address = f"az://{account}{self.container}/{_encode_short(self.blob)}"
        query = [("versionId", self.version_id), ("snapshot", self.snapshot)]
        marks = "&".join(f"{name}={quote(value, safe=':')}" for name, value in query if value)
        return f"{address}?{marks}" if marks else address


def is_reference(text: str) -> bool:
    """Tell whether a text has the shape of a reference; else it is a local path or a name from the settings."""
    return _SCHEME.match(text) is not None


def split_sas(text: str) -> tuple[str, str | None]:
    """Take the SAS token off a reference.

    Returns:
        The text without it, and the token (no `?`), None where there is none.
    """
    address, _, query = text.rpartition("?")
    parts = query.split("&")
    token = [part for part in parts if part.partition("=")[0].lower() in _SAS_PARAMETERS]
    signed = any(part.partition("=")[0].lower() == "sig" for part in token)
    if not address or not signed or not is_reference(text):
        return text, None
    rest = [part for part in parts if part not in token]
    return (f"{address}?{'&'.join(rest)}" if rest else address), "&".join(token)


def _parse(text: str) -> Reference:
    clean, _ = split_sas(text)
    match = _SCHEME.match(clean)
    dialect = _DIALECTS.get(match[1].lower()) if match else None
    if dialect is None:
        raise InvalidReference(f"{_shown(text)} is not a reference to a blob", remedy=_EXAMPLES)
    try:
        clean.encode()
        return dialect(clean)
    except InvalidReference:
        raise
    except ValueError as error:  # of a port, an IPv6 address, bytes that are not UTF-8
        raise InvalidReference(
            f"{_shown(text)} is not a reference to a blob: a part of it cannot be read",
            remedy="percent-encoded bytes must be UTF-8; " + _EXAMPLES,
        ) from error


def _shown(text: str) -> str:
    """Return the text for a message: quoted, without SAS token and without password."""
    return repr(_PASSWORD.sub("", split_sas(text)[0]))


def _parse_short(text: str) -> Reference:
    body, version_id, snapshot = _split_marks(text.partition("://")[2])
    authority, _, path = body.partition("/")
    account, at, container = authority.rpartition("@")
    if at and not _ACCOUNT.fullmatch(account):
        raise InvalidReference(
            f"{_shown(text)} has no account name before its '@'",
            remedy="write az://ACCOUNT@CONTAINER/BLOB, or leave ACCOUNT@ out",
        )
    return Reference(account or None, container, _decode(path), version_id, snapshot)


def _parse_url(text: str) -> Reference:
    parts = urlsplit(text)
    _refuse_unread(text, parts)
    host = parts.hostname or ""
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    path = parts.path.lstrip("/")
    if _is_path_style(host):
        account, _, path = path.partition("/")
        endpoint = f"{origin}/{account}"
    else:
        account, endpoint = host.partition(".")[0], origin
    if not account:
        raise InvalidReference(f"{_shown(text)} names no account", remedy=f"write {origin}/ACCOUNT/CONTAINER/BLOB")
    _, version_id, snapshot = _split_marks(f"?{parts.query}" if parts.query else "")
    container, _, blob = path.partition("/")
    return Reference(account, _decode(container), _decode(blob), version_id, snapshot, endpoint)


def _refuse_unread(text: str, parts: SplitResult) -> None:
    """Refuse a URL with a part that would be dropped in silence, and so name another blob than was meant."""
    host = parts.hostname or ""
    _ = parts.port  # raises ValueError where it is none
    if parts.username is not None or parts.password is not None:
        raise InvalidReference(
            f"the reference to {host!r} has a user name or password in it",
            remedy="take it out; credentials are settings",
        )
    if parts.fragment or "#" in text or _CONTROL.search(text):
        raise InvalidReference(
            f"{_shown(text)} has a '#' or a control character in it",
            remedy="in a URL write %23 for #, and encode control characters",
        )
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if names - _MARKS:
        raise InvalidReference(
            f"the reference to {parts.path!r} on {host!r} has a query that is not understood",
            remedy="a query holds versionId=, snapshot= or a whole SAS token (with sig=); write %3F for a ? in a name",
        )


def _is_path_style(host: str) -> bool:
    """Tell whether the account is the path's first segment: an address, or a host name without dots."""
    try:
        ip_address(host)
    except ValueError:
        return "." not in host
    return True


def _split_marks(text: str) -> tuple[str, str | None, str | None]:
    """Take `?versionId=…` and `?snapshot=…` off; any other `?` stays in the name (it is a wildcard)."""
    body, mark, query = text.rpartition("?")
    names = dict(parse_qsl(query))
    if not mark or not names or names.keys() - _MARKS:
        return text, None, None
    return body, names.get("versionId", names.get("versionid")), names.get("snapshot")


def _decode(text: str) -> str:
    return unquote(text, errors="strict")


def _encode_short(blob: str) -> str:
    """Encode what `az://` would read otherwise: an escape, a wildcard, the start of a query."""
    encoded = re.sub(r"%(?=[0-9A-Fa-f]{2})", "%25", blob)
    return encoded.replace("*", "%2A").replace("?", "%3F")


_DIALECTS: Final[dict[str, Callable[[str], Reference]]] = {
    "az": _parse_short,
    "https": _parse_url,
    "http": _parse_url,
}
