"""The blobs of a job in open stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blobprep.account import Account, check_protocol
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.blobs import GivenBlob, parse_blob
from blobprep.service.jobs.job import JobSecrets, JobSpec
from blobprep.settings import Workspace
from blobprep.settings.account_resolution import AccountRequest
from blobprep.stores.location import BlobLocation
from blobprep.stores.open import open_store

__all__ = ["JobPlaces", "OpenOutput", "open_places", "own_account"]


@dataclass(frozen=True, slots=True)
class OpenOutput:
    """A place for an output.

    Attributes:
        name: of the output.
        location: of its blob.
        account: with the credential that opens it.
        is_given: whether the request named it; then its container has to be there.
    """

    name: str
    location: BlobLocation
    account: Account
    is_given: bool


@dataclass(frozen=True, slots=True)
class JobPlaces:
    """The places of a job.

    Attributes:
        inputs: what the request feeds to the script, by port.
        outputs: where the tables go, in order.
        record: the prefix of the run.
    """

    inputs: Mapping[str, BlobLocation]
    outputs: tuple[OpenOutput, ...]
    record: BlobLocation


def open_places(workspace: Workspace, service: ServiceDefinition, spec: JobSpec, hidden: JobSecrets) -> JobPlaces:
    """Open the stores of a job; nothing is read or written yet.

    Args:
        workspace: the settings in force.
        service: of the job; what its settings allow now counts.
        spec: of the job.
        hidden: the credentials of its request.

    Raises:
        ServiceFailure: the service no longer allows a store.
        UsageError: a setting is wrong.
    """

    def parse(fields: Mapping[str, str], name: str) -> GivenBlob:
        return parse_blob(fields, name, accounts=service.accounts, hosts=service.hosts)

    inputs = {port: _open(workspace, parse(hidden.inputs[name], name))[0] for port, name in spec.inputs.items()}
    outputs = []
    for place in spec.outputs:
        if place.is_given:
            location, account = _open(workspace, parse(hidden.outputs[place.output], place.output))
        else:
            location, account = _own(workspace, place.blob)
        outputs.append(OpenOutput(place.output, location, account, place.is_given))
    beside = next((place for place in outputs if place.name == spec.record_output), None)
    if beside is None:
        record = workspace.locate(spec.record, prefix=True, names=())
    else:
        suffix = spec.record.removeprefix(beside.location.printed)
        record = beside.location.subprefix(suffix)
    return JobPlaces(inputs, tuple(outputs), record)


def own_account(workspace: Workspace, reference: str) -> Account:
    """Return the account of the server's settings that a reference is in, checked against the policy.

    Raises:
        UsageError: the settings do not say which one it is.
    """
    meaning = workspace.meaning(reference).reference
    if meaning is None:
        return Account("folder")
    request = AccountRequest(meaning.account, meaning.endpoint, None, meaning.container)
    return workspace.destination(request).account


def _own(workspace: Workspace, reference: str) -> tuple[BlobLocation, Account]:
    return workspace.locate(reference, names=()), own_account(workspace, reference)


def _open(workspace: Workspace, given: GivenBlob) -> tuple[BlobLocation, Account]:
    """Open the store of a blob of a request; one with an address of its own gets none of the server's credentials."""
    reference = given.reference
    if given.account is None:
        request = AccountRequest(reference.account, None, None, reference.container)
        account, store = workspace.destination(request).account, workspace.store_of(reference)
    else:
        account = replace(given.account, network=workspace.network)
        check_protocol(account, workspace.allow_http, explicit=True)
        store = open_store(account)
    location = BlobLocation(
        store,
        reference.container,
        reference.blob,
        given.printed,
        reference.version_id,
        reference.snapshot,
        reference.exact,
    )
    return location, account
