"""Build markup from texts that strangers wrote. Pure.

The one place that turns texts into markup: whatever is not `Markup` already has its control characters made visible
and its markup escaped. No other module of this room joins texts to tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from markupsafe import Markup, escape

from blobprep.printable import escape as visible

__all__ = ["Markup", "cut", "element", "isolated", "joined", "lines", "link_target", "nothing", "shown"]

nothing: Final = Markup()

_VOID: Final = frozenset({"br", "circle", "col", "img", "input", "line", "meta", "path", "rect"})
_RELATIVE: Final = re.compile(r"(?:\.\./|\./)*[^/:?#\\][^:?#\\]*")

_Value = str | int | float | bool | None


def shown(text: object) -> Markup:
    r"""Return a text as markup that shows it as it is, on one line.

    >>> shown("<b>\x1b")
    Markup('&lt;b&gt;\\x1b')
    """
    return escape(text) if isinstance(text, Markup) else escape(visible(str(text)))


def lines(text: str) -> Markup:
    r"""Return a text of several lines as markup for a place that keeps line ends.

    >>> lines("a\nb")
    Markup('a\nb')
    """
    return joined(map(shown, text.replace("\r\n", "\n").split("\n")), "\n")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return parts one after the other; those that are not markup are escaped."""
    return Markup(between).join(parts)  # noqa: S704 - what stands between is ours


def element(name: str, /, *children: object, **attributes: _Value) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        children: markup, or texts, which are escaped; None is left out.
        attributes: by name, `_` for `-` and with a trailing `_` where Python has the word; True for one without a
            value, None and False for one that is left out.

    >>> element("a", "<here>", class_="x", aria_label='"')
    Markup('<a class="x" aria-label="&#34;">&lt;here&gt;</a>')
    """
    start = f"<{name}{''.join([_attribute(key, value) for key, value in attributes.items()])}"
    if name in _VOID:
        return Markup(start + "/>")  # noqa: S704 - the name is ours, and attributes are escaped
    inner = "".join([shown(child) for child in children if child is not None])
    return Markup(f"{start}>{inner}</{name}>")  # noqa: S704 - all of it is escaped above


def _attribute(key: str, value: _Value) -> str:
    if value is None or value is False:
        return ""
    key = key.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{shown(value)}"'


def isolated(text: object, **attributes: _Value) -> Markup:
    """Return a text in its own direction of writing, so that it does not reorder what stands around it."""
    return element("bdi", shown(text), **attributes)


def cut(text: str, length: int) -> str:
    """Return a text of at most so many characters, with an ellipsis where it was longer.

    >>> cut("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def link_target(path: str) -> str:
    """Return a relative link as a page may have it; empty where it leads anywhere that is not relative to the page.

    >>> link_target("figures/a b.png"), link_target("javascript:alert(1)"), link_target("//host/x")
    ('./figures/a%20b.png', '', '')
    """
    if not _RELATIVE.fullmatch(path):
        return ""
    quoted = quote(unquote(path, errors="surrogateescape"), safe="/!$'()+,;=@~", errors="surrogateescape")
    return quoted if quoted.startswith(("./", "../")) else "./" + quoted
