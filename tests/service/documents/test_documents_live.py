"""Documents and pages of a real server: found by every address, and true."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from blobprep.service.configuration import define
from blobprep.service.documents import routes as documents
from blobprep.service.documents.samples import KEY, samples
from blobprep.service.failures import FAILURES
from blobprep.service.registry import Services
from tests.service.live import SCRIPTS, Live, serving

TOP = Path(__file__).parents[3]


def _has_r() -> bool:
    program = shutil.which("Rscript")
    asked = [program or "", "-e", "library(curl); library(jsonlite)"]
    return program is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("services")
    tables: dict[str, dict[str, Any]] = {
        "double": {
            "script": str(SCRIPTS / "double.py"),
            "columns1": {"number": "Int32", "label <b>&": "String"},
            "parameters": {"year": "2024"},
            "description": "Doubles <numbers> & more",
        },
        "joined": {
            "script": str(SCRIPTS / "joined.py"),
            "inputs": {"dataset1": "left", "dataset2": "right"},
            "outputs": ["both", "first"],
            "columns1": {"key": "Int64"},
            "columns2": {"key": "Int64"},
        },
        "unknown": {"script": str(SCRIPTS / "failing.py"), "device": "none"},
    }
    definitions = [define(name, table) for name, table in tables.items()]
    services = Services(definitions)
    with serving(services, folder, more=documents.routes(services)) as server:
        yield server


@pytest.mark.parametrize(
    "path",
    [
        "{long}/swagger.json",
        "{long}/swagger.json?api-version=2.0",
        "/services/double/swagger.json",
        "/subscriptions/abc/services/{endpoint}/swagger.json",
        "/workspaces/{workspace}/webservices/{endpoint}/endpoints/{endpoint}/apidocument",
    ],
)
def test_the_document_needs_no_key_and_is_at_every_address_that_clients_know(live: Live, path: str) -> None:
    service = live.services.named("double")
    full = path.format(
        long=f"/workspaces/{service.workspace}/services/{service.endpoint}",
        workspace=service.workspace,
        endpoint=service.endpoint,
    )

    document = httpx.get(live.url + full).json()

    assert document["info"]["title"] == "double"
    assert f"http://{document['host']}" == live.url


@pytest.mark.parametrize("suffix", ["", "/score", "/jobs", "/update"])
def test_the_help_page_is_where_classic_clients_look(live: Live, suffix: str) -> None:
    service = live.services.named("double")
    address = f"/apihelp/workspaces/{service.workspace}/webservices/{'2' * 32}/endpoints/{service.endpoint}{suffix}"

    assert "<h1>double</h1>" in httpx.get(live.url + address).text


def test_a_document_of_no_service_is_not_found(live: Live) -> None:
    answer = httpx.get(f"{live.url}/services/nothing/swagger.json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: set[str] = set()
        self.loaded: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.extend(filter(None, [values.get("id")]))
        if tag == "html":
            self.lang = values["lang"]
        if tag == "label":
            self.labels.add(values["for"])
        if tag in ("input", "select", "textarea"):
            self.controls.add(values["id"])
        if tag in ("script", "link", "img"):
            addresses = filter(None, [values.get("src"), values.get("href")])
            self.loaded.extend(address for address in addresses if address != "data:,")


PAGES = [f"/services/{name}/{page}" for name in ("double", "joined", "unknown") for page in ("help", "try")]


@pytest.mark.parametrize("path", ["/", *PAGES])
def test_a_page_is_whole_and_loads_nothing_from_elsewhere(live: Live, path: str) -> None:
    answer = httpx.get(live.url + path)
    page = _Page(answer.text)

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert len(page.ids) == len(set(page.ids))
    assert page.lang == "en"
    assert page.controls == page.labels
    assert page.loaded
    for address in page.loaded:
        assert httpx.get(str(httpx.URL(live.url + path).join(address))).status_code == 200
        assert "://" not in address


def test_names_of_columns_are_text_in_pages(live: Live) -> None:
    for page in ("help", "try"):
        text = httpx.get(f"{live.url}/services/double/{page}").text

        assert "label <b>&" not in text
        assert "label &lt;b&gt;&amp;" in text
        assert "Doubles &lt;numbers&gt; &amp; more" in text


def test_the_help_page_has_every_failure(live: Live) -> None:
    text = httpx.get(f"{live.url}/services/double/help").text

    assert all(f">{code}<" in text for code in FAILURES)


def test_a_host_that_is_none_is_not_repeated(live: Live) -> None:
    answer = httpx.get(f"{live.url}/services/double/help", headers={"Host": "x'$(touch y)"})

    assert "touch" not in answer.text


def test_the_sample_in_python_runs_as_it_stands(live: Live, tmp_path: Path) -> None:
    text = _sample(live, "python")
    (tmp_path / "sample.py").write_text(text)

    done = subprocess.run(
        [sys.executable, "sample.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )

    assert '"twice": "2"' in done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_sample_with_curl_runs_as_it_stands(live: Live, tmp_path: Path) -> None:
    (tmp_path / "sample.sh").write_text(_sample(live, "curl"))

    assert '"twice":"2"' in _told(["sh", "sample.sh"], tmp_path)


@pytest.mark.skipif(not _has_r(), reason="there is no R with curl and jsonlite")
def test_the_sample_in_r_runs_as_it_stands(live: Live, tmp_path: Path) -> None:
    (tmp_path / "sample.R").write_text(_sample(live, "r"))

    told = _told(["Rscript", "sample.R"], tmp_path)

    assert "$output1" in told
    assert "twice year" in told


def test_the_sample_in_csharp_has_address_and_key(live: Live) -> None:
    text = _sample(live, "csharp")

    assert "new AuthenticationHeaderValue(" in text
    assert live.address("double") in text
    assert live.keys["double"] in text


def test_the_document_for_openapi_is_one(live: Live) -> None:
    for service in live.services:
        document = httpx.get(f"{live.url}/services/{service.name}/openapi.json").json()

        assert document["openapi"] == "3.1.0"
        for schema in document["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", ["double", "joined"])
def test_answers_are_as_the_document_says(live: Live, name: str) -> None:
    document = httpx.get(f"{live.url}/services/{name}/openapi.json").json()
    schema = {**document, "$ref": "#/components/schemas/ExecutionResponse"}
    example = document["paths"]["/execute"]["post"]["requestBody"]["content"]["application/json"]["example"]

    for query in ("api-version=2.0&details=true", "api-version=2.0&format=swagger"):
        answer = live.post(name, example, query=query)
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.json(), schema)


def test_whatever_fits_the_document_is_answered_without_a_defect(live: Live) -> None:
    document = httpx.get(f"{live.url}/services/double/openapi.json").json()
    failed = {**document, "$ref": "#/components/schemas/Failure"}
    seen: dict[str, set[int]] = {}

    for operation in schemathesis.openapi.from_dict(_without_jobs(document)).get_all_operations():

        @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @_given(operation)
        def call(case: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {live.keys['double']}"}
            answer = case.call(base_url=live.address("double"), timeout=30)
            seen.setdefault(case.operation.path, set()).add(answer.status_code)
            assert answer.status_code in (200, 400)
            if answer.status_code == 400:
                jsonschema.validate(answer.json(), failed)

        call()

    assert 200 in seen["/execute"]


def _without_jobs(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without batch execution, which a server of its own is called for."""
    paths = {path: item for path, item in document["paths"].items() if not path.startswith("/jobs")}
    return {**document, "paths": paths}


def _given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.ok().as_strategy())


def _told(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True).stdout


def _sample(live: Live, language: str) -> str:
    found = {sample.id: sample.text for sample in samples(live.services.named("double"), live.url)}
    return found[language].replace(KEY, live.keys["double"])
