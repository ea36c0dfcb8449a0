from __future__ import annotations

import os

import pytest

from blobprep.diagnostics.examination import doctor
from blobprep.settings import Workspace
from tests.diagnostics.conftest import found, marks


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "blobs" / "data").mkdir(parents=True)
    (tmp_path / "blobs" / "data" / "pima.csv").write_text("a\n1\n")
    (tmp_path / "blobprep.toml").write_text(
        '[accounts.dev]\nfolder = "blobs"\n[datasets.pima]\nblob = "az://data/pima.csv"\n'
        '[datasets.local]\nblob = "blobs/data/pima.csv"\n'
    )
    return Workspace(environment={}, folder=tmp_path)


def test_a_folder_that_stands_for_an_account_is_said_to_and_looked_at(workspace, tmp_path):
    diagnosis = doctor("pima", workspace=workspace)

    assert diagnosis.worst == "ok"
    assert "pima in the settings means az://data/pima.csv" in found(diagnosis, "reference").text
    assert f"dev, kept in the folder {tmp_path / 'blobs'}" == found(diagnosis, "account").text
    assert list(marks(diagnosis)) == ["blob", "container", "folder", "account", "reference"]


def test_every_account_may_be_a_folder(workspace):
    assert [each.subject for each in doctor(workspace=workspace).examinations] == ["account dev", "this machine"]


@pytest.mark.parametrize(
    ("reference", "topic", "error", "remedy"),
    [
        ("az://nope/pima.csv", "container", "ContainerNotFound", "mkdir"),
        ("az://data/nope.csv", "blob", "BlobNotFound", "ls "),
        ("nope.csv", "blob", "BlobNotFound", "ls "),
    ],
)
def test_what_is_missing_in_a_folder_is_named(workspace, reference, topic, error, remedy):
    failure = doctor(reference, workspace=workspace).failure

    assert failure is not None
    assert (failure.topic, failure.error) == (topic, error)
    assert remedy in failure.remedy


def test_a_folder_that_is_missing_is_named(workspace, tmp_path):
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    failure = doctor("pima", workspace=workspace).failure

    assert failure is not None
    assert failure.topic == "folder"
    assert "mkdir -p" in failure.remedy


@pytest.mark.parametrize(("closed", "topic"), [(os.R_OK, "read"), (os.W_OK, "write")])
def test_a_folder_that_is_closed_is_named(workspace, monkeypatch, closed, topic):
    # Whoever runs the tests as root may do everything, so the system's answer is made up.
    monkeypatch.setattr("os.access", lambda place, mode: not mode & closed)
    failure = doctor("az://data/", workspace=workspace).failure

    assert failure is not None
    assert (failure.topic, failure.error) == (topic, "AccessError")
    assert "chmod" in failure.remedy


def test_a_name_may_stand_for_a_local_path(workspace):
    assert doctor("local", workspace=workspace).worst == "ok"
