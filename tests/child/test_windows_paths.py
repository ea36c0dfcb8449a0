from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from blobprep.child.windows.paths import WorkingFolder, format_result, ignore_case, is_windows

FILES = (
    "Script Bundle/data/Lookup.csv",
    "Script Bundle/helper.py",
    "we\\ird.txt",
    "twice",
    "TWICE",
    "dir/twin",
    "DIR/x",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "beside.txt").write_text("")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (".\\Script Bundle\\data\\Lookup.csv", "./Script Bundle/data/Lookup.csv"),
        ("Script Bundle\\data/Lookup.csv", "Script Bundle/data/Lookup.csv"),
        (".\\\\Script Bundle\\\\data", ".//Script Bundle//data"),
        (".\\Script Bundle\\", "./Script Bundle/"),
        (".\\script bundle\\DATA\\lookup.CSV", "./Script Bundle/data/Lookup.csv"),
        (".\\script bundle\\..\\script BUNDLE\\helper.PY", "./Script Bundle/../Script Bundle/helper.py"),
        ("script bundle\\data\\new.csv", "Script Bundle/data/new.csv"),
        ("script bundle\\New\\x.csv", "Script Bundle/New/x.csv"),
        ("nowhere\\x.csv", "nowhere/x.csv"),
        ("..\\beside.txt", "../beside.txt"),
        ("..\\BESIDE.txt", "../BESIDE.txt"),  # names outside are the system's own
        ("we\\ird.txt", "we\\ird.txt"),
        ("WE\\IRD.TXT", "WE/IRD.TXT"),
        (".\\Twice", "./Twice"),  # which of the two is not known
        ("C:\\temp\\x.csv", "C:\\temp\\x.csv"),
        ("\\\\server\\share\\x.csv", "\\\\server\\share\\x.csv"),
        ("\\Script Bundle", "\\Script Bundle"),
        ("Script Bundle/helper.py", "Script Bundle/helper.py"),
        ("", ""),
        ("a\\b\0c", "a/b\0c"),
    ],
)
def test_a_name_of_windows_is_the_file_it_was_there(folder: Path, path: str, named: str) -> None:
    assert WorkingFolder(str(folder)).translate(path) == named


def test_an_absolute_path_goes_on_with_backslashes(folder: Path) -> None:
    known = WorkingFolder(str(folder))

    assert known.translate(f"{folder}\\script bundle\\HELPER.py") == f"{folder}/Script Bundle/helper.py"
    assert known.find_case(f"{folder}/SCRIPT bundle/helper.py") == f"{folder}/Script Bundle/helper.py"
    assert known.find_case(f"{folder.parent}/BESIDE.txt") is None


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("SCRIPT BUNDLE/Helper.py", "Script Bundle/helper.py"),
        ("Script Bundle/helper.py", None),
        ("nowhere", None),
        ("Twice", None),
        ("./script bundle//x", "./Script Bundle//x"),
    ],
)
def test_a_file_in_another_case_is_found_where_there_is_one(folder: Path, path: str, known: str | None) -> None:
    assert WorkingFolder(str(folder)).find_case(path) == known


def test_a_folder_that_is_gone_holds_nothing(folder: Path) -> None:
    known = WorkingFolder(str(folder))
    shutil.rmtree(folder)

    assert known.translate(".\\Script Bundle\\X") == "./Script Bundle/X"


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        ("data/*.csv", "data/*.[cC][sS][vV]"),
        ("DATA/x.csv", "DATA/x.csv"),
        ("[ab]?1", "[abAB]?1"),
        ("[!a-c]*", "[!a-cA-C]*"),
        ("[]x]*", "[]x]*"),
        ("[x", "[[xX]"),
        ("**/*.\u00df", "**/*.\u00df"),
    ],
)
def test_a_pattern_finds_names_in_any_case(pattern: str, made: str) -> None:
    assert ignore_case(pattern) == made


@pytest.mark.parametrize(
    ("pattern", "found", "named"),
    [
        (".\\Script Bundle\\*.py", "./Script Bundle/a.py", ".\\Script Bundle\\a.py"),
        (".\\Script Bundle/d*\\*.csv", "./Script Bundle/data/a.csv", ".\\Script Bundle\\data\\a.csv"),
        ("d*\\x", "data/x", "data\\x"),
        ("/run/work\\*.py", "/run/work/a.py", "/run/work\\a.py"),
    ],
)
def test_what_a_pattern_finds_is_named_as_windows_does(pattern: str, found: str, named: str) -> None:
    assert format_result(pattern, found) == named


def test_what_begins_with_a_drive_or_a_backslash_is_outside() -> None:
    assert [each for each in ("a\\b", ".\\a", "C:\\a", "\\a", "\\\\a\\b", "a/b", "C:") if is_windows(each)] == [
        "a\\b",
        ".\\a",
    ]
