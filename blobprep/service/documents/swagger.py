"""`/swagger.json` in the shape that clients of Studio (classic) look through. Pure.

The order of the paths is part of it: clients take the second one for that of `/execute`, look for it by `/execute?`,
and take the verb from the second one as well.

Source:
    The package AzureML for R, which finds address, verb, columns and examples there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.documents.types import example_request, item_schema
from blobprep.service.wire.answer import DEVICE_COLUMN

__all__ = ["swagger"]


def swagger(service: ServiceDefinition, url: str) -> dict[str, Any]:
    """Return the document of a service.

    Args:
        service: which.
        url: the address of the server, without a path.
    """
    parts = urlsplit(url)
    outputs: dict[str, Any] = {name: item_schema(columns) for name, columns in service.outputs.items()}
    if service.device:
        outputs[service.device] = {"type": "object", "properties": {DEVICE_COLUMN: {"type": "string"}}}
    inputs = {given.name: item_schema(given.columns) for given in service.inputs}
    return {
        "swagger": "2.0",
        "info": {
            "version": "2.0",
            "title": service.name,
            "description": service.description or f"The script of {service.name} as a web service.",
        },
        "host": parts.netloc,
        "schemes": [parts.scheme],
        "basePath": f"/workspaces/{service.workspace}/services/{service.endpoint}",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "security": [{"Bearer": []}],
        "paths": _paths(),
        "securityDefinitions": {
            "Bearer": {"type": "apiKey", "name": "Authorization", "in": "header", "description": "Bearer and a key"}
        },
        "definitions": {
            "ExecutionRequest": {
                "type": "object",
                "properties": {
                    "Inputs": {"$ref": "#/definitions/ExecutionInputs"},
                    "GlobalParameters": {"$ref": "#/definitions/GlobalParameters"},
                },
                "required": ["Inputs"],
                "example": example_request(service),
            },
            "ExecutionInputs": _lists(inputs),
            **{f"{name}Item": schema for name, schema in inputs.items()},
            "GlobalParameters": {
                "type": "object",
                "properties": {
                    name: {"type": "string", **({} if default is None else {"default": default})}
                    for name, default in service.parameters.items()
                },
            },
            "ExecutionResponse": {
                "type": "object",
                "properties": {"Results": {"$ref": "#/definitions/ExecutionOutputs"}},
            },
            "ExecutionOutputs": _lists(outputs),
            **{f"{name}Item": schema for name, schema in outputs.items()},
            **_jobs(list(inputs), list(service.outputs)),
            "ErrorResponse": _error(),
        },
    }


def _paths() -> dict[str, Any]:
    document = {
        "summary": "Get this document",
        "operationId": "getSwagger",
        "responses": {"200": {"description": "OK"}},
    }
    execution = {
        "summary": "Run the script on the rows of the request",
        "operationId": "execute",
        "parameters": [
            {
                "name": "executeRequest",
                "in": "body",
                "required": True,
                "schema": {"$ref": "#/definitions/ExecutionRequest"},
            }
        ],
        "responses": {
            "200": {"description": "OK", "schema": {"$ref": "#/definitions/ExecutionResponse"}},
            "default": {"description": "Failure", "schema": {"$ref": "#/definitions/ErrorResponse"}},
        },
    }
    return {
        "/swagger.json": {"get": document},
        "/execute?api-version=2.0&format=swagger": {"post": execution},
        "/jobs?api-version=2.0": {"post": _job("createJob", "Create a job", body=True, answer={"type": "string"})},
        "/jobs/{jobId}?api-version=2.0": {
            "get": _job("getJob", "Tell the state of a job", answer={"$ref": "#/definitions/JobStatus"}),
            "delete": _job("deleteJob", "Cancel a job, or remove one that has ended"),
        },
        "/jobs/{jobId}/start?api-version=2.0": {"post": _job("startJob", "Put a job into the queue")},
    }


def _job(name: str, summary: str, *, body: bool = False, answer: dict[str, Any] | None = None) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": "jobId", "in": "path", "required": True, "type": "string"}
    if body:
        schema = {"$ref": "#/definitions/JobRequest"}
        parameter = {"name": "jobRequest", "in": "body", "required": True, "schema": schema}
    return {
        "summary": summary,
        "operationId": name,
        "parameters": [parameter],
        "responses": {
            "200": {"description": "OK", **({} if answer is None else {"schema": answer})},
            "default": {"description": "Failure", "schema": {"$ref": "#/definitions/ErrorResponse"}},
        },
    }


def _lists(items: dict[str, Any]) -> dict[str, Any]:
    properties = {name: {"type": "array", "items": {"$ref": f"#/definitions/{name}Item"}} for name in items}
    return {"type": "object", "properties": properties}


def _jobs(inputs: list[str], outputs: list[str]) -> dict[str, Any]:
    blob = {"$ref": "#/definitions/BlobReference"}
    text = {"type": "string"}
    places = {"type": "object", "properties": dict.fromkeys(outputs, blob)}
    return {
        "BlobReference": {
            "type": "object",
            "properties": dict.fromkeys(("ConnectionString", "RelativeLocation", "BaseLocation", "SasBlobToken"), text),
        },
        "JobRequest": {
            "type": "object",
            "properties": {
                "Inputs": {"type": "object", "properties": dict.fromkeys(inputs, blob)},
                "Outputs": places,
                "GlobalParameters": {"$ref": "#/definitions/GlobalParameters"},
            },
        },
        "JobStatus": {
            "type": "object",
            "properties": {"StatusCode": text, "Results": places, "Details": text},
        },
    }


def _error() -> dict[str, Any]:
    text = {"type": "string"}
    detail = {"type": "object", "properties": {"code": text, "target": text, "message": text}}
    error = {
        "type": "object",
        "properties": {"code": text, "message": text, "details": {"type": "array", "items": detail}},
    }
    return {"type": "object", "properties": {"error": error}}
