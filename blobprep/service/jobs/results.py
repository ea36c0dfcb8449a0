"""The results of a run put where clients look for them, and what clients are told about them."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from blobprep.errors import BlobprepError, OutputError
from blobprep.manifest import Manifest, OutputRecord
from blobprep.outputs.blob_write import make_container
from blobprep.outputs.ports import PORTS
from blobprep.service.jobs.places import JobPlaces, OpenOutput
from blobprep.service.jobs.registration import TABLES
from blobprep.service.jobs.wire import blob_result
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copy import copy_all
from blobprep.transfer.equality import BlobState
from blobprep.transfer.pairs import Copy

__all__ = ["describe", "publish"]

_LOG: Final = logging.getLogger("blobprep.service.jobs")
_BEFORE: Final = timedelta(minutes=5)
_AFTER: Final = timedelta(hours=24)
"""The time in which a token holds, from when the results were there; that before is for clocks that are late."""


def publish(manifest: Manifest, places: JobPlaces) -> None:
    """Copy the tables of a run that succeeded to the outputs; done again, it changes nothing.

    Each appears complete or not at all, and with the bytes that the manifest records.

    Raises:
        OutputError: a table is no longer what the run wrote.
        StoreError, AccessError, StoreUnavailable: it could not be copied.
    """
    copies = []
    for source, record, output in _tables(manifest, places):
        properties = source.properties()
        if properties.etag != record.etag:
            raise OutputError(
                f"{source.printed} is no longer what run {manifest.run_id} wrote",
                remedy="somebody else writes there; run the job again with another output",
            )
        if not output.is_given and output.location.container:
            make_container(output.location, create=True)
        copies.append(Copy(source, BlobState.of(properties), output.location))
    copy_all(copies)


def describe(outputs: Sequence[OpenOutput], now: datetime) -> str:
    """Return what clients are told about the outputs, as JSON; it has tokens.

    A token reads its one blob and nothing else. An account whose credential cannot sign one is told without: a client's
    own SAS token may write too, and who sent it has it; an identity may not be allowed to ask for a key.
    """
    results = {}
    for output in outputs:
        location = output.location
        name = f"{location.container}/{location.blob}" if location.container else location.blob
        base = location.store.access.endpoint.rstrip("/") + "/"
        results[output.name] = blob_result(base, quote(name), _token(output, now))
    return json.dumps(results)


def _tables(manifest: Manifest, places: JobPlaces) -> list[tuple[BlobLocation, OutputRecord, OpenOutput]]:
    tables = []
    for row, output in zip(TABLES, places.outputs, strict=False):
        record = next(iter(PORTS[row].records(manifest.outputs)), None)
        if record is None:
            raise OutputError(
                f"run {manifest.run_id} made no table for {output.name}",
                remedy="let the script return one more frame, or declare one output less",
            )
        tables.append((places.record.child(record.name), record, output))
    return tables


def _token(output: OpenOutput, now: datetime) -> str:
    if output.location.store.protocol not in ("http", "https"):
        return ""
    from blobprep.stores.azure.read_token import read_token  # which loads the SDK

    where = (output.location.container, output.location.blob)
    try:
        token = read_token(output.account, *where, now - _BEFORE, now + _AFTER)
    except BlobprepError as error:  # the results are there all the same
        _LOG.warning("no token for results in account %s: %s", output.account.name, error.message)
        return ""
    return f"?{token}" if token else ""
