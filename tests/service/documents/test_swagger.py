"""`/swagger.json`, as the package AzureML for R goes through it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from blobprep.service.configuration import define
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.documents.swagger import swagger

COLUMNS = {"age": "Int32", "name": "String", "score": "Double", "ok": "Boolean", "born": "DateTime"}
SERVICE = define(
    "iris", {"script": "p.py", "columns1": COLUMNS, "parameters": {"year": "2024"}, "required": ["region"]}
)


def _document(service: ServiceDefinition = SERVICE) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(swagger(service, "https://ml.contoso.com")))
    return document


def test_the_second_path_is_that_of_execute_and_the_only_one() -> None:
    paths = list(_document()["paths"])

    assert paths[0] == "/swagger.json"
    assert [path for path in paths if re.search(r"/execute\?", path)] == [paths[1]]


def test_the_r_client_finds_the_path_by_its_operation_and_the_verb_by_its_place() -> None:
    document = _document()

    # discoverSchema: any value of any operation that is "execute" marks the path; the last one wins.
    marked = [
        path
        for path, verbs in document["paths"].items()
        for operation in verbs.values()
        for value in operation.values()
        if value == "execute"
    ]
    verb = next(iter(list(document["paths"].values())[1]))

    assert marked == ["/execute?api-version=2.0&format=swagger"]
    assert verb.upper() == "POST"


def test_the_r_client_builds_the_address_from_the_help_page() -> None:
    document = _document()
    help_page = (
        f"https://studio.azureml.net/apihelp/workspaces/{SERVICE.workspace}/webservices/{'1' * 32}/endpoints/"
        f"{SERVICE.endpoint}"
    )
    pattern = r".*?/workspaces/([0-9A-Za-z]*)/webservices/([0-9A-Za-z]*)/endpoints/([0-9A-Za-z]*)/*.*$"
    found = re.match(pattern, help_page)
    assert found

    assert document["basePath"] == f"/workspaces/{found[1]}/services/{found[3]}"
    assert (document["schemes"], document["host"]) == (["https"], "ml.contoso.com")


def test_the_r_client_finds_columns_to_convert_by_the_place_of_their_type() -> None:
    service = define("iris", {"script": "p.py"})
    outputs = {"output1": SERVICE.inputs[0].columns}
    service = type(service)(**{**_fields(service), "outputs": outputs})

    # consume: names of the flattened schema that end in ".type", in order, are the columns.
    properties = _document(service)["definitions"]["output1Item"]["properties"]
    types = [schema["type"] for schema in properties.values()]

    assert list(properties) == list(COLUMNS)
    assert types == ["integer", "string", "number", "boolean", "string"]
    assert all(not isinstance(value, dict) for schema in properties.values() for value in schema.values())


def test_the_example_is_a_request_that_the_service_takes() -> None:
    from blobprep.service.wire.request import read_request

    example = _document()["definitions"]["ExecutionRequest"]["example"]

    asked = read_request(SERVICE, example)
    assert list(asked.tables["input1"].names) == list(COLUMNS)
    assert asked.parameters == {"year": "2024", "region": "value"}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        ("Int32", {"type": "integer", "format": "int32", "x-ms-isnullable": True}),
        ("UInt64", {"type": "integer", "format": "uint64", "x-ms-isnullable": True}),
        ("Double", {"type": "number", "format": "double", "x-ms-isnullable": True}),
        ("Boolean", {"type": "boolean", "x-ms-isnullable": True}),
        ("DateTime", {"type": "string", "format": "date-time", "x-ms-isnullable": True}),
        ("TimeSpan", {"type": "string", "format": "time-span", "x-ms-isnullable": True}),
    ],
)
def test_a_column_has_the_types_of_swagger(kind: str, schema: dict[str, Any]) -> None:
    service = define("iris", {"script": "p.py", "columns1": {"a": kind}})

    assert _document(service)["definitions"]["input1Item"]["properties"]["a"] == schema


def test_every_reference_leads_somewhere() -> None:
    document = _document()

    for name in set(re.findall(r'"\$ref": "#/definitions/([^"]+)"', json.dumps(document))):
        assert name in document["definitions"]


def test_rows_of_a_sample_are_shown_to_nobody_unless_they_may() -> None:
    assert _document()["definitions"]["ExecutionRequest"]["example"]["Inputs"]["input1"] == [
        {"age": 1, "name": "value", "score": 1.5, "ok": True, "born": "2010-05-30T18:07:00"}
    ]


def _fields(service: ServiceDefinition) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ServiceDefinition.__dataclass_fields__}
