"""Targets of `cp` that are made of parts of the sources' names, as a batch makes its outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from blobprep.batches.plan.parts import parts_of, unknown_part, values_of
from blobprep.batches.plan.places import Place, local_place, place_of
from blobprep.batches.plan.sources import FoundBlob, locate_source
from blobprep.batches.plan.templates import PrefixTemplate, locate_prefix
from blobprep.reference import is_reference
from blobprep.reference.expressions import Wildcard
from blobprep.reference.named_parts import braced_names, read_pattern
from blobprep.reference.sas import split_sas
from blobprep.reference.values import Reference
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation
from blobprep.transfer.pairs import Renaming
from blobprep.transfer.selection import Selection, select

__all__ = ["is_template", "select_renamed"]

_PART: Final = re.compile(r"[^\W\d]\w*")
_Named = Callable[[str], Mapping[str, str] | None]


def is_template(target: str) -> bool:
    """Return whether a text names parts in braces; what could be no name of a part is a name as it stands."""
    return any(map(_PART.fullmatch, braced_names(target)))


def select_renamed(workspace: Workspace, source: str, target: str) -> tuple[Selection, BlobLocation, Renaming]:
    """Return what is copied, the prefix or folder that all targets are in, and how they are named there.

    Args:
        workspace: the settings in force.
        source: a reference or path; with wildcards, and parts in braces, which capture what is in their place.
        target: the template.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        InvalidOption: the template has a wildcard.
    """
    template = locate_prefix(workspace, "the target", target)
    fixed = template.template.fixed
    printed = _prefix(template.template.reference, fixed) or template.base + fixed
    goal = BlobLocation(template.store, template.container, fixed, printed)
    selection, place, named, above = _select(workspace, source)
    is_prefix = template.template.printed.endswith("/")
    today = datetime.now(UTC).date()

    def rename(name: str) -> str:
        blob = selection.base.blob + name
        found = FoundBlob(place, blob, tuple((named(blob) or {}).items()), "", 0)
        values = values_of(place.container, blob, parts_of(found), above, today)
        filled = _fill(template, values)
        filled = filled + values["name"] if is_prefix else filled.removesuffix("/")
        return filled.removeprefix(fixed)

    return selection, goal, Renaming(template.template.printed, rename)


def _fill(template: PrefixTemplate, values: Mapping[str, str]) -> str:
    try:
        return template.name(values)
    except KeyError as error:
        raise unknown_part(str(error.args[0]), f"the target {template.template.printed}", values) from None


def _select(workspace: Workspace, source: str) -> tuple[Selection, Place, _Named, str]:
    """Return the sources, the place that their names are in, what captures parts of these, and the folder of all."""
    full = workspace.spell_out(source)
    pattern, reference = read_pattern(full, workspace.parse if is_reference(full) else None)
    is_there = reference is None and Path(full).exists()  # a file may have any name
    if is_there or not any(isinstance(piece, Wildcard) for piece in pattern.pieces):
        selection = select(workspace, source)
        base = selection.base
        place = local_place(full)[0] if reference is None else place_of(workspace, reference)
        return selection, place, lambda blob: None, base.blob[: base.blob.rfind("/") + 1]
    found = locate_source(workspace, source)
    named, above = found.pattern.matcher(), found.fixed
    printed = _prefix(reference, above) or found.place.printed + above
    base = replace(found.location, blob=above, printed=printed, exact=False)
    if reference is not None:  # a token in it opens the account
        whole = replace(reference, blob="", pattern=None, exact=False, version_id=None, snapshot=None)
        base = replace(base, store=workspace.place(whole, split_sas(full)[1]).store)
    selection = Selection(
        base,
        found.pattern.printed,
        found.pattern.prefix.removeprefix(above),
        "/" if found.pattern.is_flat else "",
        lambda name: named(above + name) is not None,
    )
    return selection, found.place, named, above


def _prefix(reference: Reference | None, blob: str) -> str:
    """Return how a prefix beside a pattern or template is printed; empty for local files."""
    return "" if reference is None else str(replace(reference, blob=blob, pattern=None, exact=False))
