"""Local paths, located like blobs: a folder that exists is the store, what lies below it the name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from blobprep.errors import InvalidReference
from blobprep.reference.mistakes import unknown
from blobprep.reference.sas import has_signature
from blobprep.stores.location import BlobLocation

__all__ = ["LOCAL", "locate_path", "require_path"]

LOCAL = "local"
"""The account's name of plain local files."""


def locate_path(text: str, *, prefix: bool) -> BlobLocation:
    """Locate a local file or folder, in a store that begins at the nearest folder that exists.

    Args:
        text: a path; ended by `/` it names a folder, as does one where a folder is.
        prefix: whether it names a folder in any case.

    Returns:
        The file, or the prefix of the folder; printed as it was written.

    Raises:
        InvalidReference: the text is empty.
    """
    from blobprep.stores.folder.store import FolderStore

    require_path(text)
    path = Path(text)
    whole = prefix or text.endswith(("/", os.sep)) or path.is_dir()
    # Behind a folder that does not exist `..` can only be read as text; before that it may lead through a link.
    root = _existing(path if whole else path.parent)
    name = os.path.relpath(path, root) if whole else path.name
    if whole:
        name = "" if name == os.curdir else f"{name}/"
        text = text if text.endswith("/") else f"{text}/"
    elif path.parent != root:
        name = os.path.relpath(path, root)
    return BlobLocation(FolderStore(root, account=LOCAL, escape=False), "", name, text)


def require_path(text: str) -> None:
    """Refuse a text that is not a path: an empty one, and an address with a SAS token, garbled or without its scheme.

    Raises:
        InvalidReference: it is none; no signature is shown.
    """
    if not text or "\0" in text:
        raise InvalidReference("an empty text names no file and no blob", remedy="write a path, or az://container/blob")
    decoded = unquote(unquote(text))
    if has_signature(text) or ("://" in decoded and has_signature(decoded)):
        raise unknown(decoded)


def _existing(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), Path(folder.anchor or os.curdir))
