"""What one run may write, and where: known before its script runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.claim_kind import named_in
from blobprep.outputs.collector import LeftFile
from blobprep.outputs.ports import PORTS, Port, port_of
from blobprep.stores import Store
from blobprep.stores.location import BlobLocation

__all__ = ["OutputPlan"]


@dataclass(frozen=True)
class OutputPlan:
    """The outputs one run was asked for, and their places.

    Attributes:
        prefix: the output prefix.
        ports: the rows of `PORTS` this run was asked for.
        extension, content_type: of the results' format.
        prefixes: by row, where blobs of an output go if not below the output prefix (`--figures`).
        overwrite: replace a finished run, and blobs that no run recorded.
        create_container: create containers that are missing.
        untouched: nothing was below `prefix` when somebody looked a while ago; see `ExistingBlobs`.
    """

    prefix: BlobLocation
    ports: tuple[Port, ...]
    extension: str
    content_type: str
    prefixes: Mapping[str, BlobLocation]
    overwrite: bool = False
    create_container: bool = False
    untouched: bool = False

    @cached_property
    def planned(self) -> Mapping[str, BlobLocation]:
        """Return the places of the blobs that every such run writes, by name below the prefix; not the manifest's."""
        rows = [row for row in self.ports if not row.folder and row.source != "last"]
        return {row.blob_name(extension=self.extension): self.target(row) for row in rows}

    def target(self, row: Port, name: str = "") -> BlobLocation:
        """Return the place of a blob of an output.

        Args:
            row: the output.
            name: fills `{name}`.
        """
        if row.folder:
            return self._folder(row).child(name)
        return self.prefix.child(row.blob_name(extension=self.extension))

    def places(self, records: Iterable[OutputRecord]) -> dict[str, BlobLocation]:
        """Return where the blobs of these records are, and the manifest, by name."""
        places = {}
        for record in records:
            row = port_of(record)
            places[record.name] = self.target(row, record.name.removeprefix(row.folder))
        manifest = PORTS["manifest"]
        return {**places, manifest.blob: self.target(manifest)}

    def places_of(self, previous: Manifest | None) -> dict[str, BlobLocation]:
        """Return the places a manifest names, by reference.

        Those in a folder this run does not write to are left out, such as figures that this run puts elsewhere.
        """
        places = {}
        folders = [self._folder(row) for row in PORTS.values() if row.folder]
        for name in named_in(previous) if previous else ():
            if folder := next((folder for folder in folders if name.startswith(folder.printed)), None):
                places[name] = folder.parse_child(name)
            elif "/" not in name:
                target = self.prefix.child(name)
                places[target.printed] = target
        return places

    def fitting(self, files: Mapping[str, Sequence[LeftFile]], say: Callable[[str], None]) -> dict[str, list[LeftFile]]:
        """Return the files that can be written beside each other and beside what every run writes; the first ones can.

        Args:
            files: by row.
            say: takes a line for the log about each file that is left out.
        """
        offered = [(PORTS[row], file) for row, left in files.items() for file in left]
        if not offered:
            return {row: [] for row in files}
        kept = list(self.planned.values())
        targets = [*kept, *(self.target(row, file.name) for row, file in offered)]
        # Nearly always all of them fit, and one question about each container shows it.
        containers = set(map(_container, targets))
        if not any(_unfit([target for target in targets if _container(target) == place]) for place in containers):
            return {row: list(left) for row, left in files.items()}
        fitting: dict[str, list[LeftFile]] = {row: [] for row in files}
        for row, file in offered:
            target = self.target(row, file.name)
            reasons = _unfit([*(other for other in kept if _container(other) == _container(target)), target])
            if reasons:
                reason = reasons.get(target.blob) or next(iter(reasons.values()))
                say(f"{row.blob_name(file.name)} was left out, because {reason}")
            else:
                kept.append(target)
                fitting[row.name].append(file)
        return fitting

    def _folder(self, row: Port) -> BlobLocation:
        return self.prefixes.get(row.name) or self.prefix.subprefix(row.folder)


def _container(target: BlobLocation) -> tuple[Store, str]:
    return target.store, target.container


def _unfit(targets: list[BlobLocation]) -> Mapping[str, str]:
    """Return why blobs of one container cannot be written beside each other, by name."""
    return targets[0].store.unfit_names(targets[0].container, [target.blob for target in targets])
