from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from blobprep.child.script.entry import MODULE_NAME, load_source
from blobprep.child.working_directory import enter_directory


def test_folder_path_and_modules_are_put_back(tmp_path: Path) -> None:
    (tmp_path / "left_behind.py").write_text("")
    (tmp_path / "left_space").mkdir()
    before, path = Path.cwd(), list(sys.path)

    with enter_directory(str(tmp_path)):
        assert Path.cwd() == tmp_path
        sys.path[:0] = [str(tmp_path), "."]
        for name in ("left_behind", "left_space"):
            __import__(name)
        load_source(b"def azureml_main():\n    pass", "prep.py", {})

    assert Path.cwd() == before
    assert sys.path == path
    assert not {"left_behind", "left_space", MODULE_NAME} & set(sys.modules)


def test_a_package_without_a_file_inside_another_is_forgotten_too(tmp_path: Path) -> None:
    inner = [f"left_inner{number}" for number in range(30)]  # one would go before its parent by chance
    for name in inner:
        (tmp_path / "left_outer" / name).mkdir(parents=True)

    with enter_directory(str(tmp_path)):
        sys.path[:0] = [str(tmp_path)]
        for name in inner:
            __import__(f"left_outer.{name}")

    assert not [name for name in sys.modules if name.startswith("left_outer")]


def test_they_are_put_back_when_the_script_fails(tmp_path: Path) -> None:
    before, path = Path.cwd(), list(sys.path)

    def fail() -> None:
        os.chdir("/")
        sys.path.clear()
        raise SystemExit

    with pytest.raises(SystemExit), enter_directory(str(tmp_path)):
        fail()

    assert (Path.cwd(), sys.path) == (before, path)


def test_a_working_folder_that_the_script_removed_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)  # as in the child, which starts there

    with enter_directory(str(work)):
        work.rmdir()

    monkeypatch.chdir(tmp_path)


def test_modules_that_mind_being_looked_at_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Touchy(types.ModuleType):
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    with enter_directory(str(tmp_path)):
        monkeypatch.setitem(sys.modules, "touchy_module", Touchy("touchy_module"))
        monkeypatch.setitem(sys.modules, "no_module", None)
        monkeypatch.setitem(sys.modules, "odd_module", object())

    assert "touchy_module" in sys.modules
