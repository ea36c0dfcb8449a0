"""`--list`: what a batch reads, listed in a file or blob, or as the results of a run or of another batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, Final

from blobprep.batches.plan.places import Place, local_place, place_of
from blobprep.batches.plan.wanted import Known
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.summary import SCHEMA as BATCH_SCHEMA
from blobprep.batches.record.summary import SUMMARY_NAME, BatchSummary
from blobprep.errors import BlobNotFound, ContainerNotFound, InputError, InvalidOption, InvalidReference
from blobprep.manifest import MANIFEST_NAME, SCHEMA, Manifest
from blobprep.outputs.ports import PORTS
from blobprep.reference import Reference, has_wildcard, is_reference, split_sas
from blobprep.settings.workspace import Workspace
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import BlobLocation
from blobprep.transfer.ranges import read_in_order

__all__ = ["STANDARD_INPUT", "ListReader"]

STANDARD_INPUT: Final = "-"
_LONGEST: Final = 64 * 1024  # bytes of a line
_LARGEST: Final = 64 * 1024 * 1024  # bytes of a document
_SHOWN: Final = 60

_Line = tuple[int, str]


class ListReader:
    """Reads lists of blobs.

    Args:
        workspace: the settings in force.
        standard_input: the lines of the standard input, which `-` stands for.
    """

    def __init__(self, workspace: Workspace, standard_input: Iterable[bytes] = ()) -> None:
        self._workspace, self._standard_input = workspace, standard_input
        self._places: dict[Reference, Place] = {}

    def read(self, text: str) -> Iterator[Known]:
        """Yield the blobs that a list names, in its order, with ETag and size where it has them.

        A list is text with a reference or path in each line, lines of JSON with a `reference`, and perhaps `etag` and
        `size`, or the record of a run or a batch, or the prefix that it is below: then its results are meant.

        Args:
            text: the reference or path of the list, or `-`.

        Raises:
            InvalidOption, InvalidReference: the list, or a line of it, cannot be read; the message names the line.
            InputError: it is the record of a run or a batch without results.
            BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
        """
        if text == STANDARD_INPUT:
            yield from self._lines(
                "the standard input", _number(_split_lines(self._standard_input, "the standard input")), is_local=True
            )
            return
        location = self._workspace.locate(text)
        if location.is_prefix:
            location = _record_below(location)
        is_local = not location.container
        lines = _number(_split_lines(read_in_order(location, require_data(location)), location.printed))
        first = next(lines, None)
        if (first is not None and first[1].strip() in ("{", "[")) or (first and _is_document(first[1])):
            yield from self._document(location, is_local=is_local)
        elif first is not None:
            yield from self._lines(location.printed, _again(first, lines), is_local=is_local)

    def _lines(self, printed: str, lines: Iterable[_Line], *, is_local: bool) -> Iterator[Known]:
        for number, line in lines:
            where = f"line {number} of {printed}"
            clean = line.strip().removeprefix("\ufeff")
            if clean.startswith("{"):
                yield self._entry(where, _parse(where, clean), is_local=is_local)
            elif clean and not clean.startswith("#"):
                place, name = self._blob(where, clean, is_local=is_local)
                yield place, name, "", 0

    def _entry(self, where: str, values: Any, *, is_local: bool) -> Known:
        reference, etag, size = values.get("reference"), values.get("etag", ""), values.get("size", 0)
        if type(reference) is not str or type(etag) is not str or type(size) is not int or size < 0:
            raise InvalidOption(
                f"{where} does not name a blob",
                remedy='write {"reference": "az://container/blob"}, and "etag" and "size" if they are known',
            )
        place, name = self._blob(where, reference, is_local=is_local)
        return (place, name, etag, size) if etag and "size" in values else (place, name, "", 0)

    def _blob(self, where: str, text: str, *, is_local: bool) -> tuple[Place, str]:
        """Return the place of a blob and its name there."""
        if split_sas(text)[1] is not None:
            raise InvalidOption(
                f"{where} has a SAS token, which a batch cannot keep",
                remedy="set the account's credential in the settings",
            )
        if not is_reference(text):
            if not is_local:
                raise InvalidReference(
                    f"{where} is not a reference: {text[:_SHOWN]!r}",
                    remedy="write az://container/blob; only a local list may name local files",
                )
            if text.endswith("/"):
                raise _not_one(where, text)
            return local_place(text)
        try:
            reference = self._workspace.parse(text)
        except InvalidReference as error:
            raise InvalidReference(f"{where}: {error.message}", remedy=error.remedy) from None
        if has_wildcard(reference) or reference.is_prefix:
            raise _not_one(where, text)
        base = Reference(
            *(reference.account, reference.container, "", reference.version_id, reference.snapshot),
            endpoint=reference.endpoint,
        )
        place = self._places.get(base)
        if place is None:
            place = self._places[base] = place_of(self._workspace, base)
        return place, reference.blob

    def _document(self, location: BlobLocation, *, is_local: bool) -> Iterator[Known]:
        """Yield the results that a document records."""
        properties = require_data(location)
        if properties.size > _LARGEST:
            raise InvalidOption(
                f"{location.printed} has {properties.size} bytes, and is neither a list nor the record of a run or "
                "a batch",
                remedy="write a reference, or an object with a reference, in each line",
            )
        data = location.read(if_match=properties.etag)
        read = _DOCUMENTS.get(_schema(data))
        if read is None:
            raise InvalidOption(
                f"{location.printed} is neither a list nor the record of a run or a batch",
                remedy="write a reference, or an object with a reference, in each line",
            )
        for reference, etag, size in read(location, data):
            yield (*self._blob(f"a result in {location.printed}", reference, is_local=is_local), etag, size)


def _results_of_run(location: BlobLocation, data: bytes) -> Iterator[tuple[str, str, int]]:
    try:
        manifest = Manifest.decode(data)
    except ValueError as error:
        raise InvalidOption(f"{location.printed} cannot be read: {error}", remedy="name another list") from error
    results = [output for output in manifest.outputs if output.port == "results"]
    if manifest.status != "succeeded" or not results:
        raise InputError(
            f"the run of {location.printed} has no results: its status is {manifest.status}",
            remedy="run it again, or name another list",
        )
    for output in results:
        yield output.reference, output.etag, output.size


def _results_of_batch(location: BlobLocation, data: bytes) -> Iterator[tuple[str, str, int]]:
    """Yield the results of the items of a batch that are in place; raises as `EarlierRecords`."""
    try:
        merged = BatchSummary.decode(data).merged
    except ValueError as error:
        raise InvalidOption(f"{location.printed} cannot be read: {error}", remedy="name another list") from error
    name = location.blob.rpartition("/")[2]
    prefix = replace(location, blob=location.blob[: -len(name)], printed=location.printed[: -len(name)])
    count = 0
    with closing(EarlierRecords(prefix, merged)) as records:
        for record, _ in records:
            if record.status in ("done", "skipped"):
                for output in record.outputs:
                    if _is_result(output.name):
                        count += 1
                        yield output.reference, output.etag, output.size
    if not count:
        raise InputError(
            f"no item of the batch of {location.printed} has results", remedy="go on with it, or name another list"
        )


def _is_result(name: str) -> bool:
    return name.startswith(f"{PORTS['results'].name}.")


def _record_below(prefix: BlobLocation) -> BlobLocation:
    """Return the record of the batch, or the run, below a prefix.

    Raises:
        BlobNotFound: there is neither.
    """
    for name in (SUMMARY_NAME, MANIFEST_NAME):
        record = prefix.child(name)
        with suppress(BlobNotFound, ContainerNotFound):
            record.properties()
            return record
    raise BlobNotFound(
        f"{prefix.printed} has neither {SUMMARY_NAME} nor {MANIFEST_NAME}, the record of a batch or run",
        remedy="name the prefix of a record, or a list with a reference in each line",
    )


_DOCUMENTS: Final[Mapping[str, Callable[[BlobLocation, bytes], Iterator[tuple[str, str, int]]]]] = {
    SCHEMA: _results_of_run,
    BATCH_SCHEMA: _results_of_batch,
}
"""What reads the results that a document records, by its schema."""


def _schema(data: bytes) -> str:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    return str(values.get("schema", "")) if isinstance(values, dict) else ""


def _is_document(line: str) -> bool:
    """Return whether a line is the first one of a document rather than an entry of a list."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(values, dict) and "schema" in values and "reference" not in values


def _parse(where: str, text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InvalidOption(
            f"{where} begins with a brace and is no JSON", remedy='write {"reference": "az://container/blob"}'
        )
    return values


def _not_one(where: str, text: str) -> InvalidReference:
    return InvalidReference(
        f"{where} does not name one blob: {text[:_SHOWN]}", remedy="list blobs; give a pattern in place of --list"
    )


def _split_lines(pieces: Iterable[bytes], printed: str) -> Iterator[str]:
    """Yield the lines of bytes that come in pieces.

    Args:
        pieces: of the list.
        printed: its reference, for a message.

    Raises:
        InvalidOption: they are no text, or a line is too long to be a reference.
    """
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (_decode(line, printed) for line in lines)
        if len(rest) > _LONGEST:
            _decode(rest, printed)
    if rest:
        yield _decode(rest, printed)


def _decode(line: bytes, printed: str) -> str:
    if len(line) > _LONGEST:
        raise InvalidOption(
            f"{printed} has a line of more than {_LONGEST} bytes", remedy="write a reference in each line"
        )
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidOption(f"{printed} is not text in UTF-8", remedy="write a reference in each line") from None


def _number(lines: Iterable[str]) -> Iterator[_Line]:
    return enumerate(lines, 1)


def _again(first: _Line, others: Iterator[_Line]) -> Iterator[_Line]:
    yield first
    yield from others
