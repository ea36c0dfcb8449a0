"""What a script with the old storage SDK finds, and what it is told when its client fails."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from blobprep.child.classic_sdk import OVERLAY, explain_storage, use_emulator

VARIABLES = ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY")


def test_requests_over_http_are_led_to_the_emulator_and_no_exception_is_left(monkeypatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("HTTP_PROXY", raising=False)

    with use_emulator("127.0.0.1:10000"):
        within = {name: os.environ.get(name) for name in VARIABLES}

    assert within == dict.fromkeys(VARIABLES[:2], "http://127.0.0.1:10000") | dict.fromkeys(VARIABLES[2:])
    assert os.environ["no_proxy"] == "127.0.0.1"
    assert os.environ["http_proxy"] == "http://proxy.example:3128"
    assert "HTTP_PROXY" not in os.environ


def test_without_an_emulator_the_environment_stays(monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")

    with use_emulator(""):
        assert os.environ["http_proxy"] == "http://proxy.example:3128"


def test_the_overlay_has_no_file_that_would_hide_a_bundle_s_packages() -> None:
    azure = Path(OVERLAY) / "azure"

    assert (azure / "storage" / "blob" / "__init__.py").is_file()
    assert not (azure / "__init__.py").exists()
    assert not (azure / "storage" / "__init__.py").exists()


def test_an_account_that_refuses_http_is_explained() -> None:
    error = Exception("The account being accessed does not support http. ErrorCode: AccountRequiresHttps")

    assert "secure transfer required" in explain_storage(error)


@pytest.mark.parametrize("package", ["azure", "azure.storage"])
def test_a_file_that_hides_azure_s_other_packages_is_named(monkeypatch, package: str) -> None:
    hiding = types.ModuleType(package)
    hiding.__file__ = "/work/Script Bundle/azure/__init__.py"
    monkeypatch.setitem(sys.modules, package, hiding)

    said = explain_storage(ModuleNotFoundError("No module named 'azure.core'", name="azure.core"))

    assert said.startswith(f"/work/Script Bundle/azure/__init__.py makes {package} a regular package")


def test_another_service_s_old_package_is_explained() -> None:
    said = explain_storage(ModuleNotFoundError("No module named 'azure.storage.table'", name="azure.storage.table"))

    assert "azure-data-tables" in said


def test_at_level_off_the_current_sdk_of_the_process_is_named() -> None:
    import azure.storage.blob  # noqa: F401  what the process has already

    said = explain_storage(ImportError("cannot import name 'BlockBlobService'", name="azure.storage.blob"))

    assert "isolation off" in said


@pytest.mark.parametrize("error", [ModuleNotFoundError("x", name="helper"), ImportError("x"), ValueError("404")])
def test_what_has_another_cause_is_left_to_others(error: BaseException) -> None:
    assert explain_storage(error) == ""


def test_an_exception_that_refuses_to_be_looked_at_is_left_alone() -> None:
    class Shy(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert explain_storage(Shy()) == ""
