r"""Regular expressions as Python 2 read them: `\w`, `\d` and `\s` mean ASCII unless a flag says otherwise.

Empty matches: `split` ignored them, and `sub` replaced none that touches the match before it.
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any, Final

from blobprep.classic.python2.text import ByteString, native, to_bytes

__all__ = ["RE"]

_CHOSEN: Final = re.UNICODE | re.LOCALE
_INLINE: Final = re.compile(r"\(\?[aiLmsux]*[uL]")
_FLAGS_WITHIN: Final = re.compile(r"(?<!\\)\(\?([aiLmsux]+)\)")


class Pattern:
    """A compiled pattern; what is not defined here is asked of that of Python 3."""

    def __init__(self, compiled: re.Pattern[Any]) -> None:
        self._compiled = compiled

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)

    def split(self, string: Any, maxsplit: int = 0) -> list[Any]:
        """Split at the matches that are not empty."""
        parts: list[Any] = []
        position = 0
        for match in self._compiled.finditer(string):
            if match.end() == match.start():
                continue
            if maxsplit and len(parts) >= maxsplit * (self._compiled.groups + 1):
                break
            parts += [string[position : match.start()], *match.groups()]
            position = match.end()
        return [*parts, string[position:]]

    def subn(self, repl: Any, string: Any, count: int = 0) -> tuple[Any, int]:
        """Replace the matches, except empty ones right behind another."""
        pieces: list[Any] = []
        position, made, end = 0, 0, -1
        for match in self._compiled.finditer(string):
            if match.start() == match.end() == end:
                continue
            end = match.end()
            new = repl(match) if callable(repl) else self._expand(match, repl)
            pieces += [string[position : match.start()], new]
            position, made = match.end(), made + 1
            if made == count:
                break
        pieces.append(string[position:])
        return string[:0].join(pieces), made

    def _expand(self, match: re.Match[Any], template: Any) -> Any:
        escaped = re.sub(r"\\(?![\\0-9gabfnrtv])", r"\\\\", template) if isinstance(template, str) else template
        return match.expand(escaped) if "\\" in str(template) else template

    def sub(self, repl: Any, string: Any, count: int = 0) -> Any:
        """Replace the matches."""
        return self.subn(repl, string, count)[0]


def _compile(pattern: Any, flags: int = 0) -> Any:
    if isinstance(pattern, Pattern):
        return pattern
    if isinstance(pattern, re.Pattern):
        return Pattern(pattern)
    if isinstance(pattern, str):
        pattern, flags = _lift_flags(pattern, flags)
        if not flags & _CHOSEN:
            flags |= re.ASCII
        if flags & re.LOCALE:  # only for bytes now, and without a locale nothing but ASCII
            flags = (flags & ~re.LOCALE) | re.ASCII
    return Pattern(re.compile(pattern, flags))


def _lift_flags(pattern: str, flags: int) -> tuple[str, int]:
    """Move flags that stand inside a pattern to where they still may."""
    found = _FLAGS_WITHIN.findall(pattern)
    for letter in "".join(found):
        flags |= getattr(re, letter.upper())
    return (_FLAGS_WITHIN.sub("", pattern), flags) if found else (pattern, flags)


def _subject(pattern: Any, string: Any) -> Any:
    return native(to_bytes(string)) if isinstance(string, ByteString) and isinstance(pattern, str) else string


def _through(name: str) -> Any:
    def call(pattern: Any, string: Any, flags: int = 0) -> Any:
        return getattr(_compile(pattern, flags), name)(_subject(pattern, string))

    call.__name__ = name
    return call


def _split(pattern: Any, string: Any, maxsplit: int = 0, flags: int = 0) -> list[Any]:
    return _compile(pattern, flags).split(string, maxsplit)  # type: ignore[no-any-return]


def _sub(pattern: Any, repl: Any, string: Any, count: int = 0, flags: int = 0) -> Any:
    return _compile(pattern, flags).sub(repl, string, count)


def _subn(pattern: Any, repl: Any, string: Any, count: int = 0, flags: int = 0) -> Any:
    return _compile(pattern, flags).subn(repl, string, count)


def _escape(pattern: Any) -> Any:
    """Escape everything but ASCII letters and digits, as Python 2 did."""
    return re.sub(r"([^a-zA-Z0-9])", lambda match: "\\000" if match[1] == "\0" else f"\\{match[1]}", pattern)


def _make() -> ModuleType:
    module = ModuleType("re")
    module.__dict__.update({name: getattr(re, name) for name in re.__all__})
    module.__dict__.update({name: _through(name) for name in ("match", "search", "findall", "finditer")})
    module.__dict__.update({"compile": _compile, "split": _split, "sub": _sub, "subn": _subn, "escape": _escape})
    return module


RE: Final = _make()
"""The module as a translated script sees it."""
