"""Local paths, located like blobs: an existing folder is the store, and the path below it the name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from blobprep.errors import InvalidReference
from blobprep.reference.mistakes import unknown_reference
from blobprep.reference.sas import has_signature
from blobprep.stores.location import BlobLocation

__all__ = ["LOCAL", "locate_path", "require_path"]

LOCAL = "local"
"""The account name of local files."""


def locate_path(text: str, *, prefix: bool) -> BlobLocation:
    """Locate a local file or folder in a store at the nearest folder that exists.

    Args:
        text: a path; it means a folder if it ends with `/` or if a folder is there.
        prefix: whether it means a folder in any case.

    Returns:
        The file, or the folder as a prefix; printed as it was written.

    Raises:
        InvalidReference: the text is empty.
    """
    from blobprep.stores.folder.store import FolderStore

    require_path(text)
    path = Path(text)
    whole = prefix or text.endswith(("/", os.sep)) or path.is_dir()
    # Below a folder that does not exist, `..` can only be resolved as text; above, it may lead through a link.
    root = _nearest_folder(path if whole else path.parent)
    name = os.path.relpath(path, root) if whole else path.name
    if whole:
        name = "" if name == os.curdir else f"{name}/"
        text = text if text.endswith("/") else f"{text}/"
    elif path.parent != root:
        name = os.path.relpath(path, root)
    return BlobLocation(FolderStore(root, account=LOCAL, escape=False), "", name, text)


def require_path(text: str) -> None:
    """Refuse a text that is not a path: an empty one, or a garbled address with a SAS token.

    Raises:
        InvalidReference: it is not a path; the message shows no signature.
    """
    if not text:
        raise InvalidReference("the path or reference is empty", remedy="write a path, or az://container/blob")
    if "\0" in text:
        raise InvalidReference("the path contains a NUL character", remedy="write a path, or az://container/blob")
    decoded = unquote(unquote(text))
    if has_signature(text) or ("://" in decoded and has_signature(decoded)):
        raise unknown_reference(decoded)


def _nearest_folder(folder: Path) -> Path:
    """Return the folder itself, or the nearest parent that exists."""
    existing = (candidate for candidate in (folder, *folder.parents) if candidate.is_dir())
    return next(existing, Path(folder.anchor or os.curdir))
