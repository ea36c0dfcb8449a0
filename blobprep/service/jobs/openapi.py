"""Batch execution as OpenAPI 3.1 describes it. Pure."""

from __future__ import annotations

from typing import Any, Final

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.states import STATUS_CODES

__all__ = ["job_paths", "job_schemas"]

_FAILURE: Final = {"$ref": "#/components/schemas/Failure"}
_VERSION: Final = {"name": "api-version", "in": "query", "required": True, "schema": {"enum": ["2.0"]}}
_JOB: Final = {"name": "job", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}
_STATUSES: Final = {
    "400": "The request is wrong, or the job is in another state",
    "401": "No key, or none that is accepted",
    "404": "There is no such service, or no such job",
    "408": "Its body did not arrive in time",
    "413": "Its body is too long",
}
_BLOB: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A connection string and CONTAINER/BLOB, or the parts of an address with a SAS token",
    "properties": {
        name: {"type": ["string", "null"]}
        for name in ("ConnectionString", "RelativeLocation", "BaseLocation", "SasBlobToken")
    },
}


def job_paths() -> dict[str, Any]:
    """Return the paths of batch execution, below the address of a service."""
    return {
        "/jobs": {
            "post": {
                "operationId": "createJob",
                "summary": "Create a job; start it to have it run",
                "parameters": [_VERSION],
                "requestBody": {"required": True, "content": _json({"$ref": "#/components/schemas/JobRequest"})},
                "responses": _responses({"200": ("Its id", {"type": "string", "pattern": "^[0-9a-f]{32}$"})}),
            }
        },
        "/jobs/{job}/start": {
            "post": {
                "operationId": "startJob",
                "summary": "Put a job into the queue",
                "parameters": [_JOB, _VERSION],
                "responses": _responses({"204": ("It is queued", None)}),
            }
        },
        "/jobs/{job}": {
            "get": {
                "operationId": "getJob",
                "summary": "Tell how far a job is, and where its results are",
                "parameters": [_JOB, _VERSION],
                "responses": _responses({"200": ("Its state", {"$ref": "#/components/schemas/JobStatus"})}),
            },
            "delete": {
                "operationId": "deleteJob",
                "summary": "Cancel a job that has not ended, remove one that has",
                "parameters": [_JOB, _VERSION],
                "responses": _responses({"204": ("It is cancelled or removed", None)}),
            },
        },
    }


def job_schemas(service: ServiceDefinition) -> dict[str, Any]:
    """Return what batch execution takes and answers with, for a service."""
    inputs = [given.name for given in service.inputs]
    required = [name for name, default in service.parameters.items() if default is None]
    blob = {"$ref": "#/components/schemas/JobBlob"}
    parameters = {name: {"type": "string"} for name in service.parameters}
    return {
        "JobBlob": _BLOB,
        "JobRequest": {
            "type": "object",
            "properties": {
                "Inputs": {
                    "type": "object",
                    "properties": dict.fromkeys(inputs, blob),
                    "required": inputs,
                    "additionalProperties": False,
                },
                "Outputs": {
                    "type": ["object", "null"],
                    "properties": dict.fromkeys(service.outputs, blob),
                    "additionalProperties": False,
                },
                "GlobalParameters": {
                    "type": ["object", "null"],
                    "properties": parameters,
                    "required": required,
                    "additionalProperties": False,
                },
            },
            "required": [*(["Inputs"] if inputs else []), *(["GlobalParameters"] if required else [])],
        },
        "JobStatus": {
            "type": "object",
            "properties": {
                "StatusCode": {"enum": list(dict.fromkeys(STATUS_CODES.values()))},
                "Results": {
                    "type": ["object", "null"],
                    "description": "Null unless it has finished",
                    "additionalProperties": blob,
                },
                "Details": {"type": ["string", "null"], "description": "Why it failed or was cancelled"},
            },
            "required": ["StatusCode", "Results", "Details"],
        },
    }


def _responses(given: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    known = {status: (text, _FAILURE) for status, text in _STATUSES.items()}
    return {
        status: {"description": text, **({"content": _json(schema)} if schema is not None else {})}
        for status, (text, schema) in {**given, **known}.items()
    }


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
