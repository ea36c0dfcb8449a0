"""Pages that were opened in a browser, which reads a file after the command has ended."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

from blobprep.errors import OutputError

if TYPE_CHECKING:
    from blobprep.runs.page import Page

__all__ = ["keep_page"]

_DAYS: Final = 7
"""After which a page is removed, when the next one is opened: it shows somebody's data."""


def keep_page(page: Page, folder: Path | None = None) -> Path:
    """Write a page to a file of its own that only this user can read, and remove old ones.

    Args:
        page: the page.
        folder: where to; None for the one in the user's home, or else for temporary files.

    Raises:
        OutputError: there is no folder that can be written to.
    """
    chosen = folder or _folder()
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_old(chosen)
        descriptor, name = tempfile.mkstemp(prefix="show-", suffix=".html", dir=chosen)  # readable by its owner alone
    except OSError as error:
        raise OutputError(
            f"{chosen} cannot be written to: {os.strerror(error.errno or 0)}",
            remedy="write the page to a file with --html, and open that",
        ) from error
    os.close(descriptor)
    return page.save(name)


def _folder() -> Path:
    try:
        return Path.home() / ".cache" / "blobprep" / "pages"
    except RuntimeError:  # a user without a home
        return Path(tempfile.mkdtemp(prefix="blobprep-pages-"))


def _remove_old(folder: Path) -> None:
    oldest = time() - _DAYS * 24 * 60 * 60
    for path in folder.glob("show-*.html"):
        with suppress(OSError):
            if path.lstat().st_mtime < oldest:
                path.unlink()
