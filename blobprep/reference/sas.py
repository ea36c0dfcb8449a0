"""Secrets that people leave in references: taken off, and kept out of every message. Pure."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["has_signature", "is_reference", "plain", "shown", "split_sas"]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PASSWORD: Final = re.compile(r"(?<=://)[^@]*:.*@", re.DOTALL)
_SIGNATURE: Final = re.compile(r"(?i)[?&;#]sig=")
_SECRET: Final = re.compile(
    r"(?is)(?:[?&;#]|\b)(?:sig|account_?key|access_?key|sharedaccesssignature|sas_?token|password|secret)=.*"
)
_PARAMETERS: Final = frozenset(
    {
        *("sv", "ss", "srt", "sp", "se", "st", "spr", "sip", "sig", "sr", "si", "sdd", "ses", "scid"),
        *("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "sduoid", "skdutid"),
        *("rscc", "rscd", "rsce", "rscl", "rsct"),
    }
)


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
    token = [part for part in parts if part.partition("=")[0].lower() in _PARAMETERS]
    signed = any(part.partition("=")[0].lower() == "sig" for part in token)
    if not address or not signed or not is_reference(text):
        return text, None
    rest = [part for part in parts if part not in token]
    return (f"{address}?{'&'.join(rest)}" if rest else address), "&".join(token)


def has_signature(text: str) -> bool:
    """Tell whether a signature is left in a text at a place where no token belongs."""
    return _SIGNATURE.search(text) is not None


def plain(text: str) -> str:
    """Return the text without SAS token, password, key."""
    return _SECRET.sub("", _PASSWORD.sub("", split_sas(text)[0]))


def shown(text: str) -> str:
    """Return the text for a message: quoted, without a secret."""
    return repr(plain(text))
