"""What a confined script is told; where it is not confined, nothing."""

from __future__ import annotations

import subprocess

import pytest

from blobprep.child.confined import denial_hints
from blobprep.child.confined.denial_hints import NETWORK, PROCESSES, explain
from tests.sandbox.running import run_script

pytestmark = pytest.mark.usefixtures("forked")

RUN = "/tmp/blobprep-x"


@pytest.fixture
def confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denial_hints, "confined_to", lambda: (f"{RUN}/work", f"{RUN}/home"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(97, "Address family not supported"), NETWORK),
        (PermissionError(13, "denied", "/etc/passwd"), "/etc/passwd is outside what a script may use"),
        (PermissionError(13, "denied", f"{RUN}/worker"), f"{RUN}/worker is outside"),
        (PermissionError(1, "not permitted"), "isolation strict refuses this call"),
        (OSError(18, "Invalid cross-device link"), "use shutil.move, which copies it"),
    ],
)
def test_a_refusal_is_explained_with_what_would_allow_it(confined, error, said):
    assert said in explain(error)
    assert "process" in explain(error) or "copies" in explain(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        OSError(28, "No space left"),
        FileNotFoundError(2, "no", "x"),
        PermissionError(13, "denied", f"{RUN}/work/x"),
        BlockingIOError(11, "try again"),
    ],
)
def test_what_is_no_refusal_is_not_explained(confined, error):
    assert explain(error) == ""


def test_what_an_error_was_raised_from_is_explained(confined):
    outer, inner = RuntimeError("outer"), OSError(97, "family")
    outer.__cause__ = RuntimeError("middle", inner)

    assert explain(outer) == NETWORK


def test_an_error_that_is_its_own_cause_comes_to_an_end(confined):
    error = RuntimeError("x")
    error.reason = error  # type: ignore[attr-defined]

    assert explain(error) == ""


def test_an_error_that_refuses_to_be_looked_at_is_not_explained(confined):
    class Evil(Exception):
        @property
        def reason(self) -> str:
            raise ZeroDivisionError

    assert explain(Evil()) == ""


def test_a_refused_process_is_known_by_the_library_that_asked_for_it(confined, monkeypatch):
    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "_fork_exec", refuse)
    with pytest.raises(BlockingIOError) as caught:
        subprocess.run(["true"], preexec_fn=lambda: None, check=False)

    assert explain(caught.value) == PROCESSES


def test_without_confinement_nothing_is_explained():
    assert explain(OSError(97, "Address family not supported")) == ""


CALLS = {
    "socket": ("import _socket; _socket.socket()", NETWORK),
    "host": (
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:1')",
        "network: a script may not reach 127.0.0.1:1; allow it with --allow-host 127.0.0.1:1",
    ),
    "sub-process": ("import subprocess; subprocess.run(['true'])", PROCESSES),
    "pool": ("import multiprocessing; multiprocessing.Pool(2)", PROCESSES),
    "fork": ("import os; os.fork()", PROCESSES),
    "file": ("open('/etc/passwd')", "/etc/passwd is outside what a script may use at isolation strict"),
    "system": ("import os; os.system('true'); 1 / 0", PROCESSES),
    "module": ("import nowhere", "not in editable mode"),
}
ALIKE = {"socket", "pool", "fork", "system"}  # refused as another one is


@pytest.mark.landlock
@pytest.mark.parametrize(
    "call", [pytest.param(call, marks=pytest.mark.slow if call in ALIKE else ()) for call in CALLS]
)
def test_real_refusals_are_explained(call):
    code, said = CALLS[call]
    outcome = run_script(f"def azureml_main():\n    {code}\n".encode(), level="strict")

    assert outcome.verdict.error is not None
    lines = (f"blobprep | {said}", f"note | {said}")
    assert said in outcome.verdict.remedy or any(line.startswith(lines) for line in outcome.lines)
