"""What `show` returns: a page, a text and a document about the same tables, each made when it is asked for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final, Literal

from blobprep.errors import OutputError
from blobprep.report.text.lines import Line, Paper, plain
from blobprep.report.views import FigureView

__all__ = ["SCHEMA", "Content", "Page", "page_frame"]

SCHEMA: Final = "blobprep/show/1"
"""Of the document; a change that a reader must know of gets another number."""

_FRAME: Final = 640
"""Pixels of a page's height in a notebook."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a page is made from, and how.

    Attributes:
        render: returns the page, in at most so many bytes, for a folder; links to files lead from there.
        lines: returns the text for a paper.
        record: returns the document, as plain data.
        figures: that a terminal may show.
    """

    render: Callable[[int, Path | None], bytes]
    lines: Callable[[Paper], list[Line]]
    record: Callable[[], dict[str, Any]]
    figures: tuple[FigureView, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What a dataset, a run, a comparison, a batch or many runs look like: in a browser, on a terminal, as JSON.

    A notebook displays it as the page.

    Attributes:
        kind: what it is about: a `table`, a `run`, a `comparison`, a `batch`, or an `index` of runs.
        title: the reference, or the references.
    """

    kind: Literal["table", "run", "comparison", "batch", "index"]
    title: str
    _content: Content = field(repr=False)
    _bytes: int = field(default=5 * 1024 * 1024, repr=False)

    @property
    def html(self) -> bytes:
        """Return the page: one HTML file that needs nothing else. Links to local files are for `save` alone."""
        return self._content.render(self._bytes, None)

    @property
    def text(self) -> str:
        """Return what a terminal shows, without styles; every line is as long as it needs to be."""
        return plain(self.lines(Paper()))

    @property
    def figures(self) -> tuple[FigureView, ...]:
        """Return the images of a run, in order."""
        return self._content.figures

    def lines(self, paper: Paper) -> list[Line]:
        """Return the text in lines that fit a paper; the parts of a line have styles."""
        return self._content.lines(paper)

    def to_json(self) -> dict[str, Any]:
        """Return numbers and texts of the page as plain data that JSON can hold, see docs/reference/show.md."""
        return {"schema": SCHEMA, "kind": self.kind, "title": self.title, **self._content.record()}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, in one step: whoever opens it meanwhile sees the old file or the new one.

        Returns:
            The path.

        Raises:
            OutputError: it cannot be written.
        """
        target = Path(path)
        page = self._content.render(self._bytes, target.parent)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666  # less what the user's mask takes away
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(page)
            part.replace(target)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise OutputError(
                f"{target} cannot be written: {os.strerror(error.errno or 0)}",
                remedy="name a file in a folder that exists and can be written to",
            ) from error
        return target

    def _repr_html_(self) -> str:
        return page_frame(self.html, self.title)


def page_frame(page: bytes, title: str) -> str:
    """Return the element in which a notebook displays a page: a frame of its own, which reaches nothing around it."""
    text = escape(page.decode("utf-8"), quote=True)
    return (
        f'<iframe title="{escape(title, quote=True)}" sandbox="allow-scripts" srcdoc="{text}" width="100%" '
        f'height="{_FRAME}" style="border:0"></iframe>'
    )
