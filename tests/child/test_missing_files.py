from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.fs
import pytest

from blobprep.child.script.entry import describe_failure
from blobprep.child.script.missing_files import explain_missing_file, explain_missing_module, locate_module
from blobprep.child.windows.path_entries import translate_paths


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    with translate_paths(str(tmp_path)):
        yield tmp_path


@pytest.fixture
def bundled(work: Path) -> Path:
    for name in (
        "repo-main/tool.py",
        "repo-main/data/x.csv",
        "repo-main/pkg/__init__.py",
        "a/twice.txt",
        "b/twice.txt",
    ):
        path = work / "Script Bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    return work


def missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(2, "No such file or directory", path)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("C:\\temp\\x.csv", "--bundle"),
        ("d:/temp/x.csv", "--bundle"),
        ("\\\\server\\share\\x.csv", "--bundle"),
        (".\\Script Bundle\\data\\x.csv", "open 'Script Bundle/repo-main/data/x.csv'"),
        ("script bundle/X.csv", "open 'Script Bundle/repo-main/data/x.csv'"),
        ("x.csv", "open 'Script Bundle/repo-main/data/x.csv'"),
        ("out/x.csv", ""),
        ("../x.csv", ""),
        ("twice.txt", ""),  # which of the two is not known
        ("Script Bundle/nowhere.csv", ""),
    ],
)
def test_a_file_that_is_not_there_is_looked_for_where_it_may_be(bundled: Path, path: str, told: str) -> None:
    explained = explain_missing_file(missing(path))

    assert told in explained if told else explained == ""


def test_a_bundle_that_is_not_connected_is_told(work: Path) -> None:
    assert "--bundle" in explain_missing_file(missing(".\\Script Bundle\\x.csv"))
    assert explain_missing_file(missing("x.csv")) == ""


def test_a_library_that_opens_files_by_itself_is_told_and_what_is_advised_works(bundled: Path) -> None:
    files = pyarrow.fs.LocalFileSystem()
    with pytest.raises(FileNotFoundError) as raised:
        files.open_input_file(".\\Script Bundle\\repo-main\\tool.py")

    told = describe_failure(raised.value).remedy

    assert "write 'Script Bundle/repo-main/tool.py'" in told
    assert files.open_input_file("Script Bundle/repo-main/tool.py").read() == b"1"
    assert explain_missing_file(ValueError("unable to open '.\\Script Bundle\\repo-main\\tool.py'")) == told
    assert explain_missing_file(ValueError("could not convert string to float: 'C:\\data'")) == ""


def test_a_module_one_folder_too_deep_is_told_with_its_place(bundled: Path) -> None:
    told = describe_failure(ModuleNotFoundError("No module named 'pkg'", name="pkg.inner")).remedy

    assert told == explain_missing_module("pkg.inner")
    assert "is in the bundle as repo-main/pkg" in told
    assert "sys.path.append('Script Bundle/repo-main')" in told
    assert "--bundle" in describe_failure(ModuleNotFoundError("No module named 'other'", name="other")).remedy


def test_nothing_is_told_where_no_script_is_in_charge() -> None:
    assert explain_missing_file(missing("C:\\temp\\x.csv")) == ""
    assert explain_missing_module("pkg") == ""


def test_the_place_nearest_to_the_top_is_the_modules() -> None:
    names = ["z/deep/m.py", "b/m.py", "b/m/__init__.py", "data/m.csv"]

    assert locate_module("m", names) == (
        "b/m.py",
        "pack the zip with m at its top, or call sys.path.append('Script Bundle/b')",
    )
    assert locate_module("data", names) is None


def test_a_module_in_other_case_is_located() -> None:
    assert locate_module("Helper", ["helper.py"]) == ("helper.py", "write import helper: upper and lower case count")
    assert locate_module("Tools", ["data.csv", "tools/__init__.py"]) == (
        "tools/__init__.py",
        "write import tools: upper and lower case count",
    )
    assert locate_module("Data", ["data.csv"]) is None
