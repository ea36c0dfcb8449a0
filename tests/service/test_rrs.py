"""Request-response calls to a real server, whose scripts run in real children."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from blobprep.service.configuration import define
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.registry import Services
from tests.service.live import SCRIPTS, Live, serving


def _definitions(folder: Path) -> list[ServiceDefinition]:
    (folder / "2023.csv").write_text("key,b\n1,x\n")
    (folder / "2024.csv").write_text("key,b\n1,y\n")
    return [
        define(
            "double",
            {
                "script": str(SCRIPTS / "double.py"),
                "columns1": {"number": "Int32", "label": "String"},
                "parameters": {"year": "2024"},
            },
        ),
        define("picture", {"script": str(SCRIPTS / "picture.py"), "isolation": "process"}),
        define("failing", {"script": str(SCRIPTS / "failing.py"), "columns1": {"number": "Int32"}}),
        define(
            "joined",
            {
                "script": str(SCRIPTS / "joined.py"),
                "inputs": {"dataset1": "left", "dataset2": "right"},
                "outputs": ["both", "first"],
                "device": "none",
            },
        ),
        define(
            "fixed",
            {
                "script": str(SCRIPTS / "joined.py"),
                "dataset2": str(folder / "{year}.csv"),
                "columns1": {"key": "Int64", "a": "String"},
                "device": "none",
                "required": ["year"],
            },
        ),
    ]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("services")
    with serving(Services(_definitions(folder)), folder) as server:
        yield server


def _number(*values: object) -> dict[str, object]:
    return {"Inputs": {"input1": {"ColumnNames": ["label", "number"], "Values": [["a", value] for value in values]}}}


def test_a_table_goes_in_and_a_table_comes_out(live: Live) -> None:
    answer = live.post("double", {**_number("1", 2), "GlobalParameters": {"year": "2019"}})

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["Results"]["output1"] == {
        "type": "table",
        "value": {
            "ColumnNames": ["number", "label", "twice", "year"],
            "ColumnTypes": ["Int32", "String", "Int32", "String"],
            "Values": [["1", "a", "2", "2019"], ["2", "a", "4", "2019"]],
        },
    }


def test_the_swagger_form_goes_in_and_comes_out(live: Live) -> None:
    document = {"Inputs": {"input1": [{"number": "1", "label": "a"}]}, "GlobalParameters": {}}

    answer = live.post("double", document, query="api-version=2.0&format=swagger").json()

    assert answer["Results"]["output1"] == [{"number": "1", "label": "a", "twice": "2", "year": "2024"}]
    device = json.loads(answer["Results"]["output2"][0]["Python Output JSON"])
    assert "Input pandas.DataFrame #1:" in device["Standard Output"]


def test_a_figure_is_in_the_second_output(live: Live) -> None:
    document = {"Inputs": {"input1": {"ColumnNames": ["x"], "Values": [["1"], ["2.5"], ["4"]]}}}

    answer = live.post("picture", document).json()["Results"]

    device = json.loads(answer["output2"]["value"]["Values"][0][0])
    assert base64.b64decode(device["Graphics Device"][0]).startswith(b"\x89PNG")
    assert answer["output1"]["value"]["Values"][1] == ["mean", "2.5"]


def test_two_inputs_and_two_outputs_have_their_names(live: Live) -> None:
    document = {
        "Inputs": {"right": [{"key": 1, "b": "x"}, {"key": 2, "b": "y"}], "left": [{"key": 2, "a": True}]},
        "GlobalParameters": None,
    }

    answer = live.post("joined", document, query="api-version=2.0&format=swagger").json()

    assert answer["Results"] == {"both": [{"key": "2", "a": "True", "b": "y"}], "first": [{"key": "1", "b": "x"}]}


def test_a_parameter_stands_in_the_name_of_a_fixed_dataset(live: Live) -> None:
    document = {"Inputs": {"input1": [{"key": 1, "a": "p"}]}, "GlobalParameters": {"year": "2023"}}

    answer = live.post("fixed", document, query="api-version=2.0&format=swagger")

    assert answer.json()["Results"]["output1"] == [{"key": "1", "a": "p", "b": "x"}]
    assert answer.headers["x-blobprep-dataset2"]


@pytest.mark.parametrize("year", ["../secrets", "2023.csv?", "..", "a/b", "{year}", "", "x" * 300, ".hidden"])
def test_a_parameter_cannot_lead_a_reference_elsewhere(live: Live, year: str) -> None:
    document = {"Inputs": {"input1": [{"key": 1, "a": "p"}]}, "GlobalParameters": {"year": year}}

    answer = live.post("fixed", document)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["code"] == "UserParameterInvalid"


def test_the_columns_of_the_first_request_are_those_of_the_service(live: Live) -> None:
    document = {"Inputs": {"input1": {"ColumnNames": ["x"], "Values": [["1"], ["2.5"]]}}}
    assert live.post("picture", document).status_code == 200

    refused = live.post("picture", {"Inputs": {"input1": {"ColumnNames": ["y"], "Values": [["1"]]}}})

    assert live.services.named("picture").inputs[0].columns[0].type == "Double"
    assert [column.name for column in live.services.named("picture").outputs["output1"]] == ["index", "x"]
    assert refused.json()["error"]["details"][0]["code"] == "InputMismatchError"


def test_a_request_with_a_column_of_missing_values_teaches_nothing(tmp_path: Path) -> None:
    services = Services([define("picture", {"script": str(SCRIPTS / "picture.py"), "device": "none"})])
    with serving(services, tmp_path) as live:
        rows = [{"a": "1", "b": None}], [{"a": "1", "b": "2"}]
        answers = [live.post("picture", {"Inputs": {"input1": row}}) for row in rows]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert [column.type for column in services.named("picture").inputs[0].columns] == ["Double", "Double"]


def test_a_failed_script_is_told_as_error_85(live: Live) -> None:
    answer = live.post("failing", {"Inputs": {"input1": [{"number": 1}]}})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "ModuleExecutionError")
    assert error["details"][0]["code"] == "85"
    assert "ModuleNotFoundError: No module named 'no_such_module'" in error["details"][0]["message"]
    assert 'failing.py", line 5' in error["details"][0]["message"]


def test_a_vector_of_before_inputs_had_names(live: Live) -> None:
    answer = httpx.post(
        f"{live.address('double')}/score",
        json={"Id": "score00001", "Instance": {"FeatureVector": {"number": "4", "label": "b"}, "GlobalParameters": {}}},
        headers={"authorization": f"bearer  {live.keys['double']}"},
        timeout=60,
    )

    assert answer.json() == ["4", "b", "8", "2024"]


@pytest.mark.parametrize(
    ("header", "content_type"),
    [
        ("Bearer {}", "application/json"),
        ("bearer {}", "text/json"),
        ("BEARER   {}", "application/json; charset=utf-8"),
        ("Bearer {}", "application/x-www-form-urlencoded"),
    ],
)
def test_headers_are_read_however_clients_spell_them(live: Live, header: str, content_type: str) -> None:
    answer = httpx.post(
        f"{live.address('double')}/execute?details=true&api-version=2.0",
        content=b"\xef\xbb\xbf" + json.dumps(_number(1)).encode(),
        headers={"Authorization": header.format(live.keys["double"]), "Content-Type": content_type},
        timeout=60,
    )

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/Services/double/Execute",
        "/services/double/execute/",
        "//services//double/execute",
        "/SERVICES/DOUBLE/EXECUTE//",
    ],
)
def test_an_address_is_found_however_clients_put_it_together(live: Live, path: str) -> None:
    answer = httpx.post(
        f"{live.url}{path}?api-version=2.0",
        json=_number("1"),
        headers={"Authorization": f"Bearer {live.keys['double']}"},
        timeout=60,
    )

    assert answer.status_code == 200


def test_a_packed_body_is_read(live: Live) -> None:
    answer = httpx.post(
        f"{live.address('double')}/execute?api-version=2.0",
        content=gzip.compress(json.dumps(_number("1")).encode()),
        headers={"Authorization": f"Bearer {live.keys['double']}", "Content-Encoding": "gzip"},
        timeout=60,
    )

    assert answer.json()["Results"]["output1"]["value"]["Values"][0][2] == "2"


def test_many_slashes_are_no_work(live: Live) -> None:
    assert httpx.get(f"{live.url}{'/' * 50_000}x", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code", "detail"),
    [
        ("/services/double/execute", 400, "BadArgument", "BadVersionCall"),
        ("/services/double/execute?api-version=1.0", 400, "BadArgument", "BadVersionCall"),
        ("/services/double/execute?api-version=2.0&format=xml", 400, "BadArgument", "InvalidQueryParameter"),
        ("/services/nothing/execute?api-version=2.0", 404, "NotFound", "WebServiceNotFound"),
        ("/workspaces/1/services/double/execute?api-version=2.0", 404, "NotFound", "WorkspaceNotFound"),
        ("/nowhere", 404, "NotFound", "WebServiceNotFound"),
    ],
)
def test_a_wrong_address_is_told_in_the_classic_shape(
    live: Live, path: str, status: int, code: str, detail: str
) -> None:
    answer = httpx.post(
        f"{live.url}{path}", json=_number(1), headers={"Authorization": f"Bearer {live.keys['double']}"}
    )

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"][0]["code"]) == (status, code, detail)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {}", "{}"])
def test_without_a_key_nothing_is_answered(live: Live, header: str) -> None:
    headers = {"Authorization": header.format(live.keys["double"])} if header else {}
    answer = httpx.post(f"{live.address('double')}/execute?api-version=2.0", json=_number(1), headers=headers)

    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "code": "Unauthorized",
            "message": "Request is unauthorized to access resource.",
            "details": [{"code": "ScoreRequestUnauthorized", "message": "Invalid credentials provided."}],
        }
    }


def test_another_method_is_refused_with_those_that_are_allowed(live: Live) -> None:
    answer = httpx.get(f"{live.address('double')}/execute?api-version=2.0")

    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    assert answer.json()["error"]["details"] == []
