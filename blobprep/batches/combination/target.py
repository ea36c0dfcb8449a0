"""The place of a combined dataset, and the record below the batch's own that says whether it counts.

Files are written conditionally, each in one step. The record is written first, as `running`, and last; so files of a
combination that was stopped are known for what they are, and are replaced by the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from blobprep.batches.combination.record import COMBINED_NAME, CombinedOutput, CombinedRecord
from blobprep.errors import BlobNotFound, ConditionNotMet, ContainerNotFound, InvalidOption, OutputError, OutputExists
from blobprep.outputs.blob_write import make_container, output_errors, write
from blobprep.outputs.staging import StreamUpload
from blobprep.settings.workspace import Workspace
from blobprep.stores import Condition, IfAbsent, IfMatch
from blobprep.stores.base import BlobProperties
from blobprep.stores.location import BlobLocation

__all__ = ["CombinedTarget", "locate_target"]

_JSON: Final = "application/json"
_PART: Final = re.compile(r"(?:[^/]+=[^/]+/)+part-[0-9]{5}\.[a-z.]+")


class CombinedTarget:
    """Where a dataset goes.

    Args:
        workspace: opens its account.
        record: the prefix of the batch's own record.
        wanted: what is to be combined.
        overwrite: whether blobs that others wrote may be replaced.

    Attributes:
        earlier: the record of the last combination of this batch; that of this one if there was none.

    Raises:
        InvalidOption: the target is a prefix without parts to partition by, or the other way round.
        InputError: the record cannot be read.
    """

    def __init__(self, workspace: Workspace, record: BlobLocation, wanted: CombinedRecord, *, overwrite: bool) -> None:
        self._target = locate_target(workspace, wanted.target, wanted.by)
        self._record, self._wanted, self._overwrite = record.child(COMBINED_NAME), wanted, overwrite
        self.earlier, self._state = wanted, ""
        with suppress(BlobNotFound, ContainerNotFound):
            properties = self._record.properties()
            self.earlier = CombinedRecord.decode(self._record.read(if_match=properties.etag), self._record.printed)
            self._state = properties.etag
        self._there = self._look()

    def is_current(self) -> bool:
        """Return whether the same results are combined there already."""
        return (
            bool(self._state)
            and self.earlier.status == "done"
            and self.earlier.is_of(self._wanted)
            and all(self._is_there(output) for output in self.earlier.outputs)
        )

    def claim(self, *, create_container: bool) -> None:
        """Refuse a place that others use, and note that a combination is under way.

        Raises:
            OutputExists: another dataset is there.
            OutputContainerMissing: there is no such container.
        """
        foreign = sorted(printed for printed in self._there if not self._may_replace(printed))
        if foreign:
            replaceable = not self._overwrite and (not self._wanted.by or self._is_part(foreign[0]))
            raise OutputExists(
                f"{foreign[0]} is there already, and this batch did not write it",
                remedy="choose another --combine" + (", or replace it with --overwrite" if replaceable else ""),
            )
        target = self._target
        if not (target.store.container_exists(target.container) if target.container else True):
            make_container(target, create=create_container)
        self._write_record(self._wanted)

    def place(self, name: str) -> BlobLocation:
        """Return the place of a file."""
        return self._target.child(name) if self._wanted.by else self._target

    def condition_of(self, place: BlobLocation) -> Condition:
        """Return what must hold of a file's place when it is written: that it is as it was found."""
        found = self._there.get(place.printed)
        return IfAbsent() if found is None else IfMatch(found)

    def publish(self, upload: StreamUpload, place: BlobLocation, content_type: str, condition: Condition) -> str:
        """Make a file appear; return its ETag.

        Raises:
            OutputError: another writer was there meanwhile.
        """
        with output_errors(place, _changed):
            return upload.publish(content_type, condition)

    def finish(self, done: CombinedRecord) -> CombinedRecord:
        """Remove files of an earlier combination that are no longer part of the dataset, and write the record."""
        written = {output.reference for output in done.outputs}
        for printed, etag in self._there.items():
            if printed not in written and self._may_replace(printed):
                place = self._target.parse_child(printed)
                with suppress(BlobNotFound, ConditionNotMet):
                    place.store.delete(place.container, place.blob, condition=IfMatch(etag))
        self._write_record(done)
        return done

    def _look(self) -> dict[str, str]:
        """Return the ETags of what is at the target, by reference."""
        target = self._target
        found: dict[str, str] = {}
        with suppress(BlobNotFound, ContainerNotFound):
            if not self._wanted.by:
                return {target.printed: target.properties().etag}
            for blob in target.store.list(target.container, target.blob):
                if isinstance(blob, BlobProperties):
                    found[target.child(blob.blob.removeprefix(target.blob)).printed] = blob.etag
        return found

    def _is_there(self, output: CombinedOutput) -> bool:
        return self._there.get(output.reference) == output.etag

    def _may_replace(self, printed: str) -> bool:
        """Return whether a blob may be replaced, or removed: a combination of this batch wrote it, or `overwrite`."""
        if self._overwrite and (not self._wanted.by or self._is_part(printed)):
            return True
        if not self._state or self.earlier.target != self._wanted.target:
            return False
        if any(output.reference == printed and self._is_there(output) for output in self.earlier.outputs):
            return True
        return self.earlier.status == "running" and (not self._wanted.by or self._is_part(printed))

    def _is_part(self, printed: str) -> bool:
        return bool(_PART.fullmatch(printed.removeprefix(self._target.printed)))

    def _write_record(self, record: CombinedRecord) -> None:
        condition: Condition = IfMatch(self._state) if self._state else IfAbsent()
        with output_errors(self._record, _changed):
            self._state = write(self._record, record.encode(), _JSON, condition)


def _changed(place: BlobLocation) -> OutputError:
    return OutputError(
        f"{place.printed} was changed while results were combined, and was not overwritten",
        remedy="combine into a place of its own; if another batch with this record goes on, wait for it",
    )


def locate_target(workspace: Workspace, target: str, by: Sequence[str]) -> BlobLocation:
    """Return the place of a combined dataset.

    Raises:
        InvalidOption: it is a prefix without parts to partition by.
    """
    place = workspace.locate(target, prefix=bool(by), names=())
    if place.is_prefix and not by:
        raise InvalidOption(
            f"--combine {target} is a prefix", remedy="name a blob, or the parts of its folders: --combine-by"
        )
    return place
