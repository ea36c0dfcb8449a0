"""The parts of a blob's name: those that the pattern names, those of Hive's folders, and those of every blob."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from blobprep.batches.plan.sources import FoundBlob
from blobprep.errors import InvalidOption
from blobprep.formats import stem_of
from blobprep.inputs.partitions import parts_of_name

__all__ = ["ALWAYS", "list_parts", "parts_of", "unknown_part", "values_of"]

ALWAYS: Final = ("name", "stem", "folder", "container", "date")
"""The parts that every blob has."""


def parts_of(found: FoundBlob) -> dict[str, str]:
    """Return the parts of a blob that depend on its pattern and its folders; the pattern's own names come first.

    Raises:
        DatasetError: two of its folders have different values for one part.
    """
    return parts_of_name(found.name, dict(found.named))


def values_of(container: str, blob: str, parts: Mapping[str, str], fixed: str, today: date) -> dict[str, str]:
    """Return all parts of a blob by name.

    Args:
        container: the name of its container.
        blob: its own name.
        parts: those of `parts_of`, which come before those that there always are.
        fixed: the folder that all names of the pattern are in.
        today: the date of the batch.
    """
    folder, _, name = blob.rpartition("/")
    return {
        "name": name,
        "stem": stem_of(name),
        "folder": folder[len(fixed) :] if f"{folder}/".startswith(fixed) else folder,
        "container": container,
        "date": today.isoformat(),
        **parts,
    }


def list_parts(known: Iterable[str]) -> str:
    """Return names of parts as a remedy lists them."""
    return ", ".join(f"{{{name}}}" for name in dict.fromkeys(known))


def unknown_part(name: str, where: str, known: Iterable[str]) -> InvalidOption:
    """Return the error for a name that is not one of a part.

    Args:
        name: of the part.
        where: what names it, as the subject of a sentence.
        known: the parts that there are.
    """
    return InvalidOption(
        f"{where} names {{{name}}}, which is not a part",
        remedy=f"use {list_parts(known)}; name a part of the blobs' names by putting {{{name}}} in its place in the "
        "pattern, as in az://raw/{region}/*.csv",
    )
