"""Copies of blobs and local files, in any direction: planned, checked, carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from blobprep.errors import BlobprepError
from blobprep.progress import Meter
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copies import Copies, CopyResult
from blobprep.transfer.copy_plan import CopyPlan, CopyPolicy, list_copies, require_different, require_names
from blobprep.transfer.job import CopyJob, JobOptions
from blobprep.transfer.mover import Mover
from blobprep.transfer.pairs import Copy, Renaming
from blobprep.transfer.selection import Selection
from blobprep.transfer.server_route import ServerMode, ServerRoute, find_route
from blobprep.transfer.targets import Recorded, compare_targets

__all__ = ["CopyRequest", "copy_all", "copy_selection", "plan_copies"]


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """What is copied where, and how.

    Attributes:
        selection: the sources.
        goal: the target, or the prefix or folder below which names are kept.
        policy: what becomes of targets that exist.
        options: how it is done.
        create_container: whether a missing container of the target is created.
        server_side: whether the service makes copies between accounts by itself.
        renaming: how targets are named below the goal; None if they keep their names.
    """

    selection: Selection
    goal: BlobLocation
    policy: CopyPolicy
    options: JobOptions
    create_container: bool = False
    server_side: ServerMode = "auto"
    renaming: Renaming | None = None


def plan_copies(request: CopyRequest, recorded: Recorded = lambda name, source, target: False) -> CopyPlan:
    """List the sources, check all names and, without leave to replace them, all targets.

    Args:
        request: what is asked.
        recorded: see `Recorded`.

    Raises:
        InvalidReference: the target is a version or snapshot.
        InvalidOption: two sources have one target, or a source lacks a part of its name.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer.
        OutputError: a target cannot have its name.
        OutputExists: a target exists.
    """
    plan = list_copies(request.selection, request.goal, request.renaming)
    require_names(plan)
    require_different(plan)
    goal = request.goal
    if request.create_container and goal.container and not request.options.dry_run:
        goal.store.create_container(goal.container)
    compare_targets(plan, request.policy, recorded)
    return plan


def copy_selection(
    request: CopyRequest,
    workspace: Workspace,
    meter: Meter,
    *,
    recorded: Recorded = lambda name, source, target: False,
    planned: Callable[[CopyPlan], None] = lambda plan: None,
    settled: Callable[[int, CopyResult], None] = lambda index, result: None,
) -> Copies:
    """Plan copies and carry them out.

    Args:
        request: what is asked.
        workspace: gets warnings about what was not copied.
        meter: learns how far the work is.
        recorded: see `Recorded`.
        planned: called with the plan before the first copy.
        settled: called with each result and its place, as it is known.

    Raises:
        UsageError, StoreError, OutputError: as `find_route`, `plan_copies` and `CopyJob.run`.
    """
    route = find_route(request.selection.base, request.goal, request.server_side)
    meter.begin("list")
    plan = plan_copies(request, recorded)
    planned(plan)
    meter.begin("copy")
    copies = CopyJob(plan, request.policy, request.options, meter.advance, settled, route).run()
    if plan.empty_folders:
        workspace.warnings.append(f"empty folders are not copied: {_summarize(plan.empty_folders)}")
    if plan.no_files:
        paths = [str(Path(request.selection.base.printed, name)) for name in plan.no_files]
        workspace.warnings.append(f"not copied because it is not a regular file: {_summarize(paths)}")
    if route is not None and route.first is not None:
        workspace.warnings.append(_refusal(route, route.first))
    if plan.unsure:
        workspace.warnings.append(
            f"{plan.unsure} of {len(plan)} could not be compared, since a blob has no MD5, and were copied "
            "again; a job with a --record knows what it copied"
        )
    return copies


def copy_all(copies: Iterable[Copy]) -> None:
    """Make a few copies.

    Raises:
        BlobprepError: the first that failed.
    """
    with closing(Mover(checked=False).run(copies)) as outcomes:
        for _, outcome, _, _ in outcomes:
            if isinstance(outcome, BlobprepError):
                raise outcome


def _refusal(route: ServerRoute, first: BlobprepError) -> str:
    what = "1 copy" if route.refused == 1 else f"{route.refused:,} copies"
    return f"{what} passed this machine, since the service did not make them by itself: {first.message}"


def _summarize(names: Sequence[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
