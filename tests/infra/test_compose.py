"""Hold `infra/compose.yaml` to its promises, and start the emulator the way it does."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import yaml

from tests import emulator
from tests.infra.bicep import INFRA


@pytest.fixture
def compose():
    return yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def azurite_service(compose):
    assert list(compose["services"]) == ["azurite"]
    return compose["services"]["azurite"]


def test_the_emulator_is_published_on_loopback_only(azurite_service):
    assert [port.rpartition(":")[0].rpartition(":")[0] for port in azurite_service["ports"]] == ["127.0.0.1"]
    assert "network_mode" not in azurite_service


def test_the_image_is_microsofts_in_the_version_the_tests_use(azurite_service):
    wanted = json.loads((emulator.AZURITE.parents[1] / "package.json").read_text())["dependencies"]["azurite"]

    assert azurite_service["image"] == f"mcr.microsoft.com/azure-storage/azurite:{wanted}"


def test_azurite_starts_with_the_options_of_the_compose_file(azurite_service, tmp_path):
    # Azurite refuses an option that it does not know.
    node = shutil.which("node")
    assert node is not None
    here = {"--blobHost": "127.0.0.1", "--blobPort": "0", "--location": str(tmp_path)}
    options = [
        f"{name}={here[name]}" if equals else name
        for name, equals, _ in (option.partition("=") for option in azurite_service["command"][1:])
    ]
    process = subprocess.Popen(
        [node, str(emulator.AZURITE / "dist" / "src" / "blob" / "main.js"), *options],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            shown = []
            for line in process.stdout:
                shown.append(line)
                if "successfully listens" in line:
                    break
        finally:
            process.terminate()

    assert "successfully listens" in "".join(shown), "".join(shown)
    assert (tmp_path / "__azurite_db_blob__.json").exists()
