"""What a job is to do, from a request and its service. Pure: nothing is read from storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from blobprep.account import SasToken
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import failure
from blobprep.service.jobs.blobs import GivenBlob, parse_blob, require_dataset
from blobprep.service.jobs.job import JobSecrets, JobSpec, OutputPlace
from blobprep.service.jobs.wire import BatchRequest

__all__ = ["DEFAULT_PREFIX", "MOST_OUTPUTS", "RECORD", "TABLES", "plan_job"]

DEFAULT_PREFIX: Final = "az://experimentoutput/"
"""Where results go if neither request nor settings say so, as in Studio (classic)."""

RECORD: Final = ".run/"
"""Behind the name of the first output: the prefix of the run's manifest, log and figures."""

TABLES: Final = ("results", "results2")
"""What the outputs of a service are called in a manifest, in order."""

MOST_OUTPUTS: Final = len(TABLES)


def plan_job(service: ServiceDefinition, request: BatchRequest) -> tuple[JobSpec, JobSecrets]:
    """Return what a job is to do, and its secrets.

    The record of its run goes beside the first output, where the client can read it. Where the client's token opens
    that one blob alone, it goes to the service's own place.

    Raises:
        ServiceFailure: a blob is not one that the service allows.
    """
    allowed = {"accounts": service.accounts, "hosts": service.hosts}
    inputs = {name: parse_blob(fields, name, **allowed) for name, fields in request.inputs.items()}
    given = {name: parse_blob(fields, name, **allowed) for name, fields in request.outputs.items()}
    for name, blob in inputs.items():
        require_dataset(blob, name)
    extension = _extension(given)
    names = tuple(service.outputs)[:MOST_OUTPUTS]
    base, folder = service.output or DEFAULT_PREFIX, str(uuid4())
    prefix = f"{base}{'' if base.endswith('/') else '/'}{folder}/"
    places = tuple(
        OutputPlace(name, given[name].printed, is_given=True)
        if name in given
        else OutputPlace(name, f"{prefix}{uuid4()}.{extension}", is_given=False)
        for name in names
    )
    is_beside = places[0].output in given and not _opens_one_blob(given[places[0].output])
    record = f"{places[0].blob}{RECORD}" if is_beside or not places[0].is_given else f"{prefix}{RECORD}"
    ports = {item.port: item.name for item in service.inputs if item.name in inputs}
    fixed = {
        **{port: inputs[name].printed for port, name in ports.items()},
        "output": record,
        "format": extension,
        "overwrite": True,  # of a run that was cut off, and of an earlier job with the same output
        "create_container": not is_beside,  # a client's container is the client's to create
        "second_output": len(names) == MOST_OUTPUTS,
    }
    spec = JobSpec(dict(service.options), fixed, ports, places, record, places[0].output if is_beside else "")
    return spec, JobSecrets(request.inputs, request.outputs, request.parameters)


def _extension(given: Mapping[str, GivenBlob]) -> str:
    """Return the extension of all outputs: one run writes one format."""
    extensions = {name: require_dataset(blob, name) for name, blob in given.items()}
    first = next(iter(extensions.values()), "csv")
    if other := next((name for name, extension in extensions.items() if extension != first), ""):
        more = "All outputs of a job have the same extension."
        raise failure("BadArgument", "InvalidBlobExtension", given[other].printed, f".{first}", more=more, target=other)
    return first


def _opens_one_blob(given: GivenBlob) -> bool:
    credential = given.account.credential if given.account is not None else None
    return credential is not None and credential.kind == "sas" and SasToken.parse(credential.secret).resource == "b"
