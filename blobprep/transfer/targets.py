"""What is at the targets of a plan already, and what that means for it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Final, TypeVar

from blobprep.errors import AccessError, BlobNotFound, ContainerNotFound, OutputExists
from blobprep.stores import BLOCK_SIZE, BlobProperties
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.folder_markers import is_folder_marker
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copy_plan import CopyPlan, CopyPolicy, PlanRow
from blobprep.transfer.equality import BlobState, compare
from blobprep.transfer.pairs import exists_already
from blobprep.transfer.spool import Spool

__all__ = ["Recorded", "compare_targets"]

Recorded = Callable[[str, tuple[BlobLocation, BlobState], tuple[BlobLocation, BlobState]], bool]
"""Returns whether a record says that a target, in this state, was copied from this state of its source. It is called as
`recorded(name, source, target)`, in the order of the plan."""

_LOOKS: Final = 16
_Item = TypeVar("_Item")
_Pair = tuple[PlanRow | None, tuple[str, BlobState] | None]


class _OutOfOrder(Exception):
    """A listing that is not sorted by name."""


def compare_targets(plan: CopyPlan, policy: CopyPolicy, recorded: Recorded) -> None:
    """Look at the targets of a plan, and note in it what is there already.

    Raises:
        OutputExists: one exists and must not be replaced; the message names the first.
        AccessError, StoreUnavailable: as the store answers.
    """
    if policy.replace and not policy.skip_equal:
        return
    if policy.skip_equal:
        plan.rows = _with_pairs(plan, policy, lambda pairs: _compared(plan, policy, recorded, pairs))
        return
    if plan.selection.is_single and plan.size <= BLOCK_SIZE:
        return  # its single write finds out
    with suppress(AccessError):  # a credential may be allowed to write but not to list; then the write finds out
        _with_pairs(plan, policy, lambda pairs: _require_absent(plan, pairs))


def _require_absent(plan: CopyPlan, pairs: Iterator[_Pair]) -> None:
    for row, existing in pairs:
        if row is not None and existing is not None:
            taken = exists_already(plan.target(row.name))
            if not plan.selection.is_single:
                taken.remedy = "leave out what is equal with --resume, or replace what is there with --overwrite"
            raise taken


def _compared(plan: CopyPlan, policy: CopyPolicy, recorded: Recorded, pairs: Iterator[_Pair]) -> Spool:
    """Return the rows of a plan with their targets, and note in it what has no source."""
    rows = Spool()
    plan.unsure = 0
    plan.surplus = Spool()
    withheld = frozenset(plan.no_files)  # what may be behind a broken link is not gone
    links = _Links(plan)
    for row, existing in pairs:
        if row is not None:
            rows.add(_judged(plan, row, existing, policy, recorded).to_json())
        elif policy.delete and existing is not None:
            if not withheld.isdisjoint(_above(existing[0])) or links.lead_to(existing[0]):
                continue
            plan.surplus.add([existing[0], existing[1].etag, existing[1].size])
    return rows


def _judged(
    plan: CopyPlan, row: PlanRow, found: tuple[str, BlobState] | None, policy: CopyPolicy, recorded: Recorded
) -> PlanRow:
    if found is None:
        return row
    existing = found[1]
    target = plan.target(row.name)
    sides = (plan.source(row.name), row.state), (target, existing)
    verdict = compare(*sides, policy.check, recorded=recorded(row.name, *sides))
    if verdict in ("different", "unknown") and not policy.replace:
        why = (
            "is not equal to its source"
            if verdict == "different"
            else "nothing tells whether it equals its source: a blob has no MD5"
        )
        raise OutputExists(
            f"{target.printed} exists already, and {why}; nothing was copied",
            remedy="replace it with --overwrite"
            + ("" if verdict == "different" else ", or compare sizes alone with --check size"),
        )
    plan.unsure += verdict == "unknown"
    done = {"equal": "skip", "unread": "read"}.get(verdict, "copy")
    return PlanRow(row.name, row.state, existing, done)


def _with_pairs(plan: CopyPlan, policy: CopyPolicy, use: Callable[[Iterator[_Pair]], _Item]) -> _Item:
    """Call a function with each row and the name and state of its target, None where there is none.

    Targets without a row come too, in their place. If a listing turns out not to be sorted, the function is called once
    more.
    """
    if plan.renaming is not None:
        with thread_pool(_LOOKS, "blobprep-look") as pool:
            return use(_look_ahead(plan, pool))
    if plan.selection.is_single or not (plan.goal.container or policy.delete):
        # Of a folder on this machine one file is looked at as quickly as it is listed.
        return use((row, _look(plan, row.name)) for row in plan.read())
    selection = plan.selection
    # Prefixes are of characters. What is to be deleted may be before the first source, or behind the last.
    start = selection.start if policy.delete else os.path.commonprefix([plan.first, plan.last])  # noqa: RUF071
    try:
        rows = _ascending(plan.read(), lambda row: row.name)
        return use(_merge(rows, _ascending(_list_targets(plan, start), lambda found: found[0])))
    except _OutOfOrder:  # of no service is this known; it takes memory
        return use(_match(plan.read(), dict(_list_targets(plan, selection.start))))


def _look_ahead(plan: CopyPlan, pool: Executor) -> Iterator[_Pair]:
    """Look at each target by itself, several at a time: in the order of the sources they are not sorted."""
    waiting: deque[tuple[PlanRow, Future[tuple[str, BlobState] | None]]] = deque()
    for row in plan.read():
        waiting.append((row, pool.submit(_look, plan, row.name)))
        if len(waiting) == 4 * _LOOKS:
            first, looked = waiting.popleft()
            yield first, looked.result()
    for row, looked in waiting:
        yield row, looked.result()


def _match(rows: Iterator[PlanRow], targets: dict[str, BlobState]) -> Iterator[_Pair]:
    for row in rows:
        state = targets.pop(row.name, None)
        yield row, None if state is None else (row.name, state)
    yield from ((None, found) for found in targets.items())


def _merge(rows: Iterator[PlanRow], targets: Iterator[tuple[str, BlobState]]) -> Iterator[_Pair]:
    found = next(targets, None)
    for row in rows:
        while found is not None and found[0] < row.name:
            yield None, found
            found = next(targets, None)
        if found is not None and found[0] == row.name:
            yield row, found
            found = next(targets, None)
        else:
            yield row, None
    while found is not None:
        yield None, found
        found = next(targets, None)


def _ascending(items: Iterable[_Item], key: Callable[[_Item], str]) -> Iterator[_Item]:
    before = None
    for item in items:
        now = key(item)
        if before is not None and now <= before:
            raise _OutOfOrder
        before = now
        yield item


def _list_targets(plan: CopyPlan, start: str) -> Iterator[tuple[str, BlobState]]:
    """Yield what is at the target under names that targets can have; without blobs that only mark a folder."""
    goal, selection = plan.goal, plan.selection
    try:
        for item in goal.store.list(goal.container, goal.blob + start, delimiter=selection.delimiter):
            if isinstance(item, BlobProperties) and not is_folder_marker(item):
                name = item.blob.removeprefix(goal.blob)
                if selection.matches(name):
                    yield name, BlobState.of(item)
    except ContainerNotFound:
        return


def _look(plan: CopyPlan, name: str) -> tuple[str, BlobState] | None:
    try:
        return name, BlobState.of(plan.target(name).properties())
    except (BlobNotFound, ContainerNotFound):
        return None


class _Links:
    """Links in a local target to folders that are elsewhere, where nothing is to be deleted."""

    def __init__(self, plan: CopyPlan) -> None:
        goal = plan.goal
        self._top = None if goal.container else goal.printed
        self._known: dict[str, bool] = {}

    def lead_to(self, name: str) -> bool:
        """Return whether a file is reached through such a link."""
        if self._top is None:
            return False
        _, *folders = _above(name)
        for folder in folders:
            if folder not in self._known:
                self._known[folder] = os.path.islink(self._top + folder)  # noqa: PTH114  # for each of many
        return any(self._known[folder] for folder in folders)


def _above(name: str) -> Iterator[str]:
    """Yield a name and those of the folders above it."""
    yield name
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name
