"""`cp` and `sync`: copies of blobs and local files, as jobs that can be gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from blobprep.batches.coordination.budget import allowed_failures
from blobprep.batches.copies.renaming import is_template, select_renamed
from blobprep.errors import InvalidOption, InvalidReference
from blobprep.progress import Meter, Progress
from blobprep.settings import Workspace
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copies import Copies
from blobprep.transfer.copy import CopyRequest, copy_selection
from blobprep.transfer.copy_plan import CopyPolicy
from blobprep.transfer.equality import Check
from blobprep.transfer.job import ATTEMPTS, JobOptions
from blobprep.transfer.selection import select
from blobprep.transfer.server_route import ServerMode, require_mode

__all__ = ["cp", "sync"]

_CHECKS: Final = ("checksum", "size")


def cp(
    source: str,
    target: str,
    *,
    overwrite: bool = False,
    resume: bool = False,
    check: Check = "checksum",
    create_container: bool = False,
    max_failures: int | str | None = None,
    attempts: int = ATTEMPTS,
    record: str | None = None,
    report: bool = False,
    server_side: ServerMode = "auto",
    dry_run: bool = False,
    workspace: Workspace | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Copies:
    """Copy a blob or a local file, everything below a prefix or folder, or what matches a pattern.

    Each copy appears complete or not at all, with the content type and metadata of its source. All names, and without
    `overwrite` all targets, are checked before the first copy is made. A blob that only marks a folder has no data and
    is not copied. The workspace's warnings report empty folders and, in a local folder, broken links, sockets and
    pipes.

    A pattern, `resume`, `max_failures`, `record` or `dry_run` makes it a job: a copy that fails does not end it, but is
    in the result, as every other is; and the MD5 of each is computed, compared with the one that its source states, and
    kept at the target.

    Args:
        source: a reference or path; if it ends with `/` or is a folder, everything below it is copied; of blobs that
            match a pattern, names are kept from the last `/` before its first wildcard.
        target: a reference or path; if it ends with `/` or is a folder, the copy keeps its name below it. What is below
            a prefix or matches a pattern keeps its names in any case, unless the target has parts in braces: those that
            the pattern names, those of Hive's folders, `{stem}`, `{name}`, `{folder}`, `{container}` and `{date}` are
            filled in for each source.
        overwrite: replace existing targets.
        resume: leave a target as it is if it equals its source: in size and MD5, which is computed of local files, and
            between accounts in content type and metadata.
        check: what must agree for that; `size` leaves the MD5 out.
        create_container: create the target's container if it is missing.
        max_failures: copies that may fail before no more are begun: a number, or a part of all such as `5%`; None for
            any number.
        attempts: of a job at a copy whose failure can pass, or whose source changes meanwhile.
        record: a prefix that gets the job's record: `batch.json` and a line for each copy, in `items.jsonl` and
            `items.parquet`. With `resume`, one that is there tells what was copied also where a blob has no MD5.
        report: make the record's page, `report.html`, too.
        server_side: `auto` lets the service make copies between accounts, and within one, by itself, so that no byte
            passes this machine, but for those that it refuses to make; `always` fails instead; `never` reads and
            writes here.
        dry_run: only say what would be copied.
        workspace: the settings in force; None for those of the working folder and this process.
        progress: called with the bytes copied so far and the bytes in all.
        on_progress: called with a `Progress` as each stage begins, and a few times a second meanwhile; from a thread of
            its own.

    Returns:
        The copies, in the order of their names.

    Raises:
        UsageError: a reference, an option or a setting is wrong.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer. If some of several blobs
            were copied before, the message says how many, and names the first that was not.
        BlobChanged: a source changed while it was read.
        OutputError: a target cannot have its name.
        OutputExists, OutputContainerMissing: the target exists, or its container does not.
    """
    known = workspace or Workspace()
    goal, renaming = None, None
    if is_template(target):
        selection, goal, renaming = select_renamed(known, source, target)
    else:
        selection = select(known, source)
    bound = None if max_failures is None else str(max_failures)
    is_job = resume or dry_run or bound is not None or record is not None or not selection.is_plain
    request = CopyRequest(
        selection,
        goal or known.locate(target, names=()),
        CopyPolicy(replace=overwrite, skip_equal=resume, check=_checked(check)),
        _job_options(bound, attempts, strict=not is_job, dry_run=dry_run),
        create_container,
        require_mode(server_side),
        renaming,
    )
    with Meter(on_progress, moved=progress) as meter:
        return _copy(request, known, meter, "cp", (record, report), bound)


def sync(
    source: str,
    target: str,
    *,
    delete: bool = False,
    check: Check = "checksum",
    create_container: bool = False,
    max_failures: int | str | None = None,
    attempts: int = ATTEMPTS,
    record: str | None = None,
    report: bool = False,
    server_side: ServerMode = "auto",
    dry_run: bool = False,
    workspace: Workspace | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Copies:
    """Make a prefix or folder contain what another one contains.

    What is new or differs is copied, as a job of `cp` does; what is equal is left as it is. Somebody else's change
    meanwhile is never overwritten: a target that is not in the state in which the listing showed it is reported as
    failed. With `delete`, what has no source goes, last of all: not if a copy failed, nor where nothing is below the
    source, nor what is behind a broken link there; and of each the source is asked for once more.

    Args:
        source: a prefix, a folder, or a pattern.
        target: a prefix or folder.
        delete: delete what is below the target, and matches the pattern, and has no source.
        check: what must agree for two blobs to be equal; see `cp`.
        create_container: create the target's container if it is missing.
        max_failures: copies that may fail before no more are begun: a number, or a part of all such as `5%`; None for
            any number.
        attempts: at a copy whose failure can pass, or whose source changes meanwhile.
        record: as that of `cp`; one that is there is gone on with.
        report: as that of `cp`.
        server_side: as that of `cp`.
        dry_run: only say what would be copied and deleted.
        workspace: the settings in force; None for those of the working folder and this process.
        progress: called with the bytes done so far and the bytes in all.
        on_progress: as that of `cp`.

    Returns:
        The copies in the order of their names, and behind them the deletions.

    Raises:
        UsageError: a reference, an option or a setting is wrong, or one side lies within the other.
        BlobNotFound, ContainerNotFound: there is nothing below the source; nothing was deleted.
        AccessError, StoreUnavailable: as the stores answer.
        OutputError: a target cannot have its name.
        OutputContainerMissing: the target's container does not exist.
    """
    known = workspace or Workspace()
    selection = select(known, source)
    if selection.is_single:
        raise InvalidReference(
            f"{selection.printed} is one blob, but sync takes a prefix",
            remedy=f"write {selection.base.folder.in_shell}, or copy it with `blobprep cp`",
        )
    goal = known.locate(target, names=(), prefix=True)
    why = "a sync would find its own copies, or delete its source"
    _require_apart(selection.base, goal, why, "sync to a prefix or container beside it")
    bound = None if max_failures is None else str(max_failures)
    request = CopyRequest(
        selection,
        goal,
        CopyPolicy(replace=True, skip_equal=True, check=_checked(check), delete=delete),
        _job_options(bound, attempts, dry_run=dry_run),
        create_container,
        require_mode(server_side),
    )
    with Meter(on_progress, moved=progress) as meter:
        return _copy(request, known, meter, "sync", (record, report), bound)


def _copy(
    request: CopyRequest,
    workspace: Workspace,
    meter: Meter,
    command: str,
    recorded: tuple[str | None, bool],
    bound: str | None,
) -> Copies:
    """Make copies, and record them if that is asked for: where, and whether with a page."""
    record, report = recorded
    if report and record is None:
        raise InvalidOption("a report is part of a record", remedy="name its prefix with --record")
    if record is None:
        return copy_selection(request, workspace, meter)
    from blobprep.batches.copies.record import RecordedJob, copy_with_record  # which takes a while to import

    prefix = workspace.locate(record, prefix=True, names=())
    selection, goal, policy = request.selection, request.goal, request.policy
    if not selection.is_single:
        for side in (selection.base, goal if goal.is_prefix else goal.subprefix("/")):
            _require_apart(side, prefix, "a record must not be among what is copied", "choose another --record")
    asked = {
        "command": command,
        "source": selection.printed,
        "target": goal.printed if request.renaming is None else request.renaming.printed,
        "overwrite": policy.replace,
        "resume": policy.skip_equal,
        "check": policy.check,
        "delete": policy.delete,
        "attempts": request.options.attempts,
        "max_failures": bound,
        "server_side": request.server_side,
    }
    job = RecordedJob(prefix, asked, policy.skip_equal, policy.replace, bound, report)
    return copy_with_record(request, workspace, meter, job)


def _require_apart(base: BlobLocation, goal: BlobLocation, why: str, remedy: str) -> None:
    """Check that neither prefix lies within the other: a job would find its own copies, or delete its source.

    Raises:
        InvalidReference: one does.
    """
    source, target = _place(base), _place(goal)
    if source.startswith(target) or target.startswith(source):
        raise InvalidReference(f"{base.printed} and {goal.printed} lie within each other: {why}", remedy=remedy)


def _place(location: BlobLocation) -> str:
    """Return the address of a prefix; of local files their real path."""
    if not location.container and location.store.protocol == "file":
        return f"{Path(location.printed).resolve()}/"
    endpoint = location.store.access.endpoint.rstrip("/")
    if location.store.protocol == "file":
        endpoint = str(Path(unquote(urlsplit(endpoint).path)).resolve())
    else:
        endpoint = endpoint.partition("://")[2]  # whether by http or https
    return f"{endpoint}/{location.container}/{location.blob}"


def _job_options(bound: str | None, attempts: int, *, strict: bool = False, dry_run: bool = False) -> JobOptions:
    allowed_failures(bound, 1)  # a wrong one is told before anything is listed
    return JobOptions(strict, attempts, dry_run, lambda total: allowed_failures(bound, total))


def _checked(check: str) -> Check:
    if check not in _CHECKS:
        raise InvalidOption(f"check does not take {check!r}", remedy=f"use one of: {', '.join(_CHECKS)}")
    return "size" if check == "size" else "checksum"
