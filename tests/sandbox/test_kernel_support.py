"""What is chosen of what a machine kernel_support, and what is said where it is too little."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from blobprep.errors import InvalidOption, IsolationUnavailable
from blobprep.limits import Limits
from blobprep.sandbox import kernel_support, launch
from blobprep.sandbox.isolation import Confinement, Namespace, require_level, require_namespace
from blobprep.sandbox.kernel_support import KernelSupport, choose, describe, detect

LINUX = KernelSupport("linux", "x86_64", "6.8.0", landlock=4)
WITHOUT = replace(LINUX, kernel="5.4.0", landlock=0, no_landlock="ENOSYS: it was built without")


def works() -> str:
    return ""


def fails() -> str:
    return "bwrap failed: no permission"


def untried() -> str:
    raise AssertionError("nobody asked for a namespace")


@pytest.mark.parametrize(
    ("offer", "namespace", "trial", "expected"),
    [
        (LINUX, "auto", untried, Confinement(4)),
        (LINUX, "off", untried, Confinement(4)),
        (LINUX, "require", works, Confinement(4, namespace=True)),
        (WITHOUT, "auto", works, Confinement(0, namespace=True)),
        (WITHOUT, "require", works, Confinement(0, namespace=True)),
        (replace(LINUX, machine="aarch64"), "auto", untried, Confinement(4)),
        (replace(LINUX, no_controller="it is closed"), "auto", untried, Confinement(4, controlled=False)),
    ],
)
def test_landlock_is_preferred_and_a_namespace_its_substitute(offer, namespace, trial, expected):
    assert choose(offer, namespace, trial) == expected


@pytest.mark.parametrize(
    ("offer", "namespace", "trial", "said"),
    [
        (KernelSupport("darwin", "", ""), "auto", untried, ["needs Linux"]),
        (replace(LINUX, machine="riscv64"), "auto", untried, ["riscv64", "x86_64 or aarch64"]),
        (replace(LINUX, no_seccomp="seccomp: EINVAL"), "auto", untried, ["cannot filter system calls", "EINVAL"]),
        (LINUX, "require", fails, ['namespace = "require"', "bwrap failed: no permission"]),
        (WITHOUT, "auto", fails, ["5.4.0", "no Landlock (ENOSYS", "bwrap failed", "Linux 5.13"]),
        (WITHOUT, "off", untried, ["no Landlock", 'namespace = "off" forbids']),
    ],
)
def test_too_little_is_refused_with_what_is_missing_and_what_to_do(offer, namespace, trial, said):
    with pytest.raises(IsolationUnavailable) as caught:
        choose(offer, namespace, trial)

    assert all(each in str(caught.value) for each in said)
    assert 'isolation "strict" is not available' in caught.value.message
    assert "nothing was run" in caught.value.message
    assert "--isolation process" in caught.value.remedy


@pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that is asked")
def test_this_machine_is_asked_once():
    found = detect()

    assert (found.system, found.machine) == ("linux", os.uname().machine)
    assert bool(found.landlock) != bool(found.no_landlock)
    assert detect() is found


@pytest.mark.parametrize(
    ("offer", "namespace", "said"),
    [
        (LINUX, "auto", "strict is available: landlock ABI 4, seccomp, no capabilities, "),
        (replace(LINUX, controller="cgroup v2"), "auto", "CPU time limited by the kernel (cgroup v2)"),
        (replace(LINUX, no_controller="it is closed"), "auto", "CPU time counted by the guard (it is closed)"),
        (WITHOUT, "off", "not available"),
    ],
)
def test_what_there_is_is_described_in_a_sentence(monkeypatch, offer, namespace: Namespace, said):
    monkeypatch.setattr(kernel_support, "detect", lambda: offer)

    sentence, error = describe(namespace)

    assert said in sentence
    assert (error is None) == (offer is not WITHOUT)


def test_where_strict_is_not_available_no_process_is_started(monkeypatch):
    def start(*_: object, **__: object) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(kernel_support, "detect", lambda: WITHOUT)
    monkeypatch.setattr(launch, "ProcessHost", start)

    with pytest.raises(IsolationUnavailable):
        launch.start("run", "strict", Limits(), namespace="off")


def test_words_that_are_no_level_and_no_namespace_are_refused():
    assert require_level("strict") == "strict"
    assert require_namespace("require") == "require"
    with pytest.raises(InvalidOption, match="strict, process, off"):
        require_level("total")
    with pytest.raises(InvalidOption, match="auto, require, off"):
        require_namespace("always")
