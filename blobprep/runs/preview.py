"""The first rows of a dataset: a child reads them, and only a few ranges of a large blob are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blobprep.errors import BlobprepError, DatasetError, Defect, InvalidOption, LimitError, TimeExceeded
from blobprep.inputs.resolve import resolve_dataset
from blobprep.limits import error_of
from blobprep.manifest import ErrorRecord
from blobprep.protocol import ChildRequest
from blobprep.runs.inquiry import Inquiry

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["Head", "head"]

_RANGE: Final = 1024 * 1024
_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a dataset.

    Attributes:
        names, types: of the columns; the types are Arrow's, guessed from these rows where the format is a text.
        rows: each a cell's text for each column, None where it is missing.
        total: rows of the whole dataset, None where counting them means reading all of it.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    total: int | None


def head(
    reference: str,
    *,
    rows: int = 10,
    read: Mapping[str, str] | None = None,
    workspace: Workspace | None = None,
) -> Head:
    """Return the first rows of a dataset.

    Args:
        reference: of a blob or local file, or a dataset's name.
        rows: how many.
        read: options of reading it.
        workspace: settings; those of this folder and environment by default.

    Raises:
        DatasetError: it is not in its format.
        LimitError: reading it takes more than the settings allow.
        InvalidOption, StoreError: as the settings and the store say.
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    from blobprep.runs.limits import limits_of
    from blobprep.settings import Workspace

    if rows < 0:
        raise InvalidOption(f"rows must be 0 or more: {rows}", remedy="ask for 0 rows or more")
    settings = workspace or Workspace()
    dataset = settings.dataset(reference, read)
    if dataset is None:
        raise InvalidOption("no dataset is given", remedy="give a reference")
    limits = limits_of(settings, {"timeout": _SECONDS})
    with ExitStack() as stack:
        inquiry = stack.enter_context(Inquiry("head", settings, limits))
        inquiry.begin()
        resolved = resolve_dataset("dataset1", dataset)
        stack.callback(resolved.input.bytes.close)
        verdict = inquiry.ask(ChildRequest("head", rows=rows), [resolved], on_demand=_RANGE).verdict
    if verdict.raises is not None:
        raise verdict.raises
    if verdict.error is not None:
        raise _failure(reference, verdict.error)
    counted = verdict.facts.inputs.get("dataset1")
    if counted is None:
        raise Defect("the child reported success and no columns")
    return Head(counted.names, counted.types, verdict.facts.head, verdict.facts.total)


def _failure(reference: str, error: ErrorRecord) -> BlobprepError:
    """Turn a failed preview into an exception. Its time limit is fixed, so no setting is suggested."""
    kind = error_of(error.code)
    if kind is TimeExceeded:
        return TimeExceeded(f"{reference}: its first rows could not be read within {_SECONDS:g} seconds")
    return (kind if issubclass(kind, LimitError) else DatasetError)(f"{reference}: {error.message}")
