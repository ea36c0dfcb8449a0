"""The blobs that a batch may be about: those that match its pattern, or those that a list names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.lists import ListReader
from blobprep.batches.plan.sources import FoundBlob, Source, list_source, locate_source
from blobprep.batches.plan.templates import PrefixTemplate
from blobprep.batches.plan.wanted import WantedBlobs
from blobprep.errors import BlobNotFound, InvalidOption
from blobprep.settings.workspace import Workspace

__all__ = ["Findings", "find_blobs"]


class Findings:
    """The blobs that a batch may be about.

    Args:
        source: the pattern; None if there is only a list.
        listed: the list, looked up; None if there is only a pattern.
        printed: what the blobs are from.
        again: how many blobs the list names twice.

    Attributes:
        source, printed, again: as given.
    """

    def __init__(self, source: Source | None, listed: WantedBlobs | None, printed: str, again: int = 0) -> None:
        self.source, self.printed, self.again = source, printed, again
        self._listed = listed
        self._given = self._left_out = 0

    def blobs(self) -> Iterator[FoundBlob]:
        """Yield the blobs.

        Raises:
            BlobNotFound: there is none.
            ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
        """
        if self._listed is not None:
            yield from self._matching(self._listed)
        elif self.source is not None:
            yield from list_source(self.source)

    def notes(self) -> Iterator[str]:
        """Yield what the user should know, once all blobs were seen."""
        if self._left_out:
            assert self.source is not None
            yield (
                f"{self._left_out} of {self._given} listed blobs do not match {self.source.pattern.printed}, and are "
                "left out"
            )

    def matching(self, output: PrefixTemplate) -> Callable[[str], FoundBlob | None]:
        """Return a function for names in the container of the outputs: the blob, if a next batch would find it."""
        source = self.source
        if self._listed is not None or source is None or output.base != source.place.printed:
            return lambda name: None
        place, parts_of = source.place, source.pattern.matcher()

        def found(name: str) -> FoundBlob | None:
            parts = parts_of(name)
            return None if parts is None else FoundBlob(place, name, tuple(parts.items()), "", 0)

        return found

    def close(self) -> None:
        """Remove the list from disk."""
        if self._listed is not None:
            self._listed.close()

    def _matching(self, listed: WantedBlobs) -> Iterator[FoundBlob]:
        """Yield the blobs of a list that match the pattern, if there is one, with their parts."""
        source = self.source
        parts_of = None if source is None else source.pattern.matcher()
        for blob in listed:
            self._given += 1
            if source is None or parts_of is None:
                yield blob
                continue
            name = _name_in(source, blob)
            parts = None if name is None else parts_of(name)
            if name is None or parts is None:
                self._left_out += 1
            else:
                yield replace(blob, place=source.place, name=name, named=tuple(parts.items()))
        if self._given == self._left_out:
            what = f"no blob of it matches {source.pattern.printed}" if source and self._given else "it names no blob"
            raise BlobNotFound(f"{self.printed}: {what}", remedy="write a reference in each line")


def find_blobs(options: BatchOptions, workspace: Workspace, standard_input: Iterable[bytes]) -> Findings:
    """Find what a batch may be about; what matches a pattern is listed later.

    Raises:
        InvalidOption: there is neither a pattern nor a list.
        UsageError, InputError, StoreError: as `locate_source` and `ListReader.read`.
    """
    pattern = options.run.dataset1
    source = None if pattern is None else locate_source(workspace, pattern)
    if options.list is None:
        if source is None:
            raise InvalidOption(
                "the batch has nothing to read", remedy="name the blobs by a pattern, 'az://raw/*.csv', or give --list"
            )
        return Findings(source, None, source.pattern.printed)
    listed = WantedBlobs()
    try:
        again = listed.add(ListReader(workspace, standard_input).read(options.list))
        listed.look_up(lambda text: workspace.locate(text, names=()))
    except BaseException:
        listed.close()
        raise
    return Findings(source, listed, f"--list {options.list}", again)


def _name_in(source: Source, blob: FoundBlob) -> str | None:
    """Return the name of a listed blob in the place of the pattern; None if it is elsewhere."""
    if blob.place == source.place:
        return blob.name
    printed = blob.place.print(blob.name)
    is_below = not blob.place.container and not source.place.container and printed.startswith(source.place.printed)
    return printed[len(source.place.printed) :] if is_below else None
