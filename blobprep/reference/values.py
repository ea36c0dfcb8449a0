"""The reference to a blob, which every dialect is parsed to, and its printed form. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlsplit

from blobprep.errors import InvalidReference
from blobprep.reference import hosts
from blobprep.reference.dialects import Parts, split_reference
from blobprep.reference.mistakes import EXAMPLES, invalid_container
from blobprep.reference.names import is_container_name
from blobprep.reference.percent import decode, encode_exact, encode_plain, encode_url, is_exact, pattern_of, url_pattern
from blobprep.reference.sas import has_signature, is_reference, is_torn, quote_text, split_sas

__all__ = ["Reference", "is_reference", "print_below"]

_WORKSPACE: Final = re.compile(r"[^\x00-\x1f\x7f/*?]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a blob; to a prefix, if `blob` is empty or ends with `/`; to all blobs that match a `pattern`.

    The name of a blob that ends with `/` is written with `%2F` at its end, and is `exact`.

    Attributes:
        account: None for the default account.
        container: its name; empty only from `parse_account`, and if a `datastore` takes its place.
        blob: the decoded name or prefix; for a pattern, the pattern decoded.
        version_id: the version in a versioned account, else None.
        snapshot: the snapshot's time stamp as the service gave it, else None.
        endpoint: the address of the Blob service if the text has one, without container and blob, else None; a Data
            Lake host (`dfs`) is written as the blob host of the same account.
        pattern: `blob` with literal wildcards among encoded characters; None if it has no wildcard.
        datastore: the Azure Machine Learning datastore, as long as its container is not known; else None.
        exact: whether `blob` is the name of a blob although it ends with `/`; False for every other name.
    """

    account: str | None
    container: str
    blob: str
    version_id: str | None = None
    snapshot: str | None = None
    endpoint: str | None = None
    pattern: str | None = None
    datastore: str | None = None
    exact: bool = False

    def __post_init__(self) -> None:
        if self.exact and (self.pattern is not None or not self.blob.endswith("/")):
            object.__setattr__(self, "exact", False)

    @classmethod
    def parse(cls, text: str, *, datastores: Mapping[str, str] | None = None) -> Reference:
        """Parse a reference in any dialect.

        A SAS token in the query is dropped: split it off first with `split_sas`.

        Args:
            text: the reference.
            datastores: the prefix that each Azure Machine Learning datastore stands for; without this mapping, a
                reference keeps the datastore's name.

        >>> Reference.parse("abfss://raw@contoso.dfs.core.windows.net/2024/iris%20set.csv").blob
        '2024/iris set.csv'

        Raises:
            InvalidReference: the text is not a reference; the remedy says what is expected.
        """
        reference = _parse(text)
        if reference.datastore is not None:
            return reference if datastores is None else _resolve_datastore(text, reference, datastores)
        if not reference.container:
            raise InvalidReference(
                f"{quote_text(text)} does not name a container",
                remedy=f"write {reference.endpoint or 'az:/'}/CONTAINER/BLOB",
            )
        is_workspace = hosts.is_onelake(reference.endpoint) and _WORKSPACE.fullmatch(reference.container)
        if not is_workspace and not is_container_name(reference.container):
            raise invalid_container(text, reference.container, reference.blob)
        return reference

    @classmethod
    def parse_account(cls, text: str) -> Reference | None:
        """Parse a reference to a whole account (`az://`, `az://ACCOUNT@`, an endpoint); None for other references.

        Raises:
            InvalidReference: the text is not a reference at all.
        """
        reference = _parse(text)
        return reference if reference == Reference(reference.account, "", "", endpoint=reference.endpoint) else None

    @property
    def protocol(self) -> str | None:
        """Return the protocol in the text, `http` or `https`; None if it has none."""
        return urlsplit(self.endpoint).scheme if self.endpoint else None

    @property
    def is_prefix(self) -> bool:
        """Tell whether it refers to a container or a prefix, and not to one blob."""
        return self.pattern is None and not self.exact and (not self.blob or self.blob.endswith("/"))

    @property
    def written_blob(self) -> str:
        """Return the name, or the pattern, as it is written in every form that is not a URL."""
        if self.pattern is not None:
            return self.pattern
        return encode_exact(encode_plain(self.blob)) if self.exact else encode_plain(self.blob)

    @property
    def is_secondary(self) -> bool:
        """Tell whether it refers to the copy in the other region, which is read-only."""
        return hosts.is_secondary(self.endpoint)

    def sibling(self, blob: str) -> Reference:
        """Return the reference to another blob in the same container."""
        return Reference(
            self.account, self.container, blob, endpoint=self.endpoint, datastore=self.datastore, exact=True
        )

    def __str__(self) -> str:
        query = [("versionId", self.version_id), ("snapshot", self.snapshot)]
        marks = "&".join(f"{name}={quote(value, safe=':')}" for name, value in query if value)
        return f"{_address(self)}?{marks}" if marks else _address(self)


def print_below(printed: str, name: str, *, prefix: bool = False) -> str:
    """Print a blob, or a prefix, below a printed prefix.

    >>> print_below("az://raw/2024/", "100%25.csv")
    'az://raw/2024/100%2525.csv'
    """
    is_url = printed[:8].lower().startswith(("http://", "https://"))
    below = printed + (encode_url(name) if is_url else encode_plain(name))
    return below if prefix else encode_exact(below)


def _address(reference: Reference) -> str:
    """Print a reference without its query."""
    endpoint, pattern = reference.endpoint, reference.pattern
    name = reference.written_blob
    if reference.datastore is not None:
        return f"azureml://datastores/{reference.datastore}/paths/{name}"
    account = f"{reference.account}@" if reference.account else ""
    if not reference.container:
        return endpoint or f"az://{account}"
    if endpoint is None:
        return f"az://{account}{reference.container}/{name}"
    container = quote(reference.container, safe="$")
    if pattern is None:
        blob = encode_url(reference.blob)
        return f"{endpoint}/{container}/{encode_exact(blob) if reference.exact else blob}"
    if "?" in pattern:  # a URL cannot have this wildcard
        parts = urlsplit(endpoint)
        return f"{'wasb' if parts.scheme == 'http' else 'az'}://{container}@{parts.netloc}/{name}"
    return f"{endpoint}/{container}/{url_pattern(pattern)}"


def _parse(text: str) -> Reference:
    clean, _ = split_sas(text)
    if is_torn(text) and is_reference(text):
        raise InvalidReference(
            f"{quote_text(text)} has a line break or a blank in its SAS token",
            remedy="join its lines, and put the address in single quotes; for a blank in its signature write %2B",
        )
    if has_signature(clean) and is_reference(clean):
        raise InvalidReference(
            f"{quote_text(text)} has a SAS token in the wrong place",
            remedy="put the SAS token last, after a single ?; write %3D for a = in a name",
        )
    try:
        clean.encode()
        return _reference(text, split_reference(clean))
    except InvalidReference:
        raise
    except ValueError as error:  # bytes that are not UTF-8
        raise InvalidReference(
            f"{quote_text(text)} is not a reference to a blob: a part of it cannot be decoded",
            remedy="percent-encoded bytes must be UTF-8; " + EXAMPLES,
        ) from error


def _reference(text: str, parts: Parts) -> Reference:
    pattern = pattern_of(parts.path)
    version_id, snapshot = parts.marks.version_id, parts.marks.snapshot
    if pattern is not None and (version_id or snapshot):
        raise InvalidReference(
            f"{quote_text(text)} has a wildcard together with a version or snapshot",
            remedy="a version belongs to one blob; write %2A for a * in its name and %3F for a ?",
        )
    blob = decode(parts.path if pattern is None else pattern)
    return Reference(
        *(parts.account, parts.container, blob, version_id, snapshot, parts.endpoint, pattern, parts.datastore),
        exact=is_exact(parts.path),
    )


def _resolve_datastore(text: str, reference: Reference, datastores: Mapping[str, str]) -> Reference:
    """Replace the name of a datastore with its container."""
    name = reference.datastore or ""
    if name not in datastores:
        raise InvalidReference(
            f"{quote_text(text)} is in datastore {name!r}, which the settings do not have",
            remedy=f'write [datastores.{name}] container = "az://ACCOUNT@CONTAINER/" into blobprep.toml',
        )
    base = Reference.parse(datastores[name])
    if base.pattern or base.version_id or base.snapshot or base.datastore:
        raise InvalidReference(
            f"datastore {name!r} stands for {base}, which is neither a container nor a prefix",
            remedy='write container = "az://ACCOUNT@CONTAINER/"',
        )
    if reference.pattern and "?" in reference.pattern and base.endpoint and not hosts.is_service(base.endpoint):
        raise InvalidReference(
            f"{quote_text(text)} has the wildcard ?, which cannot be used with the address of its datastore, "
            f"{base.endpoint}",
            remedy="write * instead of ?, or set the datastore's container as az://ACCOUNT@CONTAINER/",
        )
    above = f"{base.blob}/" if base.blob and not base.blob.endswith("/") else base.blob
    return replace(
        base,
        blob=above + reference.blob,
        version_id=reference.version_id,
        snapshot=reference.snapshot,
        pattern=None if reference.pattern is None else encode_plain(above) + reference.pattern,
        exact=reference.exact,
    )
