"""The JSON of batch execution: what a client asks for, and what it is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import failure
from blobprep.service.jobs.blobs import read_fields
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.states import STATUS_CODES
from blobprep.service.wire.request import read_parameters

__all__ = ["BatchRequest", "blob_result", "read_request", "status_body"]

_FIELDS: Final = {name.lower(): name for name in ("Input", "Inputs", "Outputs", "GlobalParameters", "AzureBatchPoolId")}


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a client wants of a job.

    Attributes:
        inputs: references to blobs as they came, by the names of all inputs of the service.
        outputs: references to blobs as they came, for the outputs that the client wants elsewhere than usual.
        parameters: all parameters of the service; those that the request does not set have their defaults.
        pool: the id of a pool of Azure Batch, which newer services could be given; there is none here.
    """

    inputs: Mapping[str, Mapping[str, str]] = field(repr=False)
    outputs: Mapping[str, Mapping[str, str]] = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    pool: str = ""


def read_request(service: ServiceDefinition, document: object) -> BatchRequest:
    """Read the body of `/jobs`, which creates a job.

    Names of fields are understood in any case, as the classic service did; names of inputs, outputs and parameters
    only as they were published. An unknown field is ignored.

    Raises:
        ServiceFailure: it is no object, or it does not fit the service.
    """
    if document is None or (document == {} and service.inputs):
        raise failure("BadArgument", "RequestIsEmpty")
    fields = _fields(document)
    single, several = fields.get("Input"), fields.get("Inputs")
    if single is not None and several is not None:
        raise failure("BadArgument", "DuplicateInputInBatchCall")
    names = [given.name for given in service.inputs]
    if single is not None:
        if len(names) > 1:
            raise failure("BadArgument", "BatchJobInputsNotSpecified", ", ".join(names[1:]))
        several = {(names or ["input1"])[0]: single}
    return BatchRequest(
        _read_inputs(_mapping(several, "Inputs"), names),
        _read_outputs(_mapping(fields.get("Outputs"), "Outputs"), list(service.outputs)),
        read_parameters(service, fields.get("GlobalParameters")),
        str(fields.get("AzureBatchPoolId") or ""),
    )


def status_body(job: Job, results: Mapping[str, Mapping[str, str | None]] | None) -> dict[str, Any]:
    """Return the answer to a question about a job.

    Args:
        job: as it is now.
        results: references to its outputs; None unless it has finished. Some clients take any results for the end.
    """
    return {"StatusCode": STATUS_CODES[job.state], "Results": results, "Details": job.details or None}


def blob_result(base: str, relative: str, token: str) -> dict[str, str | None]:
    """Return a reference to an output.

    Clients join its parts to an address, and some cannot join null, so a token that is not there is an empty text.

    Args:
        base: address of the account, ended by `/`.
        relative: container and blob, percent-encoded.
        token: with its `?`; empty for none.
    """
    return {"ConnectionString": None, "RelativeLocation": relative, "BaseLocation": base, "SasBlobToken": token}


def _fields(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more="It is not an object.")
    return {_FIELDS[name.lower()]: value for name, value in document.items() if name.lower() in _FIELDS}


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise failure("BadArgument", "RequestBodyInvalid", more=f"{name} is not an object.")
    return value


def _read_inputs(given: Mapping[str, Any], names: list[str]) -> dict[str, dict[str, str]]:
    if names and not given:
        raise failure("BadArgument", "MissingRequestInput")
    if len(given) > len(names):
        raise failure("BadArgument", "BatchJobInputsTooManySpecified", ", ".join(names) or "none")
    if unknown := given.keys() - set(names):
        raise failure("BadArgument", "InvalidInputNames", ", ".join(sorted(unknown)), more=_known("inputs", names))
    if missing := [name for name in names if name not in given]:
        raise failure("BadArgument", "BatchJobInputsNotSpecified", ", ".join(missing))
    inputs = {name: read_fields(value) for name, value in given.items()}
    if empty := [name for name, fields in inputs.items() if not fields]:
        raise failure("BadArgument", "MissingInputBlobInformation", target=empty[0])
    return inputs


def _read_outputs(given: Mapping[str, Any], names: list[str]) -> dict[str, dict[str, str]]:
    for name, value in given.items():
        if name not in names:
            raise failure("BadArgument", "InvalidOutputOverrideName", name, more=_known("outputs", names), target=name)
        if not read_fields(value):
            raise failure("BadArgument", "MissingOutputOverrideSpecification", name, target=name)
    return {name: read_fields(value) for name, value in given.items()}


def _known(what: str, names: Iterable[str]) -> str:
    return f"The service's {what}: {', '.join(names) or 'none'}."
