"""What the doctor says of this machine."""

from __future__ import annotations

import pytest

from blobprep.diagnostics.examination import doctor
from blobprep.sandbox import kernel_support
from blobprep.sandbox.kernel_support import KernelSupport, detect
from blobprep.settings import Workspace
from tests.diagnostics.conftest import found


def settings(folder, isolation):
    (folder / "blobs").mkdir()
    (folder / "blobprep.toml").write_text(f'[accounts.dev]\nfolder = "blobs"\n[script]\nisolation = "{isolation}"\n')
    return Workspace(environment={}, folder=folder)


@pytest.mark.landlock
def test_a_machine_that_can_confine_is_well(tmp_path):
    finding = found(doctor(workspace=settings(tmp_path, "strict")), "isolation")

    assert finding.mark == "ok"
    assert finding.text.startswith(f"strict is available: landlock ABI {detect().landlock}, seccomp")


def test_a_machine_that_cannot_fails_with_what_is_missing_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_support, "detect", lambda: KernelSupport("linux", "x86_64", "5.4", no_landlock="ENOSYS"))
    monkeypatch.setattr(kernel_support, "try_namespace", lambda: "bwrap (bubblewrap) is not installed")

    diagnosis = doctor(workspace=settings(tmp_path, "strict"))

    assert diagnosis.failure == found(diagnosis, "isolation")
    assert diagnosis.failure.error == "IsolationUnavailable"
    assert diagnosis.failure.text.endswith("no Landlock (ENOSYS), and bwrap (bubblewrap) is not installed")
    assert "Linux 5.13" in diagnosis.failure.remedy


@pytest.mark.parametrize(("level", "said"), [("process", "does not confine"), ("off", "in the process of its caller")])
def test_levels_that_do_not_confine_are_warned_of(tmp_path, level, said):
    finding = found(doctor(workspace=settings(tmp_path, level)), "isolation")

    assert finding.mark == "warn"
    assert said in finding.text
    assert "strict" in finding.remedy
