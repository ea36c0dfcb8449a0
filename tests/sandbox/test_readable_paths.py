"""What of the machine a confined child may read."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import blobprep
from blobprep.sandbox.readable_paths import carve, readable_paths

TREE = {
    "/usr": ["bin", "lib", "src"],
    "/usr/src": ["app", "linux"],
    "/usr/src/app": ["data.csv", "venv"],
}


@pytest.mark.parametrize(
    ("private", "expected"),
    [
        (set(), {"/usr"}),
        ({"/home"}, {"/usr"}),
        ({"/"}, {"/usr"}),
        ({"/us"}, {"/usr"}),
        ({"/usr"}, set()),
        ({"/usr/src/app"}, {"/usr/bin", "/usr/lib", "/usr/src/linux"}),
        ({"/usr/src", "/usr/lib"}, {"/usr/bin"}),
    ],
)
def test_what_is_private_is_carved_out_of_a_path(private, expected):
    assert set(carve("/usr", private, lambda folder: TREE.get(folder, []))) == expected


NAMES = st.sampled_from("ab")
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(PATHS, st.sets(PATHS))
def test_nothing_private_is_at_or_below_what_is_granted(path, private):
    for granted in carve(path, private, lambda _: ["a", "b"]):
        assert not any(f"{each}/".startswith(f"{granted}/") for each in private)


def test_interpreter_libraries_and_package_are_granted():
    granted = readable_paths()

    for needed in (os.__file__, sysconfig.get_paths()["purelib"], blobprep.__file__, sys.executable):
        real = os.path.realpath(needed)
        assert any(f"{real}/".startswith(f"{each}/") for each in granted), needed


def test_home_temporary_files_and_working_folder_are_not_granted(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    granted = readable_paths()

    of_proc = (
        "/proc/1",
        "/proc/self/net/tcp",
        "/proc/self/task/1/net/tcp",
        "/proc/self/mountinfo",
        "/proc/self/cgroup",
    )
    users_own = (Path.home() / ".azure", tmp_path / "data.csv")
    for private in (*users_own, *of_proc, "/etc/passwd", "/etc/shadow", "/var/log"):
        assert not any(f"{private}/".startswith(f"{each}/") for each in granted), private


def test_a_working_folder_that_was_removed_is_no_reason_to_fail(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert readable_paths()


def test_an_environment_made_in_the_working_folder_grants_its_libraries_only(monkeypatch):
    monkeypatch.chdir(sys.prefix)
    granted = readable_paths()

    assert os.path.realpath(sys.prefix) not in granted
    assert os.path.realpath(sysconfig.get_paths()["purelib"]) in granted


@pytest.mark.parametrize("prefix", sorted({sys.prefix, sys.base_prefix, "/usr", "/usr/local"}))
@pytest.mark.parametrize(
    "name",
    ["pip.conf", ".condarc", ".env", "etc/npmrc", "etc/jupyter/token.json", "lib/node_modules/npm/npmrc", "x"],
)
def test_settings_in_a_prefix_are_not_readable(prefix: str, name: str) -> None:
    private = Path(os.path.realpath(prefix), name)
    if prefix == "/usr" and name.startswith("lib/"):  # all of /usr/lib is the system's
        return

    assert not any(private.is_relative_to(path) for path in readable_paths())
