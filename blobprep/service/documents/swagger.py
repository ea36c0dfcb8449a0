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
        "security": [{"Bearer": []}],
        "responses": {
            "200": {"description": "OK", "schema": {"$ref": "#/definitions/ExecutionResponse"}},
            "default": {"description": "Failure", "schema": {"$ref": "#/definitions/ErrorResponse"}},
        },
    }
    return {"/swagger.json": {"get": document}, "/execute?api-version=2.0&format=swagger": {"post": execution}}


def _lists(items: dict[str, Any]) -> dict[str, Any]:
    properties = {name: {"type": "array", "items": {"$ref": f"#/definitions/{name}Item"}} for name in items}
    return {"type": "object", "properties": properties}


def _error() -> dict[str, Any]:
    text = {"type": "string"}
    detail = {"type": "object", "properties": {"code": text, "target": text, "message": text}}
    error = {
        "type": "object",
        "properties": {"code": text, "message": text, "details": {"type": "array", "items": detail}},
    }
    return {"type": "object", "properties": {"error": error}}
