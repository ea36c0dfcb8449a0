"""What a run says of its isolation, and that nothing is left where it cannot be had."""

from __future__ import annotations

import io

import pytest

from blobprep.child.confined.denial_hints import PROCESSES
from blobprep.errors import IsolationUnavailable
from blobprep.runs import execute as execution
from blobprep.runs.execute import execute
from blobprep.sandbox import kernel_support, launch, process_host
from blobprep.sandbox.isolation import PROCESS_NOTICE, describe_bounds
from blobprep.sandbox.kernel_support import KernelSupport, detect
from tests.runs.arranging import ask, dataset, memory, names, put

SAME = b"def azureml_main(frame):\n    return frame,\n"
SPAWNING = b"import subprocess\n\ndef azureml_main(frame):\n    subprocess.run(['true'])\n"

confining = pytest.mark.landlock


@pytest.fixture
def store():
    made = memory()
    put(made, "a.csv", b"a,b\n1,x\n")
    return made


@confining
def test_a_run_at_strict_records_by_what_it_was_confined(store):
    run = execute(ask(store, SAME, dataset1=dataset(store, "a.csv"), isolation="strict"))

    isolation = run.manifest.isolation
    assert run.status == "succeeded"
    assert (isolation.asked, isolation.enforced) == ("strict", "strict")
    assert isolation.measures[0] == f"landlock ABI {detect().landlock}"
    assert {"seccomp", "no capabilities"} <= set(isolation.measures)
    assert run.log == ""


def test_a_run_at_process_says_that_it_is_not_confined(store):
    echo = io.StringIO()
    run = execute(ask(store, SAME, dataset1=dataset(store, "a.csv"), isolation="process"), echo=echo)

    assert run.log == f"blobprep | {PROCESS_NOTICE}\n" == echo.getvalue()
    assert run.manifest.isolation.enforced == "process"
    assert run.manifest.isolation.measures == (describe_bounds(detect().controller),)


@confining
def test_what_was_refused_stands_below_the_traceback(store):
    run = execute(ask(store, SPAWNING, dataset1=dataset(store, "a.csv"), isolation="strict"))

    assert run.status == "failed"
    lines = run.log.splitlines()
    assert lines[-1].startswith(f"note | {PROCESSES}")
    assert lines.index(lines[-1]) > max(position for position, line in enumerate(lines) if "BlockingIOError" in line)


def test_where_strict_is_not_available_nothing_is_read_run_or_written(store, monkeypatch):
    monkeypatch.setattr(kernel_support, "detect", lambda: KernelSupport("linux", "x86_64", "5.4", no_landlock="ENOSYS"))
    monkeypatch.setattr(kernel_support, "try_namespace", lambda: "bwrap (bubblewrap) is not installed")
    monkeypatch.setattr(launch, "ProcessHost", None)  # starting one would be another error
    monkeypatch.setattr(execution, "resolve", None)

    with pytest.raises(IsolationUnavailable, match="no Landlock"):
        execute(ask(store, SAME, dataset1=dataset(store, "a.csv"), isolation="strict"))

    assert names(store) == set()


@confining
def test_a_confinement_that_does_not_hold_leaves_no_claim(store, monkeypatch):
    monkeypatch.setattr(process_host, "CANARY", "work")  # a place that the child may open

    with pytest.raises(IsolationUnavailable, match="could open a file outside the working folder"):
        execute(ask(store, SAME, dataset1=dataset(store, "a.csv"), isolation="strict"))

    assert names(store) == set()
