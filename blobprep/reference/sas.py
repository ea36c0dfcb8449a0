"""Secrets that people leave in references: removed, and kept out of every message. Pure."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "PARAMETERS",
    "has_signature",
    "has_token_field",
    "is_reference",
    "is_torn",
    "normalize_token",
    "quote_text",
    "remove_secrets",
    "split_sas",
]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PASSWORD: Final = re.compile(r"(?<=://)[^@]*:.*@", re.DOTALL)
_SIGNATURE: Final = re.compile(r"(?i)[?&;#]sig=")
_SECRET: Final = re.compile(
    r"(?is)(?:[?&;#]|\b)(?:sig|account_?key|access_?key|sharedaccesssignature|sas_?token|password|secret)"
    r"(?:=|%(?:25)*3D).*"
)
PARAMETERS: Final = frozenset(
    {
        *("sv", "ss", "srt", "sp", "se", "st", "spr", "sip", "sig", "sr", "si", "sdd", "ses", "scid"),
        *("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "sduoid", "skdutid"),
        *("rscc", "rscd", "rsce", "rscl", "rsct"),
    }
)
"""The fields of a SAS token."""

_LONGEST: Final = 40
"""The number of characters of a query that a message shows."""

_BRACKETS: Final = ("<>", "()", "[]", '""', "''", "“”")
_FIXED: Final = PARAMETERS - {"si", "sip", "rscc", "rscd", "rsce", "rscl", "rsct"}
_SENTENCE: Final = re.compile(rf"(?is)(?<=&)((?:{'|'.join(sorted(_FIXED))})=[^&]*?)[.,;:!>)\]\s]+\Z")
_FIELD: Final = re.compile(rf"(?i)[?&](?:amp;)?(?:{'|'.join(sorted(_FIXED))})=")


def is_reference(text: str) -> bool:
    """Tell whether a text looks like a reference; otherwise it is a local path or a name from the settings."""
    return _SCHEME.match(_bare(text)) is not None


def split_sas(text: str) -> tuple[str, str | None]:
    """Split the SAS token off a reference, and drop what a mail puts around both: brackets, quotes, a final period.

    Returns:
        The text without the token, and the token without `?`; None if there is no token.
    """
    bare = _bare(text)
    if not _SCHEME.match(bare):
        return text, None
    if "?" not in bare:
        return bare, None
    address, _, query = bare.rpartition("?")
    parts = _SENTENCE.sub(r"\1", f"&{_unescape_html(query)}")[1:].split("&")
    token = [part for part in parts if part.partition("=")[0].lower() in PARAMETERS]
    signed = any(part.partition("=")[0].lower() == "sig" for part in token)
    if not address or not signed:
        return bare, None
    rest = [part for part in parts if part not in token]
    return (f"{address}?{'&'.join(rest)}" if rest else address), normalize_token("&".join(token))


def normalize_token(text: str) -> str:
    """Return a SAS token as it is sent: without `?` before it and without HTML's `&amp;`.

    The `+` in its signature is encoded: the signature is Base64, and a query would turn a `+` into a blank.
    """
    parts = _unescape_html(text.lstrip("?")).split("&")
    return "&".join(part.replace("+", "%2B") if part[:4].lower() == "sig=" else part for part in filter(None, parts))


def _unescape_html(query: str) -> str:
    return re.sub(r"(?i)&amp;", "&", query)


def _bare(text: str) -> str:
    """Return a reference without the brackets or quotes around it and the blanks before it; other text unchanged."""
    clean = text.lstrip()
    for opening, closing in _BRACKETS:
        if clean[:1] == opening and _SCHEME.match(clean[1:].lstrip()):
            return clean[1:].lstrip().rstrip(f"{closing}.,;: \t\r\n")
    return clean if _SCHEME.match(clean) else text


def has_signature(text: str) -> bool:
    """Tell whether a text contains the signature of a SAS token."""
    return _SIGNATURE.search(text) is not None


def is_torn(text: str) -> bool:
    """Tell whether a reference has a line break or a blank in its SAS token, as a mail program leaves one."""
    _, mark, query = _bare(text).rstrip().rpartition("?")
    return bool(mark) and re.search(r"\s", query) is not None and has_token_field(query)


def remove_secrets(text: str) -> str:
    """Return a text without SAS token, password or key; a query with a part of a token is removed whole."""
    clean = _SECRET.sub("", _PASSWORD.sub("", split_sas(text)[0]))
    address, mark, query = clean.partition("?")
    is_long = len(query) > _LONGEST and clean[:4].lower() == "http"  # not a name: a URL cannot have a wildcard `?`
    return address if mark and (is_long or has_token_field(query)) else clean


def has_token_field(query: str) -> bool:
    """Tell whether a query, without its `?`, has a field of a SAS token that nothing else uses."""
    return _FIELD.search("&" + re.sub(r"\s", "", query)) is not None


def quote_text(text: str) -> str:
    """Return a text for a message: quoted, without secrets."""
    return repr(remove_secrets(text))
