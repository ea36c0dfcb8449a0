"""Name a blob: the value that every dialect is read to, and its printed form. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlsplit

from blobprep.errors import InvalidReference
from blobprep.reference import hosts
from blobprep.reference.dialects import Parts, read
from blobprep.reference.mistakes import EXAMPLES, not_a_container
from blobprep.reference.percent import decode, encode_plain, encode_url, exact, is_exact, pattern_of, url_pattern
from blobprep.reference.sas import has_signature, is_reference, is_torn, shown, split_sas

__all__ = ["Reference", "is_reference", "printed_below"]

_CONTAINER: Final = re.compile(r"\$(?:root|web|logs|blobchangefeed)|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_WORKSPACE: Final = re.compile(r"[^\x00-\x1f\x7f/*?]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """Name a blob, or with an empty or `/`-ended `blob` a prefix, or with a `pattern` the blobs that match it.

    A blob whose name ends with `/` is written with `%2F` at its end, and `exact`.

    Attributes:
        account: None where the text leaves it to the default.
        container: its name; empty only from `parse_account`, and where a `datastore` stands for it.
        blob: its name, decoded; may be a prefix; of a pattern the text of its characters.
        version_id: of a versioned account, else None.
        snapshot: its time stamp as the service gave it, else None.
        endpoint: the address of the Blob service that the text spelled out, without container and blob, else None;
            a Data Lake host (`dfs`) is written as the blob host of the same account.
        pattern: `blob` with wildcards undecoded among encoded characters, None where it has none.
        datastore: of Azure Machine Learning, while no map says which container it is; else None.
        exact: whether `blob`, though it ends with `/`, is the name of a blob; False of every other name.
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
        """Read a reference in any dialect.

        A SAS token in the query is dropped: take it off first with `split_sas`.

        Args:
            text: the reference.
            datastores: the prefix that each datastore of Azure Machine Learning stands for; without this map a
                reference into one keeps the datastore's name.

        >>> Reference.parse("abfss://raw@contoso.dfs.core.windows.net/2024/iris%20set.csv").blob
        '2024/iris set.csv'

        Raises:
            InvalidReference: it names no blob; the message says what was expected.
        """
        reference = _parse(text)
        if reference.datastore is not None:
            return reference if datastores is None else _resolved(text, reference, datastores)
        if not reference.container:
            raise InvalidReference(
                f"{shown(text)} names no container",
                remedy=f"write {reference.endpoint or 'az:/'}/CONTAINER/BLOB",
            )
        names = _WORKSPACE if hosts.is_onelake(reference.endpoint) else _CONTAINER
        if not names.fullmatch(reference.container):
            raise not_a_container(text, reference.container, reference.blob)
        return reference

    @classmethod
    def parse_account(cls, text: str) -> Reference | None:
        """Read a text that names a whole account (`az://`, `az://ACCOUNT@`, an endpoint), else None.

        Raises:
            InvalidReference: it has the shape of no reference at all.
        """
        reference = _parse(text)
        return reference if reference == Reference(reference.account, "", "", endpoint=reference.endpoint) else None

    @property
    def protocol(self) -> str | None:
        """Return the protocol the text spelled out, `http` or `https`, else None."""
        return urlsplit(self.endpoint).scheme if self.endpoint else None

    @property
    def is_prefix(self) -> bool:
        """Tell whether it names a container, or the blobs whose names start so, and not one blob."""
        return self.pattern is None and not self.exact and (not self.blob or self.blob.endswith("/"))

    @property
    def written_blob(self) -> str:
        """Return the name, or the pattern, as it is written in every form that is no URL."""
        if self.pattern is not None:
            return self.pattern
        return exact(encode_plain(self.blob)) if self.exact else encode_plain(self.blob)

    @property
    def is_secondary(self) -> bool:
        """Tell whether the text spelled out the copy in the other region, which can only be read."""
        return hosts.is_secondary(self.endpoint)

    def sibling(self, blob: str) -> Reference:
        """Name another blob of the same container."""
        return Reference(
            self.account, self.container, blob, endpoint=self.endpoint, datastore=self.datastore, exact=True
        )

    def __str__(self) -> str:
        query = [("versionId", self.version_id), ("snapshot", self.snapshot)]
        marks = "&".join(f"{name}={quote(value, safe=':')}" for name, value in query if value)
        return f"{_address(self)}?{marks}" if marks else _address(self)


def printed_below(printed: str, name: str, *, prefix: bool = False) -> str:
    """Return the printed form of a blob, or of a prefix, below a printed prefix.

    >>> printed_below("az://raw/2024/", "100%25.csv")
    'az://raw/2024/100%2525.csv'
    """
    is_url = printed[:8].lower().startswith(("http://", "https://"))
    below = printed + (encode_url(name) if is_url else encode_plain(name))
    return below if prefix else exact(below)


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
        return f"{endpoint}/{container}/{exact(blob) if reference.exact else blob}"
    if "?" in pattern:  # which a URL does not take
        parts = urlsplit(endpoint)
        return f"{'wasb' if parts.scheme == 'http' else 'az'}://{container}@{parts.netloc}/{name}"
    return f"{endpoint}/{container}/{url_pattern(pattern)}"


def _parse(text: str) -> Reference:
    clean, _ = split_sas(text)
    if is_torn(text) and is_reference(text):
        raise InvalidReference(
            f"{shown(text)} has a line break or a blank in its SAS token",
            remedy="join its lines, and set the address in single quotes; a blank in its signature stands for %2B",
        )
    if has_signature(clean) and is_reference(clean):
        raise InvalidReference(
            f"{shown(text)} has a SAS token where none belongs",
            remedy="a SAS token stands last, behind one ?; write %3D for a = in a name",
        )
    try:
        clean.encode()
        return _reference(text, read(clean))
    except InvalidReference:
        raise
    except ValueError as error:  # bytes that are not UTF-8
        raise InvalidReference(
            f"{shown(text)} is not a reference to a blob: a part of it cannot be read",
            remedy="percent-encoded bytes must be UTF-8; " + EXAMPLES,
        ) from error


def _reference(text: str, parts: Parts) -> Reference:
    pattern = pattern_of(parts.path)
    version_id, snapshot = parts.marks.version_id, parts.marks.snapshot
    if pattern is not None and (version_id or snapshot):
        raise InvalidReference(
            f"{shown(text)} has a wildcard, and a version or snapshot",
            remedy="a version is one of one blob; write %2A for a * in its name and %3F for a ?",
        )
    blob = decode(parts.path if pattern is None else pattern)
    return Reference(
        *(parts.account, parts.container, blob, version_id, snapshot, parts.endpoint, pattern, parts.datastore),
        exact=is_exact(parts.path),
    )


def _resolved(text: str, reference: Reference, datastores: Mapping[str, str]) -> Reference:
    """Put the container of a datastore in place of its name."""
    name = reference.datastore or ""
    if name not in datastores:
        raise InvalidReference(
            f"{shown(text)} is in datastore {name!r}, and no setting says which container that is",
            remedy=f'write [datastores.{name}] container = "az://ACCOUNT@CONTAINER/" into blobprep.toml',
        )
    base = Reference.parse(datastores[name])
    if base.pattern or base.version_id or base.snapshot or base.datastore:
        raise InvalidReference(
            f"datastore {name!r} stands for {base}, which is no container and no prefix",
            remedy='write container = "az://ACCOUNT@CONTAINER/"',
        )
    if reference.pattern and "?" in reference.pattern and base.endpoint and not hosts.is_service(base.endpoint):
        raise InvalidReference(
            f"{shown(text)} has the wildcard ?, and its datastore the address {base.endpoint}, which takes none",
            remedy="write * for ?, or name the datastore's container as az://ACCOUNT@CONTAINER/",
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
