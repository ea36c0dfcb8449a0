"""What a run publishes, and where."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from blobprep.errors import AccessError, BlobprepError, OutputError, OutputExists
from blobprep.formats import content_type_of, extension_of, format_named, write_options
from blobprep.inputs.resolve import ResolvedScript
from blobprep.inputs.spool import disk_file, no_room
from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.artifacts import Artifact
from blobprep.outputs.blob_write import make_container
from blobprep.outputs.claim import Claim, named_in
from blobprep.outputs.collector import Image
from blobprep.outputs.staging import LeftBytes, OutputBlob, Room, StreamUpload, commit_all, look
from blobprep.protocol import Facts
from blobprep.runs.request import Request
from blobprep.runs.verdict import Verdict
from blobprep.stores import BLOCK_SIZE, Condition, IfMatch, Store
from blobprep.stores.location import BlobLocation

__all__ = ["ARTIFACTS", "FIGURES", "LOG_NAME", "SCRIPT_NAME", "Outputs", "texts_of"]

LOG_NAME: Final = "log.txt"
SCRIPT_NAME: Final = "script.py"
FIGURES: Final = "figures/"
ARTIFACTS: Final = "artifacts/"
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"  # a script's file is not trusted to be what its name says


class Outputs:
    """Know the places of a run's outputs, what stood there before, and how they are published.

    A context manager that forgets what was staged and not published.

    Args:
        request: says the prefixes and the format.

    Attributes:
        targets: the places of what every such run writes, by name.
        cells: descriptor of a file on disk for cells that become artifacts; None where none was asked for.
    """

    def __init__(self, request: Request) -> None:
        self._prefix = request.output
        self._figures = request.figures or request.output.subprefix(FIGURES)
        row = format_named(request.options.format)
        written = write_options(row, request.options.write)
        self._content_type = content_type_of(row, written)
        self._overwrite, self._create_container = request.options.overwrite, request.options.create_container
        extension = extension_of(row, written)
        self._tables = {"results": f"results{extension}"}
        if request.options.second_output:
            self._tables["results2"] = f"results2{extension}"
        names = (*self._tables.values(), LOG_NAME, SCRIPT_NAME)
        self.targets = {name: self._prefix.child(name) for name in names}
        self._has_cells = bool(request.options.artifacts)
        self.cells: int | None = None
        self._stagings: dict[str, StreamUpload] = {}
        self._left: dict[str, BlobLocation] = {}
        self._found: dict[str, Condition] = {}

    def __enter__(self) -> Outputs:
        if self._has_cells:
            try:
                self.cells = disk_file()
            except OSError as error:
                raise no_room("artifacts", 0, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        for staging in self._stagings.values():
            with suppress(BlobprepError):
                staging.abandon()
        if self.cells is not None:
            os.close(self.cells)

    def admit(self, previous: Manifest | None) -> None:
        """Note what stands at the planned places now, so that nothing that comes later is overwritten.

        Args:
            previous: the manifest that stands there; what it names may be replaced.

        Raises:
            OutputExists: a blob that no run of blobprep recorded is in the way.
            OutputContainerMissing: the figures' container does not exist.
        """
        self._require_figures_container()
        self._left = self._left_by(previous)
        places = {target.printed: target for target in self.targets.values()}
        self._found = look({**self._left, **places})
        self._require_ours(places)

    @contextmanager
    def streams(self, on_failure: Callable[[], None], room: Room | None = None) -> Iterator[dict[str, int]]:
        """Stage the tables while they are written; yields the writing ends by port, which are closed at the end.

        Args:
            on_failure: called when a table cannot be staged.
            room: what they may carry together.
        """
        writing: dict[str, int] = {}
        try:
            for port, name in self._tables.items():
                reading, writing[port] = os.pipe()
                self._stagings[port] = StreamUpload(reading, self.targets[name], on_failure, room=room)
            yield writing
        finally:
            for descriptor in writing.values():
                os.close(descriptor)

    def finish_streams(self) -> None:
        """Wait for the ends of all tables; raises as `Staging.finish`."""
        for staging in self._stagings.values():
            staging.finish()

    def unfit(self, names: Sequence[str]) -> dict[str, str]:
        """Return why outputs cannot be written beside each other and what every run writes; the first ones can.

        Args:
            names: of figures and artifacts, relative to the output's prefix.

        Returns:
            The reason by name; empty where all can be written.
        """
        written = [*self.targets.values(), *map(self._target_of, names)]
        if not any(_unfit([each for each in written if _place(each) == place]) for place in set(map(_place, written))):
            return {}
        reasons, kept = {}, list(self.targets.values())
        for name in names:
            target = self._target_of(name)
            beside = [each for each in kept if _place(each) == _place(target)]
            found = _unfit([*beside, target])
            if found:
                reasons[name] = found.get(target.blob) or next(iter(found.values()))
            else:
                kept.append(target)
        return reasons

    def publish(
        self,
        claimed: Claim,
        verdict: Verdict,
        images: list[Image],
        texts: Mapping[str, bytes],
        artifacts: Sequence[Artifact] = (),
    ) -> tuple[OutputRecord, ...]:
        """Publish tables, figures, artifacts, script and log; of a run that failed no tables.

        After a success, what the previous run left and this one did not write again is deleted.

        Args:
            claimed: must still be held.
            verdict: names the ports that have results, with their counts.
            images: in their order.
            texts: log and script, by name.
            artifacts: in their order.

        Raises:
            OutputError, AccessError, StoreUnavailable: one could not be written.
        """
        succeeded = verdict.error is None
        tables = self._table_pieces(verdict.facts) if succeeded else []
        made = [*map(self._figure_piece, images), *map(self._artifact_piece, artifacts)]
        if made:
            places = {piece.target.printed: piece.target for piece in made}
            self._found |= look({name: target for name, target in places.items() if name not in self._found})
            self._require_ours(places)
            claimed.plan(places)
        pieces = [*tables, *(self._text_piece(*each) for each in texts.items()), *made]
        claimed.require_held()
        records = commit_all(pieces, self._found)
        if succeeded:
            self._clear(claimed.previous, {each.reference for each in records})
        return records

    def places(self, written: tuple[OutputRecord, ...]) -> dict[str, BlobLocation]:
        """Return where each output is, by name."""
        return {each.name: self._target_of(each.name) for each in written}

    def _require_figures_container(self) -> None:
        figures, prefix = self._figures, self._prefix
        if (figures.store, figures.container) == (prefix.store, prefix.container):
            return
        try:
            exists = figures.store.container_exists(figures.container)
        except AccessError:  # a SAS token may allow to write there and not to look
            return
        if not exists:
            make_container(figures, create=self._create_container)

    def _require_ours(self, places: Iterable[str]) -> None:
        for printed in places:
            if isinstance(self._found[printed], IfMatch) and printed not in self._left and not self._overwrite:
                raise OutputExists(
                    f"{printed} exists and was written by no run of blobprep",
                    remedy="choose another --output, or replace it with --overwrite",
                )

    def _left_by(self, previous: Manifest | None) -> dict[str, BlobLocation]:
        """Return, by reference, the places a manifest names; not those of figures that this run puts elsewhere."""
        left = {}
        below = (self._figures, self._prefix.subprefix(ARTIFACTS))
        for name in named_in(previous) if previous else ():
            if prefix := next((each for each in below if name.startswith(each.printed)), None):
                left[name] = prefix.parse_child(name)
            elif "/" not in name:
                target = self._prefix.child(name)
                left[target.printed] = target
        return left

    def _clear(self, previous: Manifest | None, written: set[str]) -> None:
        """Delete what the previous run left, as it was when this one began; failing to is no failure."""
        recorded = {each.reference: IfMatch(each.etag) for each in previous.outputs} if previous else {}
        for printed in self._left.keys() - written:
            target, condition = self._left[printed], recorded.get(printed, self._found[printed])
            if isinstance(condition, IfMatch):
                with suppress(BlobprepError):
                    target.store.delete(target.container, target.blob, condition=condition)

    def _target_of(self, name: str) -> BlobLocation:
        if name.startswith(FIGURES):
            return self._figures.child(name.removeprefix(FIGURES))
        return self._prefix.child(name)

    def _table_pieces(self, facts: Facts) -> list[OutputBlob]:
        return [
            OutputBlob(
                port,
                name,
                self.targets[name],
                self._stagings[port],
                self._content_type,
                facts.outputs[port].rows,
                facts.outputs[port].columns,
            )
            for port, name in self._tables.items()
            if port in facts.outputs
        ]

    def _figure_piece(self, image: Image) -> OutputBlob:
        name = f"{FIGURES}{image.name}"
        content = self._content(name, LeftBytes(image.size, image.open))
        return OutputBlob("device", name, self._target_of(name), content, "image/png", origin=image.origin)

    def _artifact_piece(self, artifact: Artifact) -> OutputBlob:
        name = f"{ARTIFACTS}{artifact.name}"
        content = self._content(name, LeftBytes(artifact.size, artifact.open))
        return OutputBlob("artifact", name, self._target_of(name), content, _BYTES)

    def _content(self, name: str, left: LeftBytes) -> LeftBytes | StreamUpload:
        """Stage what is larger than a block; one after the other, so that memory holds the blocks of one at a time."""
        if left.size <= BLOCK_SIZE:
            return left
        descriptor = left.open()
        if descriptor is None:
            raise OutputError(f"{name} could not be read any more", remedy="leave files alone once they are written")
        staging = self._stagings[name] = StreamUpload(descriptor, self._target_of(name), lambda: None, length=left.size)
        staging.finish()
        return staging

    def _text_piece(self, name: str, content: bytes) -> OutputBlob:
        port, content_type = ("script", "text/x-python") if name == SCRIPT_NAME else ("device", _TEXT)
        return OutputBlob(port, name, self.targets[name], content, content_type)


def _place(target: BlobLocation) -> tuple[Store, str]:
    return target.store, target.container


def _unfit(targets: list[BlobLocation]) -> Mapping[str, str]:
    """Return why blobs of one container cannot be written beside each other, by name."""
    return targets[0].store.unfit_names(targets[0].container, [each.blob for each in targets])


def texts_of(script: ResolvedScript, log: str) -> dict[str, bytes]:
    """Return the texts every run leaves, by name."""
    return {SCRIPT_NAME: script.source, LOG_NAME: log.encode()}
