"""A run's control group: what the kernel makes of it, on a machine where one can be made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blobprep.sandbox.control_group import Group, enclose
from blobprep.sandbox.controllers import NoController, Place, find_place

NAME, ALIVE, DEAD = (f"blobprep-{os.urandom(8).hex()}" for _ in range(3))
WAITING = [sys.executable, "-c", "input()"]


@pytest.fixture
def place() -> Place:
    try:
        found = find_place()
    except NoController as error:
        pytest.skip(f"no control group can be made here: {error}")
    if found.crowded:
        pytest.skip("the processes that run the tests would have to move")
    return found


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(WAITING, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def groups(place: Place) -> list[str]:
    return [
        each.name
        for folder in set(place.folders.values())
        for each in Path(folder).glob("blobprep-*")
        if each.name in (NAME, ALIVE, DEAD)
    ]


def test_a_child_is_in_it_and_bounded(place: Place, waiting: subprocess.Popen[bytes]) -> None:
    group = Group(place, NAME, {"memory": 100 << 20, "processes": 7})
    try:
        group.take(waiting.pid)

        assert group.pids() == [waiting.pid]
        assert group.tasks() == 1
        assert (group.seconds() or 0) < 60
        assert not group.is_exhausted()
        names = ("memory.limit_in_bytes", "memory.max")
        (limit,) = (path for name in names if (path := Path(place.folders["memory"], groups(place)[0], name)).exists())
        assert 100 << 20 < int(limit.read_text()) < 120 << 20
    finally:
        waiting.kill()
        waiting.wait()
        group.remove()
    assert groups(place) == []


def test_what_a_child_started_before_is_taken_too(place: Place) -> None:
    spawning = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    with subprocess.Popen([sys.executable, "-c", spawning], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        grandchild = int(process.stdout.readline())
        group = enclose(process.pid, NAME, {"processes": 10})
        assert group is not None
        try:
            assert sorted(group.pids()) == sorted([process.pid, grandchild])
        finally:
            os.kill(grandchild, 9)
            process.kill()
            process.wait()
            group.remove()


def test_memory_beyond_the_limit_is_ended_and_told(place: Place) -> None:
    taking = "input(); held = [bytearray(1 << 20) for _ in range(200)]; print(len(held))"
    with subprocess.Popen(
        [sys.executable, "-c", taking], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        group = enclose(process.pid, NAME, {"memory": 60 << 20})
        assert group is not None
        try:
            out, _ = process.communicate(b"\n")

            assert (out, process.returncode) == (b"", -9)
            assert group.is_exhausted()
        finally:
            group.remove()


def test_files_are_no_memory_that_ends_anything(place: Place, tmp_path: Path) -> None:
    writing = f"input(); f = open({str(tmp_path / 'file')!r}, 'wb'); [f.write(bytes(1 << 20)) for _ in range(200)]"
    with subprocess.Popen([sys.executable, "-c", writing], stdin=subprocess.PIPE) as process:
        group = enclose(process.pid, NAME, {"memory": 60 << 20})
        assert group is not None
        try:
            process.communicate(b"\n")

            assert process.returncode == 0
            assert not group.is_exhausted()
        finally:
            group.remove()


def test_groups_of_guards_that_were_killed_are_removed(place: Place, waiting: subprocess.Popen[bytes]) -> None:
    abandoned = [Path(folder, DEAD) for folder in set(place.folders.values())]
    for folder in abandoned:
        folder.mkdir()
    alive = Group(place, ALIVE, {})
    try:
        group = enclose(waiting.pid, NAME, {"processes": 10})
        assert group is not None
        left = set(groups(place)) - {NAME}
        waiting.kill()
        waiting.wait()
        group.remove()
    finally:
        alive.remove()

    assert ALIVE in left
    assert not any(folder.exists() for folder in abandoned)


def test_without_a_limit_that_it_would_enforce_none_is_made(place: Place) -> None:
    assert enclose(os.getpid(), NAME, {"disk": 1.0}) is None
    assert groups(place) == []
