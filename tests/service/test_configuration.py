"""The settings of a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import SettingError
from blobprep.service.assembly import open_app
from blobprep.service.configuration import define, definitions, located
from blobprep.service.definitions import Column
from blobprep.settings import Workspace


def test_a_script_alone_is_a_service() -> None:
    service = define("iris", {"script": "prep.py"})

    assert [(given.name, given.port) for given in service.inputs] == [("input1", "dataset1")]
    assert list(service.outputs) == ["output1"]
    assert (service.device, service.seconds, service.rows) == ("output2", 100.0, 100_000)
    assert len(service.endpoint) == len(service.workspace) == 32
    assert define("iris", {"script": "other.py"}).endpoint == service.endpoint
    assert define("pima", {"script": "prep.py"}).endpoint != service.endpoint
    assert define("pima", {"script": "prep.py"}).workspace == service.workspace


def test_all_of_a_service_can_be_set() -> None:
    service = define(
        "Iris-2",
        {
            "script": "prep.py",
            "dataset2": "az://raw/{year}.csv",
            "inputs": {"dataset1": "Input1"},
            "columns1": {"a": "Int32"},
            "outputs": ["out", "more"],
            "device": "none",
            "parameters": {"year": 2024, "flag": True},
            "required": ["region"],
            "timeout": 5,
            "rows": 7,
            "body": "1KiB",
            "concurrency": 3,
            "fresh": True,
            "isolation": "process",
            "endpoint": "0123456789ABCDEF0123456789abcdef",
        },
    )

    assert service.inputs[0].columns == (Column("a", "Int32"),)
    assert service.parameters == {"year": "2024", "flag": "true", "region": None}
    assert (service.seconds, service.rows, service.bytes, service.concurrency, service.fresh) == (5.0, 7, 1024, 3, True)
    assert service.options == {
        "script": "prep.py",
        "dataset2": "az://raw/{year}.csv",
        "isolation": "process",
        "second_output": True,
    }
    assert service.endpoint == "0123456789ABCDEF0123456789abcdef"


@pytest.mark.parametrize(
    ("table", "ports"),
    [
        ({"dataset1": "az://raw/a.csv"}, []),
        ({"dataset1": "az://raw/a.csv", "inputs": {"dataset2": "input1"}}, ["dataset2"]),
        ({"inputs": {"dataset2": "two", "dataset1": "one"}}, ["dataset1", "dataset2"]),
        ({"inputs": {}}, []),
    ],
)
def test_requests_feed_the_ports_that_are_not_fixed(table: dict[str, Any], ports: list[str]) -> None:
    assert [given.port for given in define("iris", {"script": "prep.py", **table}).inputs] == ports


@pytest.mark.parametrize(
    ("name", "table", "words"),
    [
        ("a/b", {}, "no name of a service"),
        ("iris", {"inputs": {"dataset3": "x"}}, "no port"),
        ("iris", {"dataset1": "a.csv", "inputs": {"dataset1": "x"}}, "is fixed, and fed"),
        ("iris", {"inputs": {"dataset1": "x", "dataset2": "X"}}, "an input is named twice"),
        ("iris", {"outputs": ["output2"]}, "an output is named twice"),
        ("iris", {"outputs": ["a", "b", "c"]}, "two tables at most"),
        ("iris", {"columns1": {"a": "Integer"}}, "a type that does not exist"),
        ("iris", {"endpoint": "abc"}, "32 hexadecimal digits"),
        ("iris", {"rows": 0}, "rows must be a number above 0"),
        ("iris", {"timeout": "none"}, "timeout must be a number above 0"),
        ("iris", {"body": "many"}, "is not a size"),
        ("iris", {"duplicate_suffix": 3}, "does not take 3"),
        ("iris", {"isolation": "maybe"}, "does not take"),
    ],
)
def test_what_is_wrong_names_the_service_and_the_remedy(name: str, table: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=words) as caught:
        define(name, {"script": "prep.py", **table}, where="[services.iris]")

    assert caught.value.message.startswith("[services.iris]")
    assert caught.value.remedy


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "blobprep.toml").write_text(
        '[services.iris]\nscript = "prep.py"\ndataset2 = "az://raw/a.csv"\nbundle = "hello"\n'
        '[modules.hello]\nblob = "hello.zip"\n'
    )

    workspace = Workspace(folder=tmp_path, environment={})
    (service,) = definitions({"iris": located(workspace, workspace.services()["iris"])})

    assert service.options["script"] == str(tmp_path / "prep.py")
    assert (service.options["dataset2"], service.options["bundle"]) == ("az://raw/a.csv", "hello")


def test_two_services_cannot_have_one_endpoint() -> None:
    table = {"script": "prep.py", "endpoint": "0" * 32}

    with pytest.raises(SettingError, match="an endpoint is named twice"):
        definitions({"a": table, "b": table})


@pytest.mark.parametrize("tenant", ["contoso.onmicrosoft.com", "common", "organizations"])
def test_a_tenant_is_named_by_its_id_as_tokens_name_it(tenant: str, tmp_path: Path) -> None:
    table = {"script": "prep.py", "tenant": tenant, "audiences": ["api://iris"]}
    workspace = Workspace(folder=tmp_path, environment={})

    with pytest.raises(SettingError, match="by its id"), open_app(workspace, {"iris": table}, tmp_path):
        pass
