"""The frame of all pages: templates, style, script, and the policy that lets a page have no others.

`render("x.html", …)` renders a template of `templates/`, which extends `base.html`. Its blocks are `title`, `header`,
`contents` (links to sections) and `main`; `data` is what the page's script reads as JSON. Values are escaped unless
they are `Markup`, and a text that is not is passed through the filter `shown`, which makes control characters visible.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blobprep.report.markup import Markup, isolated, shown

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["POLICY", "asset", "policy", "render", "template"]

_HOME: Final = Path(__file__).parent
POLICY: Final = (
    "default-src 'none'; img-src data:; style-src '{style}'; script-src '{script}'; base-uri 'none'; form-action 'none'"
)


@cache
def asset(name: str) -> Markup:
    """Return a file of `assets/` as it is."""
    return Markup((_HOME / "assets" / name).read_text("utf-8"))


@cache
def policy() -> str:
    """Return the content security policy of a page: its one style and one script, by their hashes, and nothing else."""
    return POLICY.format(style=_digest(asset("page.css")), script=_digest(asset("page.js")))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_source),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    environment.filters["isolated"] = isolated
    environment.globals["asset"] = asset
    environment.globals["policy"] = policy
    return environment


def _source(name: str) -> str:
    return (_HOME / "templates" / name).read_text("utf-8")


def template(name: str) -> Any:
    """Return a template of `templates/`, compiled once."""
    return _environment().get_template(name)


def render(name: str, /, **values: object) -> str:
    """Return a page."""
    return str(template(name).render(**values))
