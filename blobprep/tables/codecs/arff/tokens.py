"""The words of ARFF: values with or without quotes, and the marks between them. Pure.

Source:
    Weka reads ARFF with Java's `StreamTokenizer`: all characters up to the blank, and the comma, separate words; a `%`
    outside quotes begins a comment; both kinds of quotes open a text that ends on the same line, with C's escapes
    inside. Weka's writer quotes words that would not be read back as one.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["MISSING", "TOKEN", "quote", "quote_all", "unescape"]

MISSING: Final = "?"

TOKEN: Final = re.compile(
    r"""(?P<bare>[^\x00-\x20,'"{}%]+)|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)\""""
    r"""|(?P<mark>[,{}])|(?P<comment>%.*)|(?P<open>['"].*)"""
)
"""One token. All groups are empty for a quoted empty text; text between tokens is blanks.

Comments and unclosed quotes take the rest of the line, so that no line is scanned twice.
"""

_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|[0-3]?[0-7]{1,2}|.)", re.DOTALL)
_LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SPECIAL: Final = """[\\x00-\\x20,'"{}%\\\\\ufeff]|^\\??$"""
_ESCAPES: Final = (
    ("\\", "\\\\"),
    ("'", "\\'"),
    ('"', '\\"'),
    ("%", "\\%"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\x1e", "\\u001E"),
    ("\0", "\\000"),
)
_TEXT: Final = pa.large_string()


def unescape(text: str) -> str:
    r"""Replace the escapes of a text between quotes.

    >>> unescape(r"it\'s 50\% \\ \101")
    "it's 50% \\ A"
    """
    return _ESCAPE.sub(_replace_escape, text) if "\\" in text else text


def _replace_escape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 5:
        character = chr(int(code[1:], 16))
        # A lone surrogate is not a character and cannot be stored.
        return character if not 0xD800 <= ord(character) < 0xE000 else match[0]
    return chr(int(code, 8)) if code[0] in "01234567" else _LETTERS.get(code, code)


def quote(text: str) -> str:
    r"""Write a text as one word, in quotes if it needs them.

    >>> quote("plain"), quote("New York"), quote("?")
    ('plain', "'New York'", "'?'")
    """
    return str(quote_all(pa.array([text], _TEXT))[0].as_py())


def quote_all(texts: Any) -> Any:
    """Write an array of large strings as words, in quotes where they need them; null stays null."""
    needs = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(needs).as_py():
        return texts
    escaped = texts
    for character, escape in _ESCAPES:
        escaped = pc.replace_substring(escaped, character, escape)
    mark, nothing = pa.scalar("'", _TEXT), pa.scalar("", _TEXT)
    return pc.if_else(needs, pc.binary_join_element_wise(mark, escaped, mark, nothing), texts)
