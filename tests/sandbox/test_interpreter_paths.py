"""Where an interpreter has its libraries, told of a prefix that a test made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from blobprep.sandbox import interpreter_paths as module
from blobprep.sandbox.interpreter_paths import interpreter_paths

LIBRARIES = (
    "lib/mysql/libmysql.so.2",
    "lib/libarrow.so",
    "lib/python3.11/os.py",
    "lib64/libz.so.1",
    "lib/tcl8.6/init.tcl",
    "cuda/lib64/libcu.so",
)
DATA = ("share/zoneinfo/Europe/Paris", "share/proj/proj.db", "ssl/cacert.pem", "pyvenv.cfg", "share/declared/words.txt")
PRIVATE = (
    "pip.conf",
    ".condarc",
    ".env",
    "etc/token.json",
    "share/secret.txt",
    "share/undeclared/a",
    "lib/.netrc",
    "lib/app/config.json",
)
NPM = "lib/node_modules/npm/npmrc"


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in (*LIBRARIES, *DATA, *PRIVATE, NPM):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    record = packages / "words-1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    record.write_text(
        "words.py,,\n../../../share/declared/words.txt,sha256=x,0\n../../../etc/token.json,,\n../../../share/../.env,,\n"
    )
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(module, "library_folders", lambda: [str(packages)])
    return tmp_path


@pytest.mark.parametrize("name", [*LIBRARIES, *DATA])
def test_libraries_and_the_data_they_declare_are_found(prefix: Path, name: str) -> None:
    assert any((prefix / name).is_relative_to(path) for path in interpreter_paths())


@pytest.mark.parametrize("name", [*PRIVATE, NPM, "", "share", "lib"])
def test_what_lies_beside_them_is_not(prefix: Path, name: str) -> None:
    assert not any((prefix / name).is_relative_to(path) for path in interpreter_paths())


def test_the_executable_is_found_by_each_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python3.11").touch()
    (tmp_path / "python3").symlink_to("python3.11")
    (tmp_path / "python").symlink_to(tmp_path / "python3")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    found = [path for path in map(Path, interpreter_paths()) if path.parent == tmp_path]

    assert [path.name for path in found] == ["python", "python3", "python3.11"]
