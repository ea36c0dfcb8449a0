"""Build markup from texts that strangers wrote. Pure.

The one place that turns texts into markup: whatever is not `Markup` already has its control characters made visible
and its markup escaped. No other module of this room joins texts to tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from html import escape
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from blobprep.printable import escape as visible

__all__ = ["Markup", "cut", "element", "isolated", "joined", "lines", "link_target", "nothing", "shown"]

nothing: Final = Markup()

_VOID: Final = frozenset({"br", "circle", "col", "img", "input", "line", "meta", "path", "rect"})
_RELATIVE: Final = re.compile(r"(?:\.\.?/)*(?!\.\.?/)[^/:?#\\\s][^:?#\\]*")

_Value = str | int | float | bool | None
_marked: Final[Callable[[str], Markup]] = partial(str.__new__, Markup)
"""Mark a text that is escaped. `Markup()` does the same, and takes longer than all else that makes an element."""


def shown(text: object) -> Markup:
    r"""Return a text as markup that shows it as it is, on one line.

    >>> shown("<b>\x1b")
    Markup('&lt;b&gt;\\x1b')
    """
    return text if isinstance(text, Markup) else _marked(_escaped(str(text)))


def _escaped(text: str) -> str:
    return _short_escaped(text) if len(text) < 24 else escape(visible(text))


@lru_cache(1024)
def _short_escaped(text: str) -> str:
    """Escape a short text; most of them are the page's own names, or digits."""
    return escape(visible(text))


def lines(text: str) -> Markup:
    r"""Return a text of several lines as markup for a place that keeps line ends.

    >>> lines("a\nb")
    Markup('a\nb')
    """
    return joined(map(shown, text.replace("\r\n", "\n").split("\n")), "\n")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return parts one after the other; those that are not markup are escaped, but what stands between them is not."""
    return _marked(between.join([part if isinstance(part, Markup) else _escaped(part) for part in parts]))


def element(name: str, /, *children: object, **attributes: _Value) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: markup, or texts, which are escaped; None is left out.
        attributes: by name, `_` for `-` and with a trailing `_` where Python has the word; True for one without a
            value, None and False for one that is left out.

    >>> element("a", "<here>", class_="x", aria_label='"')
    Markup('<a class="x" aria-label="&quot;">&lt;here&gt;</a>')
    """
    start = f"<{name}{''.join([_attribute(key, value) for key, value in attributes.items()])}"
    if name in _VOID and not children:
        return _marked(start + "/>")
    inner = "".join(
        [child if isinstance(child, Markup) else _escaped(str(child)) for child in children if child is not None]
    )
    return _marked(f"{start}>{inner}</{name}>")


def _attribute(key: str, value: _Value) -> str:
    if value is None or value is False:
        return ""
    key = _name(key)
    return f" {key}" if value is True else f' {key}="{_escaped(str(value))}"'


@lru_cache(256)
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def isolated(text: object, **attributes: _Value) -> Markup:
    """Return a text in its own direction of writing, so that it does not reorder what stands around it."""
    return element("bdi", shown(text), **attributes)


def cut(text: str, length: int) -> str:
    """Return a text of at most so many characters, with an ellipsis where it was longer.

    >>> cut("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def link_target(link: str) -> str:
    """Return a relative link as a page may have it; empty where it leads anywhere that is not relative to the page.

    Args:
        link: in the form of a URL, so with `%20` for a blank.

    >>> link_target("figures/a%20b.png"), link_target("javascript:alert(1)"), link_target("//host/x")
    ('./figures/a%20b.png', '', '')
    """
    if not _RELATIVE.fullmatch(link):
        return ""
    quoted = quote(link, safe="/%!$'()*+,;=@~", errors="surrogateescape")
    return quoted if quoted.startswith(("./", "../")) else "./" + quoted
