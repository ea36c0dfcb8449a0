"""`/openapi.json`: a service as OpenAPI 3.1 describes it. Pure."""

from __future__ import annotations

from typing import Any, Final

from blobprep.service.definitions import Column, ServiceDefinition
from blobprep.service.documents.types import column_schema, example_request
from blobprep.service.failures import FAILURES
from blobprep.service.jobs.openapi import job_paths, job_schemas

__all__ = ["openapi"]

_CELL: Final[dict[str, Any]] = {"type": ["string", "number", "boolean", "null"]}
_STATUSES: Final = {
    "400": "The request is wrong, or the script failed",
    "401": "No key, or none that is accepted",
    "404": "There is no such service",
    "408": "It took too long",
    "413": "The body is too long, or the script took more memory than it may",
    "500": "The service cannot run its script",
    "503": "Too many requests; try again",
}


def openapi(service: ServiceDefinition, url: str) -> dict[str, Any]:
    """Return the document of a service.

    Args:
        service: which.
        url: the address of the server, without a path.
    """
    base = f"{url}/workspaces/{service.workspace}/services/{service.endpoint}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": service.name,
            "version": "2.0",
            "description": service.description or f"The script of {service.name} as a web service.",
        },
        "servers": [{"url": base}],
        "security": [{"key": []}],
        "paths": {
            "/execute": {"post": _execute(service)},
            **job_paths(),
            "/swagger.json": {"get": _document("getSwagger", "The service as Swagger 2.0")},
            "/openapi.json": {"get": _document("getOpenApi", "This document")},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "One of its two keys"}},
            "schemas": {**_schemas(service), **job_schemas(service)},
        },
    }


def _execute(service: ServiceDefinition) -> dict[str, Any]:
    return {
        "operationId": "execute",
        "summary": "Run the script on the rows of the request",
        "parameters": [
            _query("api-version", ["2.0"], required=True),
            _query("details", ["true", "false"], required=False),
            _query("format", ["swagger"], required=False),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref("ExecutionRequest"), "example": example_request(service)}},
        },
        "responses": {
            "200": _json("What the script returned", "ExecutionResponse"),
            **{status: _json(text, "Failure") for status, text in _STATUSES.items()},
        },
    }


def _schemas(service: ServiceDefinition) -> dict[str, Any]:
    outputs = {**service.outputs, **({service.device: ()} if service.device else {})}
    inputs = {given.name: {"anyOf": [_table(), _rows(given.columns)]} for given in service.inputs}
    required = [name for name, default in service.parameters.items() if default is None]
    return {
        "ExecutionRequest": {
            "type": "object",
            "properties": {
                "Inputs": {"type": "object", "properties": inputs, "required": list(inputs)},
                "GlobalParameters": {
                    "type": ["object", "null"],
                    "properties": {name: {"type": "string"} for name in service.parameters},
                    "required": required,
                    "additionalProperties": False,
                },
            },
            "required": [*(["Inputs"] if inputs else []), *(["GlobalParameters"] if required else [])],
        },
        "ExecutionResponse": {
            "type": "object",
            "properties": {
                "Results": {
                    "type": "object",
                    "properties": {name: {"anyOf": [_answer(), _answer_rows()]} for name in outputs},
                    "required": list(outputs),
                }
            },
            "required": ["Results"],
        },
        "Failure": _failure(),
    }


def _table() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Names of columns, and rows of cells in their order",
        "properties": {
            "ColumnNames": {"type": "array", "items": {"type": "string"}},
            "Values": {"type": "array", "items": {"type": "array", "items": _CELL}},
        },
        "required": ["ColumnNames", "Values"],
    }


def _rows(columns: tuple[Column, ...]) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "object", "additionalProperties": _CELL if not columns else False}
    if columns:
        item["properties"] = {column.name: _cell(column) for column in columns}
        item["required"] = [column.name for column in columns]
    return {"type": "array", "description": "One object for each row", "items": item}


def _cell(column: Column) -> dict[str, Any]:
    """Return the schema of a cell in a request: of its type, or a text that spells it."""
    schema = column_schema(column)
    kinds = list(dict.fromkeys([schema["type"], "string", *(["null"] if column.nullable else [])]))
    return {"type": kinds, "description": column.type}


def _answer() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    row = {"type": "array", "items": {"type": ["string", "null"]}}
    value = {
        "type": "object",
        "properties": {"ColumnNames": texts, "ColumnTypes": texts, "Values": {"type": "array", "items": row}},
        "required": ["ColumnNames", "ColumnTypes", "Values"],
    }
    return {
        "type": "object",
        "properties": {"type": {"const": "table"}, "value": value},
        "required": ["type", "value"],
    }


def _answer_rows() -> dict[str, Any]:
    item = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
    return {"type": "array", "description": "With format=swagger", "items": item}


def _failure() -> dict[str, Any]:
    text = {"type": "string"}
    detail = {
        "type": "object",
        "properties": {"code": text, "target": text, "message": text},
        "required": ["code", "message"],
    }
    error = {
        "type": "object",
        "properties": {
            "code": {**text, "examples": list(FAILURES)},
            "message": text,
            "details": {"type": "array", "items": detail},
        },
        "required": ["code", "message", "details"],
    }
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}


def _document(operation: str, text: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": text,
        "security": [],
        "responses": {
            "200": {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}},
            "404": _json(_STATUSES["404"], "Failure"),
        },
    }


def _query(name: str, values: list[str], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string", "enum": values}}


def _json(text: str, schema: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
