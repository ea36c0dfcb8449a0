"""Character encodings of text datasets: Python's, and those that Import Data offered under names of its own. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Final

from blobprep.errors import InvalidOption

__all__ = ["AUTO", "MARKS", "encoding_named"]

AUTO: Final = "auto"
"""What the byte-order mark says, UTF-8 where there is none."""

MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks, longest first where one begins with another, and the encoding that takes them off."""

_CLASSIC: Final[Mapping[str, str]] = {
    # Import Data's names, and the code pages behind them, for what Python knows under another one.
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
    """Return Python's own name of an encoding; `auto` stays as it is.

    Raises:
        InvalidOption: there is none, or it encodes no text.

    Source:
        The names are those of Import Data's list "Encoding format". "Mac-Simplified" and "Korean Mac" differ from the
        encodings taken for them in a handful of symbols.

    >>> encoding_named("UTF8"), encoding_named("latin1"), encoding_named("Hebrew (ISO-Visual)")
    ('utf-8', 'iso8859-1', 'iso8859-8')
    """
    if name.lower() == AUTO:
        return AUTO
    spelled = _BLANKS.sub(" ", name.lower()).strip()
    known = _CLASSIC.get(spelled, name)
    try:
        # Some codecs turn bytes into bytes (base64, zip); they are not character encodings.
        "".encode(known)
        b"".decode(known)
        return codecs.lookup(known).name
    except (LookupError, ValueError):
        raise InvalidOption(
            f"encoding={name} is no character encoding",
            remedy="name one of Python's, such as utf-8, cp1252 or utf-16",
        ) from None
