from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from blobprep.diagnostics.examination import doctor
from blobprep.settings import Workspace
from tests.diagnostics.conftest import emulated, found, marks


@pytest.fixture
def workspace(azurite: str, tmp_path: Path) -> Workspace:
    return emulated(azurite, tmp_path)


@pytest.fixture
def container(workspace: Workspace) -> str:
    name = f"test-{secrets.token_hex(8)}"
    workspace.store().create_container(name)
    workspace.store().write(name, "deep/iris.csv", b"a\n1\n", content_type="text/csv")
    return name


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken and where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_healthy_account_has_nothing_but_good_marks(workspace, container):
    diagnosis = doctor(f"az://{container}/deep/iris.csv", workspace=workspace)

    assert diagnosis.worst == "ok"
    assert diagnosis.failure is None
    assert found(diagnosis, "service").text == "it answers (Azurite-Blob/3.37.0)"
    assert marks(diagnosis) == {
        **dict.fromkeys(["reference", "account", "protocol", "credential", "proxy", "name", "connection"], "ok"),
        "TLS": "skip",
        **dict.fromkeys(["service", "clock", "authentication", "list", "read", "write", "delete"], "ok"),
    }


def test_steps_are_told_in_the_order_in_which_they_are_taken(workspace, container):
    topics = list(dict.fromkeys(finding.topic for finding in doctor(f"az://{container}/", workspace=workspace)))

    assert topics[:4] == ["reference", "account", "protocol", "credential"]
    assert topics[4:8] == ["proxy", "name", "connection", "TLS"]
    assert topics[8:] == ["service", "clock", "authentication", "list", "read", "write", "delete"]


def test_without_a_reference_every_account_is_examined(workspace):
    diagnosis = doctor(workspace=workspace)

    assert [each.subject for each in diagnosis.examinations] == ["account devstoreaccount1", "this machine"]
    assert found(diagnosis, "list").text == "may list containers"
    assert marks(diagnosis)["write"] == "skip"


def test_a_wrong_key_is_named_and_what_follows_is_not_tried(azurite, container, tmp_path):
    workspace = emulated(azurite, tmp_path, key="A" * 86 + "==")
    diagnosis = doctor(f"az://{container}/deep/iris.csv", workspace=workspace)

    assert diagnosis.failure == found(diagnosis, "authentication")
    assert diagnosis.failure.error == "AccessError"
    assert "UseDevelopmentStorage=true" in diagnosis.failure.remedy
    assert {marks(diagnosis)[action] for action in ("list", "read", "write", "delete")} == {"skip"}


def test_a_container_that_is_missing_is_named_with_how_to_make_it(workspace):
    diagnosis = doctor("az://not-there/x.csv", workspace=workspace)

    assert diagnosis.failure is not None
    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("container", "ContainerNotFound")
    assert "blobprep ls az://devstoreaccount1@" in diagnosis.failure.remedy
    assert "--create-container" in diagnosis.failure.remedy


def test_a_blob_that_is_missing_is_named_while_everything_here_is_allowed(workspace, container):
    diagnosis = doctor(f"az://{container}/deep/Iris.csv", workspace=workspace)

    assert diagnosis.failure is not None
    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("blob", "BlobNotFound")
    assert f"blobprep ls az://devstoreaccount1@{container}/deep/" in diagnosis.failure.remedy
    assert {marks(diagnosis)[action] for action in ("list", "write", "delete")} == {"ok"}


def test_a_port_where_nothing_listens_is_named(closed_port, tmp_path):
    workspace = emulated(f"http://127.0.0.1:{closed_port}/devstoreaccount1", tmp_path)
    diagnosis = doctor("az://raw/x.csv", workspace=workspace)

    assert diagnosis.failure is not None
    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("connection", "StoreUnavailable")
    assert f"start the emulator on port {closed_port}" in diagnosis.failure.remedy
    assert marks(diagnosis)["authentication"] == "skip"


def test_https_to_an_emulator_that_speaks_http_says_so(azurite, tmp_path):
    workspace = Workspace(protocol="https", environment={}, folder=tmp_path)
    diagnosis = doctor(azurite.replace("http:", "https:") + "/raw/x.csv", workspace=workspace)

    assert diagnosis.failure is not None
    assert diagnosis.failure.topic == "TLS"
    assert "--protocol http" in diagnosis.failure.remedy


def test_nothing_is_changed(workspace, container):
    before = list(workspace.store().list(container))

    doctor(f"az://{container}/deep/iris.csv", workspace=workspace)
    doctor(f"az://{container}/deep/", workspace=workspace)

    after = list(workspace.store().list(container))
    assert [(each.blob, each.etag) for each in after] == [(each.blob, each.etag) for each in before]


def test_http_is_forbidden_by_the_policy_before_anything_is_sent(azurite, tmp_path):
    (tmp_path / "blobprep.toml").write_text('allow_http = "never"\n')
    diagnosis = doctor("az://raw/x.csv", workspace=emulated(azurite, tmp_path))

    assert diagnosis.failure is not None
    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("protocol", "ProtocolForbidden")
    assert "allow_http" in diagnosis.failure.remedy
    assert marks(diagnosis)["connection"] == "skip"
