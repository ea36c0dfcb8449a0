"""The kind of a pasted secret, recognized by its shape, so that one in the wrong place can be pointed out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from blobprep.reference.sas import has_signature, has_token_field

__all__ = [
    "SAS_TOKEN",
    "SecretKind",
    "contains_secret",
    "is_base64",
    "is_placeholder",
    "kind_of",
    "looks_secret",
    "strip_quotes",
]

_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_GUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_JWT: Final = re.compile(r"(?:[Bb]earer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*")
_CLIENT_SECRET: Final = re.compile(r"(?=[^~]*~)[A-Za-z0-9_.~-]{30,60}")
_MARKED: Final = re.compile(r"<.*>|\[.*\]|\{.*\}|\$\w+|\$\{.*|\$\(.*|%\w+%|\*+|x{3,}|\.{2,}|…+|-+|_+|\?+", re.I | re.S)
_WORDED: Final = re.compile(r"(?i)your|change[-_ ]?me|replace|placeholder|insert|todo|redacted|secret[-_ ]?here|<|…")
_FIELD: Final = re.compile(
    r"(?i)(?:^|;)\s*(?:AccountName|AccountKey|BlobEndpoint|DefaultEndpointsProtocol|SharedAccessSignature)\s*[=:]"
)
_SECRET_FIELD: Final = re.compile(r"(?i)(?:accountkey|sharedaccesssignature)=")
_RANDOM: Final = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9+/]{20,}={0,2}")
_QUOTES: Final = ('"', "'", "`", "“”", "‘’")


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A kind of text, and where it belongs.

    Attributes:
        words: its name for messages, with an article.
        remedy: where it belongs.
    """

    words: str
    remedy: str


SAS_TOKEN: Final = SecretKind("a SAS token", "put it into AZURE_STORAGE_SAS_TOKEN, or the variable that sas_env names")
_STRING: Final = SecretKind(
    "a connection string",
    "put it into AZURE_STORAGE_CONNECTION_STRING, or the variable that connection_string_env names",
)
_ADDRESS: Final = SecretKind(
    "an address",
    "put the account's address into AZURE_STORAGE_ENDPOINT, or endpoint in its table; if a SAS token follows its ?, "
    "put only that part into AZURE_STORAGE_SAS_TOKEN",
)
_KEY: Final = SecretKind("an account key", "put it into AZURE_STORAGE_KEY, or the variable that key_env names")
_TOKEN: Final = SecretKind("a bearer token", "put it into AZURE_STORAGE_TOKEN, or the variable that token_env names")
_ID: Final = SecretKind(
    "the ID (a GUID) of a tenant, an application or a subscription",
    "put the IDs of a service principal into AZURE_TENANT_ID and AZURE_CLIENT_ID",
)
_PRINCIPAL: Final = SecretKind(
    "text that looks like the secret of a service principal",
    "put it into AZURE_CLIENT_SECRET, with AZURE_TENANT_ID and AZURE_CLIENT_ID",
)
_PLACEHOLDER: Final = SecretKind("a placeholder", "replace it with the actual value")


def kind_of(text: str) -> SecretKind | None:
    """Return the kind of a text; None if its shape does not show it.

    >>> kind_of("sv=2024-11-04&sr=c&sp=r&sig=…").words
    'a SAS token'
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+\.(?:blob|dfs|file|queue|table|web)\.[\w-]+\.", text):
        return _ADDRESS
    if _FIELD.search(text):
        return _STRING
    if has_signature(text) or has_token_field(text.removeprefix("?")):
        return SAS_TOKEN
    if is_placeholder(text):
        return _PLACEHOLDER
    shapes = ((_JWT, _TOKEN), (_GUID, _ID), (_CLIENT_SECRET, _PRINCIPAL))
    if found := next((kind for shape, kind in shapes if shape.fullmatch(text)), None):
        return found
    return _KEY if len(text) == 88 and is_base64(text) else None


def looks_secret(text: str) -> bool:
    """Tell whether a text that should not be a secret looks like one, whole or cut off."""
    kind = kind_of(text)
    return kind in (SAS_TOKEN, _STRING, _KEY, _TOKEN, _PRINCIPAL) or _RANDOM.fullmatch(text) is not None


def contains_secret(text: str) -> bool:
    """Tell whether a text contains the signature of a SAS token or a secret field of a connection string."""
    return has_signature(text) or _SECRET_FIELD.search(text) is not None


def is_placeholder(text: str) -> bool:
    """Tell whether a text is a placeholder that was never filled in, such as `<your key>` or `${KEY}`."""
    worded = not (len(text) >= 24 and is_base64(text)) and _WORDED.search(text)  # a key may contain a word by chance
    return len(text) < 80 and bool(_MARKED.fullmatch(text) or worded)


def is_base64(text: str) -> bool:
    """Tell whether a text is complete Base64, with its final `=`."""
    return bool(text) and _BASE64.fullmatch(text) is not None


def strip_quotes(text: str) -> str:
    """Strip the blanks around a secret, and the quotes that an .env file or a shell left there."""
    clean = text.strip()
    for pair in _QUOTES:
        if len(clean) >= 2 and clean[0] == pair[0] and clean[-1] == pair[-1]:
            return clean[1:-1].strip()
    return clean
