"""What a copy will do, planned and checked as a whole before the first byte is moved.

The plan is a file of rows, so that it takes the same memory for a million blobs as for ten. Source and target are each
listed once, and the two listings, both sorted by name, are merged.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, pairwise
from typing import Any, Final

from blobprep.errors import InvalidOption, InvalidReference, OutputError
from blobprep.stores import ANY, Condition, IfAbsent, IfMatch
from blobprep.stores.location import BlobLocation
from blobprep.transfer.equality import BlobState, Check
from blobprep.transfer.pairs import Copy, Renaming
from blobprep.transfer.selection import EmptyFolders, Selection
from blobprep.transfer.spool import Spool

__all__ = ["CopyPlan", "CopyPolicy", "PlanRow", "list_copies", "require_different", "require_names"]

_UNREACHABLE: Final = "no tool can request a blob of this name; have it written again under another one"
_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class CopyPolicy:
    """What becomes of targets that exist.

    Attributes:
        replace: whether one may be replaced.
        skip_equal: whether one that equals its source is left as it is.
        check: what must agree for that.
        delete: whether one that has no source is deleted.
    """

    replace: bool = False
    skip_equal: bool = False
    check: Check = "checksum"
    delete: bool = False


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One copy of a plan.

    Attributes:
        name: below the source's prefix, and below the target's; empty for the only one.
        state: of the source.
        existing: the state of the target; None if it was not there, or was not looked for.
        verdict: `copy`; `skip` if the target equals the source; `read` if files must be read to tell.
    """

    name: str
    state: BlobState
    existing: BlobState | None = None
    verdict: str = "copy"

    def to_json(self) -> list[Any]:
        """Return the row as plain JSON values."""
        return [self.name, _pack(self.state), self.existing and _pack(self.existing), self.verdict]

    @classmethod
    def from_json(cls, values: list[Any]) -> PlanRow:
        """Read a row back from `to_json`."""
        name, state, existing, verdict = values
        return cls(name, BlobState(*state), existing and BlobState(*existing), verdict)


class CopyPlan:
    """All copies of one call.

    Args:
        selection: what is copied.
        goal: the target of the only one, or the prefix or folder below which targets keep their names.
        renaming: how they are named below it instead; None if they keep them.

    Attributes:
        rows: of the copies, in the order of the listing.
        size: bytes of all sources.
        first, last: the names of the first and the last copy.
        surplus: names, ETags and sizes of targets that have no source, if they are to be deleted.
        unsure: how many are copied again because nothing tells whether the target equals its source.
        empty_folders: the references of marked folders that are empty; they are not copied.
        no_files: names in a local folder that have no bytes to copy.
    """

    def __init__(self, selection: Selection, goal: BlobLocation, renaming: Renaming | None = None) -> None:
        self.selection, self.goal, self.renaming = selection, goal, renaming
        self.rows = Spool()
        self.size = self.unsure = 0
        self.first = self.last = ""
        self.surplus = Spool()
        self.empty_folders: tuple[str, ...] = ()
        self.no_files: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def read(self) -> Iterator[PlanRow]:
        """Yield the rows."""
        yield from map(PlanRow.from_json, self.rows)

    def names(self) -> Iterator[str]:
        """Yield the names."""
        yield from (row[0] for row in self.rows)

    def source(self, name: str) -> BlobLocation:
        """Return where a source is."""
        base = self.selection.base
        return base if self.selection.is_single else base.child(name)

    def target(self, name: str) -> BlobLocation:
        """Return where a target goes."""
        if self.renaming is not None:
            return self.goal.child(self.renaming.rename(name))
        return self.goal if self.selection.is_single else self.goal.child(name)

    def copy(self, index: int, row: PlanRow, policy: CopyPolicy) -> Copy:
        """Return the copy of a row.

        Without a look at the target its present state does not matter, or it must be absent. With one, it must be in
        the state that was seen, so that no change of another writer is lost.
        """
        condition: Condition = IfAbsent()
        if policy.replace and not policy.skip_equal:
            condition = ANY
        elif policy.replace and row.existing is not None:
            condition = IfMatch(row.existing.etag)
        source, target = self.source(row.name), self.target(row.name)
        return Copy(source, row.state, target, condition, row.existing, row.verdict == "read", index)


def list_copies(selection: Selection, goal: BlobLocation, renaming: Renaming | None = None) -> CopyPlan:
    """Pair every source with its target.

    Args:
        selection: what is copied.
        goal: the name of the target, or the prefix or folder below which targets keep their names.
        renaming: how they are named below it instead; None if they keep them.

    Raises:
        InvalidReference: the target is a version or snapshot.
        BlobNotFound, ContainerNotFound: there is nothing to copy.
    """
    if goal.version_id or goal.snapshot:
        raise InvalidReference(
            f"{goal.printed} names a version or snapshot, which cannot be written", remedy="name the blob itself"
        )
    base = selection.base
    if renaming is not None:
        plan = CopyPlan(selection, goal, renaming)
    elif selection.is_single:
        plan = CopyPlan(selection, goal.child(_last_segment(base.blob)) if goal.is_prefix else goal)
    else:
        plan = CopyPlan(selection, goal if goal.is_prefix else goal.subprefix("/"))
    empty = EmptyFolders()
    for name, found in selection.find(empty):
        plan.rows.add(PlanRow(name, BlobState.of(found)).to_json())
        plan.size += found.size
        plan.first, plan.last = (plan.first if len(plan) > 1 else name), name
    if selection.is_plain:  # wildcards pass over folders
        folders = (prefix.removeprefix(base.blob) for prefix in empty.names())
        plan.empty_folders = tuple(base.subprefix(folder).printed for folder in folders)
        plan.no_files = tuple(selection.no_files())
    return plan


def require_names(plan: CopyPlan) -> None:
    """Check that all sources can be requested by their names, and that all targets can have theirs.

    Raises:
        OutputError: the message names the first that cannot, and says how many more there are.
    """
    if plan.selection.base.container:  # a local file was found by its name
        _refuse(plan, _unfit(plan, plan.source), lambda source: _UNREACHABLE)
    others = (
        ""
        if plan.goal.container
        else "; a folder in place of an account ([accounts.NAME] folder in blobprep.toml) accepts every name"
    )
    _refuse(
        plan,
        _unfit(plan, plan.target),
        lambda source: f"copy it by itself under another name: `blobprep cp {source.in_shell} NAME`{others}",
    )


def require_different(plan: CopyPlan) -> None:
    """Check that no two sources have one target; of a million it takes as many numbers.

    Raises:
        InvalidOption: two have; both are named.
    """
    if plan.renaming is None:
        return
    rename = plan.renaming.rename
    seen = sorted(array("q", (_hash(rename(name)) for name in plan.names())))
    suspects = {one for one, other in pairwise(seen) if one == other}
    first: dict[str, str] = {}  # if it stays one for each suspect, only the hashes were equal
    for name in plan.names() if suspects else ():
        renamed = rename(name)
        if _hash(renamed) not in suspects:
            continue
        if renamed in first:
            raise InvalidOption(
                f"{plan.source(first[renamed]).printed} and {plan.source(name).printed} have the same target, "
                f"{plan.target(name).printed}",
                remedy=f"add a part to {plan.renaming.printed} that tells them apart, such as {{folder}}",
            )
        first[renamed] = name


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest(), signed=True)


def _unfit(plan: CopyPlan, locate: Callable[[str], BlobLocation]) -> Iterator[tuple[str, str]]:
    """Yield the names whose blobs cannot have theirs, and why."""
    place = locate(plan.first)
    is_free = plan.selection.is_single or plan.renaming is not None
    prefix = "" if is_free else place.blob.removesuffix(plan.first) if plan.first else place.blob
    # On a disk one name can rule out another, so it has to see all of them; the service judges each by itself.
    at_once = None if place.store.protocol == "file" else _AT_ONCE
    coming = plan.names()
    while names := tuple(islice(coming, at_once)):
        blobs = [locate(name).blob for name in names] if is_free else [prefix + name for name in names]
        unfit = place.store.unfit_names(place.container, blobs)
        for name, blob in zip(names, blobs, strict=True):
            # A blob x/a/ below the prefix x/a/ would have an empty name there.
            reason = unfit.get(blob, "") or ("" if blob or not place.container else "nothing is left of its name")
            if reason:
                yield name, reason


def _refuse(plan: CopyPlan, refused: Iterator[tuple[str, str]], remedy: Callable[[BlobLocation], str]) -> None:
    for name, reason in islice(refused, 1):
        others = sum(1 for _ in refused)
        more = f" (nor can {others} more)" if others else ""
        source, target = plan.source(name), plan.target(name)
        raise OutputError(
            f"{source.printed} cannot be copied to {target.printed}: {reason}{more}; nothing was copied",
            remedy=remedy(source),
        )


def _last_segment(name: str) -> str:
    """Return the part after the last `/` that is not at the end of the name.

    >>> _last_segment("x/a"), _last_segment("x/a/")
    ('a', 'a/')
    """
    return name[name.rfind("/", 0, -1) + 1 :]


def _pack(state: BlobState) -> list[Any]:
    return [state.size, state.etag, state.md5, state.content_type, dict(state.metadata)]
