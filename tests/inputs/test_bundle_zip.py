from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from blobprep.errors import BundleError
from blobprep.inputs.bundle_zip import pack_folder
from blobprep.inputs.spool import MEMORY_LIMIT
from tests.remains import descriptors, leaving_nothing


def packed(folder: Path) -> bytes:
    with pack_folder(folder) as given:
        return given.read(0, given.size)


def names(folder: Path) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(packed(folder))).namelist()


def fill(folder: Path, *files: str) -> Path:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_files_are_packed_with_their_paths_and_contents(tmp_path: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(packed(fill(tmp_path, "b.py", "a/c.txt", "a/d/e.bin"))))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        "a/c.txt": "a/c.txt",
        "a/d/e.bin": "a/d/e.bin",
        "b.py": "b.py",
    }
    assert archive.testzip() is None


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    first = packed(fill(tmp_path / "one", "z.py", "a.py"))
    second = packed(fill(tmp_path / "two", "a.py", "z.py"))
    os.utime(tmp_path / "two" / "a.py", (0, 0))
    (tmp_path / "two" / "a.py").chmod(0o755)
    assert first == second == packed(tmp_path / "two")


def test_caches_version_control_and_environments_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, "m.py", "m.pyc", "__pycache__/m.pyc", ".git/config", ".venv/x.py", "sub/node_modules/y.js")
    assert names(tmp_path) == ["m.py"]


def test_an_empty_folder_makes_an_empty_zip(tmp_path: Path) -> None:
    assert names(tmp_path) == []


def test_a_linked_file_is_packed_as_what_it_leads_to(tmp_path: Path) -> None:
    target = fill(tmp_path / "elsewhere", "data.txt") / "data.txt"
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "link.txt").symlink_to(target)
    assert names(tmp_path / "bundle") == ["link.txt"]


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"is not a folder \(pass a zip file or a folder to --bundle\)"):
        pack_folder(tmp_path / "missing")


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "dangling.py").symlink_to("nowhere")
    with pytest.raises(BundleError, match=r"No such file or directory: .*dangling\.py"):
        pack_folder(tmp_path)


def test_a_pipe_is_refused_instead_of_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BundleError, match=r"pipe in the bundle is not a regular file"):
        pack_folder(tmp_path)


def test_a_name_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.py")).touch()
    with pytest.raises(BundleError, match="a file whose name is not valid text"):
        pack_folder(tmp_path)


def test_a_refused_folder_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.py")).touch()
    with leaving_nothing(), pytest.raises(BundleError):
        pack_folder(tmp_path)


def test_a_large_folder_is_packed_on_disk_and_not_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(MEMORY_LIMIT + 1)
    with pack_folder(tmp_path) as given:
        assert not descriptors()[str(given.readable)].startswith("/memfd:")
        assert given.size == os.fstat(given.readable).st_size > MEMORY_LIMIT
