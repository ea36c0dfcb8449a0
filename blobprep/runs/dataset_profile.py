"""Profiles of datasets, computed by a child that has run no script."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from blobprep.errors import BlobprepError, DatasetError, LimitError, TimeExceeded
from blobprep.inputs.resolve import ResolvedDataset, resolve_dataset
from blobprep.inputs.sources import Dataset
from blobprep.limits import error_of
from blobprep.manifest import ErrorRecord
from blobprep.protocol import ChildRequest, Translation
from blobprep.protocol.profiles import AskedProfile, TableProfile
from blobprep.runs.inquiry import Inquiry
from blobprep.runs.limits import limits_of

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["ProfiledDataset", "Profiler", "dataset_failure"]

_PORT = "dataset1"


@dataclass(frozen=True, slots=True)
class ProfiledDataset:
    """A profile, and what it was made from.

    Attributes:
        profile: of the table.
        resolved: the dataset; its file is closed.
        format: it was in.
        checksums: SHA-256 of its blobs, in order.
        changes: that reading it made, one entry of the ledger each.
    """

    profile: TableProfile
    resolved: ResolvedDataset
    format: str
    checksums: tuple[str, ...]
    changes: tuple[Translation, ...] = ()


class Profiler:
    """A child that profiles datasets, one after the other; a context manager.

    Args:
        workspace: the settings in force; limits and isolation are those of a script.
        asked: how tables are profiled.
        progress: called with the bytes fetched so far and the bytes to fetch in all.
    """

    def __init__(
        self, workspace: Workspace, asked: AskedProfile, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._asked, self._progress = asked, progress
        self._inquiry = Inquiry("profile", workspace, limits_of(workspace, {}))

    def __enter__(self) -> Profiler:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inquiry.__exit__(kind, error, trace)

    def profile(
        self, dataset: Dataset, printed: str, *, accept: Callable[[ResolvedDataset], None] | None = None, last: bool
    ) -> ProfiledDataset:
        """Profile a dataset.

        Args:
            dataset: the dataset.
            printed: its reference, for messages.
            accept: called with what was found before anything is fetched; what it raises ends the work.
            last: whether it is the last one.

        Raises:
            DatasetError: it is not in its format.
            LimitError: reading it takes more than the settings allow.
            InvalidOption, StoreError, BlobChanged: as settings and store say.
            IsolationUnavailable: the settings' level of isolation is not available.
        """
        with ExitStack() as stack:
            self._inquiry.begin()
            resolved = resolve_dataset(_PORT, dataset)
            stack.callback(resolved.input.bytes.close)
            if accept is not None:
                accept(resolved)
            request = ChildRequest("profile", profile=self._asked)
            answer = self._inquiry.ask(request, [resolved], last=last, progress=self._progress)
        if answer.verdict.raises is not None:
            raise answer.verdict.raises
        if answer.verdict.error is not None:
            raise dataset_failure(printed, answer.verdict.error, answer.verdict.remedy)
        profile = answer.facts.profiles.get(_PORT)
        if profile is None:
            raise TimeExceeded(f"{printed}: no time was left for its statistics", remedy="use --exact")
        counted = answer.facts.inputs.get(_PORT)
        found = (counted.format if counted else "") or resolved.asked.format
        changes = (*resolved.translations, *answer.facts.translations)
        return ProfiledDataset(profile, resolved, found, answer.checksums.get(_PORT, ()), changes)


def dataset_failure(printed: str, error: ErrorRecord, remedy: str = "") -> BlobprepError:
    """Turn the failure of a child that ran no script into an error about the dataset it read."""
    kind = error_of(error.code)
    return (kind if issubclass(kind, LimitError) else DatasetError)(f"{printed}: {error.message}", remedy=remedy)
