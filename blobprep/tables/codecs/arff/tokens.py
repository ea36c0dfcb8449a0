"""The words of ARFF: values bare or in quotes, and the marks between them. Pure.

Source:
    Weka reads ARFF with Java's `StreamTokenizer`: all characters up to the blank, and the comma, separate words; `%`
    begins a comment wherever it stands outside quotes; both quotes open a text that ends with its line at the latest,
    with C's escapes inside. Weka's writer puts quotes around what would not be read back as one word.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["MISSING", "TOKEN", "quoted", "quoted_all", "unescaped"]

MISSING: Final = "?"

TOKEN: Final = re.compile(
    r"""(?P<bare>[^\x00-\x20,'"{}%]+)|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)\""""
    r"""|(?P<mark>[,{}])|(?P<comment>%.*)|(?P<open>['"].*)"""
)
"""One token; of a quoted empty text all groups are empty. What is found in no token are blanks.

Comments and quotes left open take the rest of the line, so that no line is gone over twice.
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


def unescaped(text: str) -> str:
    r"""Return what a text between quotes means.

    >>> unescaped(r"it\'s 50\% \\ \101")
    "it's 50% \\ A"
    """
    return _ESCAPE.sub(_meant, text) if "\\" in text else text


def _meant(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 5:
        character = chr(int(code[1:], 16))
        # Half of a pair is no character and could not be stored.
        return character if not 0xD800 <= ord(character) < 0xE000 else match[0]
    return chr(int(code, 8)) if code[0] in "01234567" else _LETTERS.get(code, code)


def quoted(text: str) -> str:
    r"""Return a text as one word, in quotes where it needs them.

    >>> quoted("plain"), quoted("New York"), quoted("?")
    ('plain', "'New York'", "'?'")
    """
    return str(quoted_all(pa.array([text], _TEXT))[0].as_py())


def quoted_all(texts: Any) -> Any:
    """Return an array of large strings as words, in quotes where they need them; missing stays missing."""
    needs = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(needs).as_py():
        return texts
    escaped = texts
    for character, escape in _ESCAPES:
        escaped = pc.replace_substring(escaped, character, escape)
    quote, nothing = pa.scalar("'", _TEXT), pa.scalar("", _TEXT)
    return pc.if_else(needs, pc.binary_join_element_wise(quote, escaped, quote, nothing), texts)
