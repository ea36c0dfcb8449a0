# Paths are opened here by every way that scripts have.
# ruff: noqa: PT012, PTH104, PTH110, PTH116, PTH119, PTH123, PTH202, PTH208, SIM115
from __future__ import annotations

import builtins
import glob
import inspect
import io
import json
import os
import pathlib
import pickle
import posixpath
import shutil
import sqlite3
import sys
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from blobprep.child.script.entry import describe_failure
from blobprep.child.windows.path_entries import translate_paths
from tests.sandbox.running import run_script

pytestmark = pytest.mark.usefixtures("forked")


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Script Bundle").mkdir()
    (tmp_path / "Script Bundle/x.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_way_to_a_file_of_the_bundle_works_by_its_windows_name() -> None:
    bundle = {
        "data/lookup.csv": "k,v\na,1\n",
        "data/deep/x.txt": "x",
        "helper.py": "VALUE = 1\n",
        "libs/deeper.py": "VALUE = 2\n",
        "libs/more/still_deeper.py": "VALUE = 3\n",
        "packed.zip": zipped({"packed_module.py": "VALUE = 4\n"}),
    }

    outcome = run_script("windows_paths.py", bundle=zipped(bundle))

    assert outcome.message == ""
    (survey,) = [line.partition("survey ")[2] for line in outcome.lines if "survey " in line]
    ways, differing = json.loads(survey)
    assert (ways > 100, differing) == (True, {})
    assert [image.name for image in outcome.images] == ["plot.png", "out/plot.png", "out/i.png"]


def state() -> dict[str, Any]:
    """Return everything that is replaced while a script is in charge."""
    owners: tuple[Any, ...] = (builtins, io, os, posixpath, glob, pathlib.PosixPath, sqlite3, tarfile)
    named = {f"{owner.__name__}.{name}": value for owner in owners for name, value in vars(owner).items()}
    named |= {name: set(getattr(os, name)) for name in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks")}
    return {**named, "hooks": list(sys.path_hooks), "finders": list(sys.meta_path)}


def test_all_is_put_back_also_when_the_script_fails(work: Path) -> None:
    before = state()

    with pytest.raises(SystemExit), translate_paths(str(work)):
        sys.path_importer_cache[".\\Script Bundle"] = None
        assert Path(".\\Script Bundle\\x.txt").read_text() == "x"
        kept = open
        raise SystemExit

    assert {name for name, value in state().items() if value != before[name]} == set()
    assert ".\\Script Bundle" not in sys.path_importer_cache
    with pytest.raises(FileNotFoundError):
        kept(".\\Script Bundle\\x.txt")


def test_what_a_script_replaced_itself_is_its_own(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getcwd", os.getcwd)
    before = os.listdir

    with translate_paths(str(work)):
        os.listdir = lambda path=".": ["faked"]  # type: ignore[assignment, misc]

    assert os.listdir() == ["faked"]
    os.listdir = before


def test_threads_that_were_there_before_are_left_alone(work: Path) -> None:
    begin, seen = threading.Event(), []

    def look() -> None:
        begin.wait(10)
        seen.append((os.path.exists(".\\Script Bundle"), os.path.basename("a\\b"), Path("a\\b").name))

    older = threading.Thread(target=look)
    older.start()
    with translate_paths(str(work)):
        younger = threading.Thread(target=look)
        younger.start()
        begin.set()
        older.join()
        younger.join()

    assert sorted(seen) == [(False, "a\\b", "a\\b"), (True, "b", "b")]


def test_the_functions_stay_what_libraries_take_them_for(work: Path) -> None:
    with translate_paths(str(work)):

        class Holder:
            opener = open

        with Holder().opener("Script Bundle/x.txt") as file:
            assert isinstance(file.buffer.raw, io.FileIO)  # type: ignore[attr-defined]
        assert pickle.loads(pickle.dumps([open, os.stat])) == [open, os.stat]
        assert list(inspect.signature(open).parameters)[:2] == ["file", "mode"]
        assert (open.__name__, os.stat in os.supports_follow_symlinks) == ("open", True)
        assert os.stat("Script Bundle", follow_symlinks=False).st_mode == os.lstat("Script Bundle").st_mode
        assert os.fdopen(os.dup(0), "rb", closefd=True).close() is None
        assert issubclass(io.FileIO, io.RawIOBase)
        assert shutil.rmtree.avoids_symlink_attacks


def test_a_failure_names_the_path_as_written_and_shows_the_scripts_own_lines(work: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised, translate_paths(str(work)):
        try:
            os.rename(".\\no", "Script Bundle\\y")
        except OSError:
            open(".\\missing.csv")

    failure = describe_failure(raised.value)

    assert "'.\\\\no' -> 'Script Bundle\\\\y'" in failure.traceback
    assert failure.message == "FileNotFoundError: [Errno 2] No such file or directory: '.\\\\missing.csv'"
    assert "blobprep/child" not in failure.traceback


def test_names_of_linux_stay_within_reach(work: Path) -> None:
    (work / "we\\ird").mkdir()
    (work / "we\\ird/x\\y.txt").write_text("odd")

    with translate_paths(str(work)):
        assert Path("we\\ird").is_dir()
        assert (Path("we\\ird") / "x\\y.txt").read_text() == "odd"
        assert [each.read_text() for each in Path("we\\ird").iterdir()] == ["odd"]
        assert os.path.getsize("we\\ird/x\\y.txt") == 3
        assert sorted(file for _, _, files in os.walk(".") for file in files) == ["x.txt", "x\\y.txt"]
        shutil.rmtree("we\\ird")

    assert os.listdir() == ["Script Bundle"]
