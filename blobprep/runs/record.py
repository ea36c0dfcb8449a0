"""The manifests of a run, from what was resolved and what the child did. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, replace
from datetime import datetime
from itertools import chain, repeat

from blobprep.inputs.partitions import list_unread_partitions
from blobprep.inputs.resolve import ResolvedInput, ResolvedInputs
from blobprep.manifest import (
    AccountRecord,
    AttemptRecord,
    BlobRecord,
    ClaimRecord,
    ErrorRecord,
    InputRecord,
    IsolationRecord,
    Manifest,
    NetworkRecord,
    OutputRecord,
    ScriptRecord,
    Status,
)
from blobprep.protocol import Facts, Translation
from blobprep.runs.request import Request
from blobprep.runs.session_use import ComputeResult

__all__ = ["first_manifest", "last_manifest", "stopped_manifest", "time_text"]


def first_manifest(
    request: Request, resolved: ResolvedInputs, isolation: IsolationRecord, claim: ClaimRecord, started: datetime
) -> Manifest:
    """Return the manifest a run claims its prefix with."""
    return Manifest(
        run_id=request.run_id,
        status="running",
        started=time_text(started),
        request=request.asked,
        parameters=dict(request.options.parameters),
        isolation=isolation,
        network=NetworkRecord(request.rules.listed),
        claim=claim,
        accounts=_accounts(request, resolved),
        script=ScriptRecord(resolved.script.printed, resolved.script.sha256),
        inputs={port: _input(given, resolved, Facts(), ()) for port, given in resolved.inputs.items()},
        batch=request.batch,
    )


def last_manifest(
    manifest: Manifest,
    resolved: ResolvedInputs,
    computed: ComputeResult,
    outputs: tuple[OutputRecord, ...],
    timings: Mapping[str, float],
    ended: datetime,
) -> Manifest:
    """Return the manifest of a run whose outputs are in place."""
    verdict, checksums = computed.verdict, computed.checksums
    facts = verdict.facts
    return replace(
        manifest,
        status="succeeded" if verdict.error is None else "failed",
        error=verdict.error and replace(verdict.error, remedy=verdict.remedy),
        isolation=replace(manifest.isolation, measures=computed.measures),  # of the child that ran it
        network=replace(manifest.network, attempts=tuple(AttemptRecord(*astuple(row)) for row in computed.attempts)),
        inputs={
            port: _input(given, resolved, facts, checksums.get(port, ())) for port, given in resolved.inputs.items()
        },
        outputs=outputs,
        translations=tuple(map(asdict, (*resolved.translations, *_partitions(resolved, facts), *facts.translations))),
        classic=tuple(map(asdict, facts.classic)),
        environment=facts.environment,
        interpreter=facts.interpreter,
        ended=time_text(ended),
        timings={**facts.timings, **timings},
    )


def stopped_manifest(manifest: Manifest, error: BaseException, ended: datetime) -> Manifest:
    """Return the manifest of a run that was stopped by an error or a signal."""
    status: Status = "failed" if isinstance(error, Exception) else "interrupted"
    code = type(error).__name__ if status == "failed" else "interrupted"
    message = str(error) or type(error).__name__
    return replace(manifest, status=status, error=ErrorRecord(code, message), ended=time_text(ended))


def time_text(moment: datetime) -> str:
    """Return a time in ISO 8601, UTC, to the millisecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _accounts(request: Request, resolved: ResolvedInputs) -> tuple[AccountRecord, ...]:
    """Return how each account was reached, by name; plain local files have none."""
    inputs = (blob.location for given in resolved.inputs.values() for blob in given.blobs)
    places = (*inputs, request.output, request.figures)
    stores = {place.store.account: place.store for place in places if place is not None and place.container}
    return tuple(
        AccountRecord(name, store.protocol, store.access.endpoint, store.access.credential)
        for name, store in sorted(stores.items())
    )


def _partitions(resolved: ResolvedInputs, facts: Facts) -> Iterator[Translation]:
    """Yield ledger entries for columns whose values were only in the names of the folders that wildcards matched."""
    for asked in resolved.asked:
        counted = facts.inputs.get(asked.port)
        if asked.parts and counted is not None and len(counted.names) == counted.columns:
            names = [blob.location.blob for blob in resolved.inputs[asked.port].blobs]
            yield from list_unread_partitions(asked.port, names, counted.names)


def _input(given: ResolvedInput, resolved: ResolvedInputs, facts: Facts, checksums: tuple[str, ...]) -> InputRecord:
    asked = next((row for row in resolved.asked if row.port == given.port), None)
    counted = facts.inputs.get(given.port)
    return InputRecord(
        _blobs(given, chain(checksums, repeat(""))),
        (counted.format if counted else "") or (asked.format if asked else "zip"),
        counted.rows if counted else None,
        counted.columns if counted else None,
    )


def _blobs(given: ResolvedInput, checksums: Iterator[str]) -> tuple[BlobRecord, ...]:
    """Return records of the blobs of an input; data that the caller passed is recorded like one blob.

    One of which only parts were read has one record, without a checksum: none of the whole is known.
    """
    if not given.blobs:
        return (BlobRecord(given.printed, "", None, given.size, next(checksums), "memory"),)
    blobs = given.blobs
    if blobs[0].part is not None:
        blobs, checksums = blobs[:1], iter(("",))
    return tuple(
        BlobRecord(
            blob.location.printed,
            blob.properties.etag,
            blob.properties.version_id,
            blob.properties.size,
            sha256,
            blob.location.store.protocol,
        )
        for blob, sha256 in zip(blobs, checksums, strict=False)
    )
