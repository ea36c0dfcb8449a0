"""Character encodings of text datasets: Python's, and the names that Import Data used for them. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Final

from blobprep.errors import InvalidOption

__all__ = ["AUTO", "MARKS", "encoding_named"]

AUTO: Final = "auto"
"""The encoding that the byte-order mark shows; UTF-8 without one."""

MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks, the longer first if one begins with another, each with the encoding that removes it."""

_CLASSIC: Final[Mapping[str, str]] = {
    # Import Data's names, and its code pages, for encodings that Python knows by another name.
    "unicode": "utf-16",
    "unicode utf-8": "utf-8",
    "gb2312-80": "gb2312",
    "x-cp20936": "gb2312",
    "mac-simplified": "gb2312",
    "x-mac-chinesesimp": "gb2312",
    "iso-2022": "iso2022_jp_2",
    "jis": "iso2022_jp",
    "korean iso": "iso2022_kr",
    "korean mac": "euc_kr",
    "x-mac-korean": "euc_kr",
    "western european windows": "cp1252",
    "western european iso": "iso8859-1",
    "hebrew iso-visual": "iso8859-8",
    "us ascii": "ascii",
}
_BLANKS: Final = re.compile(r"[\s_()]+")


def encoding_named(name: str) -> str:
    """Return Python's own name of an encoding; `auto` is returned unchanged.

    Raises:
        InvalidOption: there is no such encoding, or it does not encode text.

    Source:
        Import Data's list "Encoding format". "Mac-Simplified" and "Korean Mac" differ from the encodings used for them
        here in a handful of symbols.

    >>> encoding_named("UTF8"), encoding_named("latin1"), encoding_named("Hebrew (ISO-Visual)")
    ('utf-8', 'iso8859-1', 'iso8859-8')
    """
    if name.lower() == AUTO:
        return AUTO
    spelled = _BLANKS.sub(" ", name.lower()).strip()
    known = _CLASSIC.get(spelled, name)
    try:
        # Some of Python's codecs turn bytes into bytes (base64, zip); they are not character encodings.
        "".encode(known)
        b"".decode(known)
        return codecs.lookup(known).name
    except (LookupError, ValueError):
        raise InvalidOption(
            f"encoding={name} is not a character encoding",
            remedy="use one of Python's, such as utf-8, cp1252 or utf-16",
        ) from None
