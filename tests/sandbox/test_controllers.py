"""Where a control group can be made, decided on trees of folders that look as the kernel's do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.sandbox.controllers import NoController, Place, find_place

SECOND = ("cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "memory.max", "memory.high", "cpu.max")
ME = os.getpid()
STRANGER = 2  # the kernel starts it, or nobody


class Tree:
    """Control groups as a process sees them: its own, and where they are mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mounts = ["22 1 0:20 / /proc rw - proc proc rw"]
        self.own: list[str] = []

    def second(self, name: str, *, enabled: str = "", offered: str = "cpu memory pids", **files: str) -> None:
        """Make a group of version 2; the root has no type."""
        group = self.folder / name
        group.mkdir(parents=True, exist_ok=True)
        for file in (*SECOND, *(["cgroup.type"] if name else [])):
            (group / file).write_text("max\n" if file.endswith(("max", "high")) else "")
        (group / "cgroup.controllers").write_text(offered)
        (group / "cgroup.subtree_control").write_text(enabled)
        (group / "cgroup.procs").write_text(files.pop("processes", ""))
        for file, text in files.items():
            (group / file.replace("_", ".")).write_text(text)

    def find(self, caller: int = ME) -> Place:
        process = self.folder / "process"
        process.mkdir(exist_ok=True)
        (process / "cgroup").write_text("".join(f"{line}\n" for line in self.own))
        (process / "mountinfo").write_text("".join(f"{line}\n" for line in self.mounts))
        return find_place(str(process), caller)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.fixture
def second(tree: Tree) -> Tree:
    tree.mounts.append(f"30 22 0:26 / {tree.folder} rw,nosuid shared:4 - cgroup2 cgroup2 rw")
    tree.second("", enabled="cpu memory pids")
    return tree


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """An ordinary user's eyes: what is in the set is closed to them, also where root runs the tests."""
    closed: set[str] = set()
    access = os.access

    def looked_at(path: str, mode: int) -> bool:
        place = path if Path(path).is_dir() else str(Path(path).parent)
        return place not in closed and access(path, mode)

    monkeypatch.setattr(os, "access", looked_at)
    return closed


def test_a_group_is_made_beside_ones_own_where_there_controllers_are_passed_on(second: Tree) -> None:
    second.second("user/app", enabled="memory pids")
    second.second("user/app/terminal")
    second.own.append("0::/user/app/terminal")

    found = second.find()

    assert (str(found), found.crowded) == ("cgroup v2", False)
    assert set(found.folders.values()) == {str(second.folder / "user/app")}


def test_in_the_root_there_may_be_processes(second: Tree) -> None:
    second.own.append("0::/")

    assert second.find().folders["memory"] == str(second.folder)
    assert not second.find().crowded
    (second.folder / "cgroup.subtree_control").write_text("cpu")
    assert second.find().crowded  # nothing has to move, but the controllers have to be passed on


def test_a_delegated_group_makes_room_if_all_in_it_are_of_one_family(second: Tree, ordinary: set[str]) -> None:
    ordinary.add(str(second.folder))
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        second.second("service", processes=f"{ME}\n{child.pid}\n")
        second.own.append("0::/service")

        assert second.find().crowded
        assert second.find(child.pid).folders["pids"] == str(second.folder / "service")
        second.second("service", processes=f"{ME}\n{child.pid}\n{STRANGER}\n")
        with pytest.raises(
            NoController, match=r"other processes are in .*/service and would have to move \(cgroup v2\)"
        ):
            second.find()
    finally:
        child.communicate()


def test_what_bounds_the_callers_group_bounds_the_run(second: Tree) -> None:
    second.second("service", processes=f"{ME}\n", memory_max="1073741824\n")
    second.own.append("0::/service")

    assert second.find().folders["memory"] == str(second.folder / "service")
    second.second("service", processes=f"{ME}\n{STRANGER}\n", cpu_max="50000 100000\n")
    with pytest.raises(NoController, match="other processes"):
        second.find()


def test_without_delegation_there_is_none(second: Tree, ordinary: set[str]) -> None:
    second.second("session")
    second.own.append("0::/session")
    ordinary |= {str(second.folder), str(second.folder / "session")}

    with pytest.raises(NoController, match=r"no group is delegated to this user \(cgroup v2\)"):
        second.find()


def test_a_group_that_is_seen_from_below_is_found_there(tree: Tree) -> None:
    """As in a container that has the machine's groups mounted from its own one on."""
    tree.mounts.append(f"30 22 0:26 /box/7 {tree.folder} rw - cgroup2 cgroup2 rw")
    tree.second("", enabled="memory pids")
    tree.second("app")
    tree.own.append("0::/box/7/app")

    assert tree.find().folders["memory"] == str(tree.folder)
    tree.own[:] = ["0::/box/8"]
    with pytest.raises(NoController, match="no memory controller is mounted"):
        tree.find()


def test_version_1_has_a_group_for_each_controller(tree: Tree) -> None:
    for name in ("memory", "pids", "cpu,cpuacct"):
        (tree.folder / name / "me").mkdir(parents=True)
        tree.mounts.append(f"31 22 0:27 / {tree.folder}/{name} rw - cgroup cgroup rw,{name}")
        tree.own.append(f"4:{name}:/me")
    tree.own.append("0::/")
    tree.mounts.append(f"41 31 0:38 / {tree.folder}/unified rw - cgroup2 cgroup2 rw")
    tree.second("unified", offered="hugetlb")

    found = tree.find()

    assert str(found) == "cgroup v1"
    assert found.folders == {
        "memory": f"{tree.folder}/memory/me",
        "pids": f"{tree.folder}/pids/me",
        "cpuacct": f"{tree.folder}/cpu,cpuacct/me",
    }
    (tree.folder / "memory/me/memory.use_hierarchy").write_text("0\n")
    with pytest.raises(NoController, match="use_hierarchy is 0"):
        tree.find()


def test_with_too_few_controllers_there_is_none(tree: Tree, ordinary: set[str]) -> None:
    for name in ("memory", "pids"):
        (tree.folder / name).mkdir()
        tree.mounts.append(f"31 22 0:27 / {tree.folder}/{name} rw - cgroup cgroup rw,{name}")
        tree.own.append(f"4:{name}:/")
    ordinary.add(f"{tree.folder}/pids")

    with pytest.raises(NoController, match=r"this user may not make groups for pids \(cgroup v1\)"):
        tree.find()


def test_where_nothing_is_mounted_there_is_none(tree: Tree) -> None:
    with pytest.raises(NoController, match="no memory controller is mounted"):
        tree.find()
    with pytest.raises(NoController, match="control groups cannot be read"):
        find_place(str(tree.folder / "nowhere"))
