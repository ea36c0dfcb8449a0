"""What stands at the places of a run's outputs before the run writes there: never overwritten without leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from blobprep.errors import AccessError, BlobNotFound, BlobprepError, ContainerNotFound, OutputExists
from blobprep.manifest import Manifest
from blobprep.outputs.blob_write import make_container
from blobprep.outputs.plan import OutputPlan
from blobprep.stores import Condition, IfAbsent, IfMatch
from blobprep.stores.cancellation import map_in_threads
from blobprep.stores.location import BlobLocation

__all__ = ["ExistingBlobs", "current_conditions"]


class ExistingBlobs:
    """The blobs at the places of a run's outputs, as they were when the run first looked.

    A run of a batch whose outputs were untouched when it began does not look: the writes themselves demand that nothing
    is there. What came since is refused all the same, once the script has run. One that may overwrite does look.

    Args:
        plan: what the run may write, and where.

    Attributes:
        conditions: by reference, what a write must demand so that it changes nothing that came since.
    """

    def __init__(self, plan: OutputPlan) -> None:
        self._plan = plan
        self._recorded: dict[str, BlobLocation] = {}  # those that a previous run made, or may have
        self.conditions: dict[str, Condition] = {}

    def admit(self, previous: Manifest | None) -> None:
        """Note what stands at the planned places now, before anything is written.

        Args:
            previous: the manifest that stands there; what it names may be replaced.

        Raises:
            OutputExists: a blob that no run recorded is in the way.
            OutputContainerMissing: a container beside the output prefix's does not exist.
        """
        self._recorded = self._plan.places_of(previous)
        planned = {target.printed: target for target in self._plan.planned.values()}
        if previous is None and self._plan.untouched and not self._plan.overwrite:
            self.conditions = dict.fromkeys(planned, IfAbsent())
        else:
            self.conditions = current_conditions({**self._recorded, **planned})
            self._require_replaceable(planned)
        self._require_containers()

    def add(self, targets: Mapping[str, BlobLocation]) -> None:
        """Note what stands at further places, by reference; raises OutputExists as `admit`."""
        new = {printed: target for printed, target in targets.items() if printed not in self.conditions}
        self.conditions |= current_conditions(new)
        self._require_replaceable(targets)

    def clear(self, previous: Manifest | None, written: set[str]) -> None:
        """Delete what the previous run left and this one did not write again, unless somebody changed it since.

        A blob that cannot be deleted stays: the run has succeeded all the same.

        Args:
            previous: that run's manifest.
            written: references of what this run wrote.
        """
        recorded = {record.reference: IfMatch(record.etag) for record in previous.outputs} if previous else {}
        for printed in self._recorded.keys() - written:
            target, condition = self._recorded[printed], recorded.get(printed, self.conditions[printed])
            if isinstance(condition, IfMatch):
                with suppress(BlobprepError):
                    target.store.delete(target.container, target.blob, condition=condition)

    def _require_containers(self) -> None:
        for place in self._plan.prefixes.values():
            if (place.store, place.container) == (self._plan.prefix.store, self._plan.prefix.container):
                continue
            try:
                exists = place.store.container_exists(place.container)
            except AccessError:  # a SAS token may allow writing there and not looking
                continue
            if not exists:
                make_container(place, create=self._plan.create_container)

    def _require_replaceable(self, places: Iterable[str]) -> None:
        for printed in places:
            is_there = isinstance(self.conditions[printed], IfMatch)
            if is_there and printed not in self._recorded and not self._plan.overwrite:
                raise OutputExists(
                    f"{printed} exists and was not written by a run of blobprep",
                    remedy="choose another --output, or replace it with --overwrite",
                )


def current_conditions(targets: Mapping[str, BlobLocation]) -> dict[str, Condition]:
    """Return the state of blobs now, as conditions: a write that demands one changes nothing that came since.

    Args:
        targets: by reference.
    """
    found = map_in_threads(_condition_of, targets.values(), 8, "blobprep-look")
    return dict(zip(targets, found, strict=True))


def _condition_of(target: BlobLocation) -> Condition:
    try:
        return IfMatch(target.properties().etag)
    except (BlobNotFound, ContainerNotFound):
        return IfAbsent()
