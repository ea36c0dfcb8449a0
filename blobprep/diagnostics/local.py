"""The folder of an account, and plain local paths, which need no network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from blobprep.diagnostics.findings import StepFinding, fail, ok
from blobprep.errors import AccessError, BlobNotFound, ContainerNotFound
from blobprep.stores.folder.names import components

__all__ = ["examine_folder", "examine_path"]


def examine_folder(folder: Path, container: str, blob: str) -> Iterator[StepFinding]:
    """Yield the findings on the folder of an account, and on container and blob in it; empty for none."""
    if not folder.is_dir():
        cause = "it is something else" if folder.exists() else "it has not been created"
        yield fail("folder", f"{folder} is not a folder", cause, f"mkdir -p {folder}", ContainerNotFound)
        return
    yield from _access("folder", folder)
    place = folder / container
    if not container:
        return
    if not place.is_dir():
        remedy = f"check its name, or create it: mkdir {place}"
        yield fail(
            "container", f"there is no container {container}", f"{folder} has no such folder", remedy, ContainerNotFound
        )
        return
    yield from _access("container", place)
    if blob:
        found = place.joinpath(*components(blob))
        if not found.exists():
            yield _missing(f"there is no blob {blob} in {container}", found.parent)
        else:
            yield from _access("blob", found)


def examine_path(path: Path) -> Iterator[StepFinding]:
    """Yield the findings on a local path."""
    if not path.exists():
        yield _missing(f"there is no {path}", path.parent)
        return
    yield from _access("path", path)


def _missing(text: str, folder: Path) -> StepFinding:
    cause = f"{folder} has no file of that name" if folder.is_dir() else f"the folder {folder} does not exist either"
    there = next((parent for parent in (folder, *folder.parents) if parent.is_dir()), folder)
    return fail("blob", text, cause, f"list what is there: ls {there}", BlobNotFound)


def _access(topic: str, place: Path) -> Iterator[StepFinding]:
    reading = os.R_OK | (os.X_OK if place.is_dir() else 0)
    if not os.access(place, reading):
        yield fail("read", f"{place} cannot be read", "its permissions", f"chmod u+rX {place}", AccessError)
    elif not os.access(place, os.W_OK):
        yield fail(
            "write", f"{place} can be read but not written", "its permissions", f"chmod u+w {place}", AccessError
        )
    else:
        yield ok(topic, f"{place} exists and can be read and written")
