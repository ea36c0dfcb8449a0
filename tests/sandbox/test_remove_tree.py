from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from blobprep.sandbox.guard.remove_tree import remove_tree
from tests.sandbox.ordinary import ordinary_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    made.mkdir()
    return made


def test_a_folder_is_removed_with_all_below_it(folder: Path) -> None:
    (folder / "a/b/c").mkdir(parents=True)
    (folder / "a/b/c/file").write_text("x")
    (folder / "a/file").write_text("x")

    assert remove_tree(str(folder))
    assert not folder.exists()


def test_a_folder_that_is_gone_is_gone(tmp_path: Path) -> None:
    assert remove_tree(str(tmp_path / "nothing"))


@pytest.mark.parametrize(("names", "depth"), [(("d",), 3000), (("d", "e"), 100)])
def test_a_tree_deeper_than_any_stack_is_removed(folder: Path, names: tuple[str, ...], depth: int) -> None:
    for name in names:
        current = os.open(folder, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir(name, dir_fd=current)
            following = os.open(name, os.O_RDONLY, dir_fd=current)
            os.close(current)
            current = following
        os.close(current)

    assert remove_tree(str(folder))


def test_a_script_that_guesses_how_folders_are_renamed_does_not_stand_in_the_way(folder: Path) -> None:
    for number in range(5):
        (folder / f".wipe-{number}-{os.getpid()}" / "planted/deep/down").mkdir(parents=True)
    (folder / "d/e/f").mkdir(parents=True)

    assert remove_tree(str(folder))


def test_what_links_point_to_is_left_alone(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    (tmp_path / "other").write_text("kept")
    (folder / "folder").symlink_to(kept)
    (folder / "file").symlink_to(tmp_path / "other")
    os.link(tmp_path / "other", folder / "hard")
    (folder / "nowhere").symlink_to("nowhere")

    assert remove_tree(str(folder))
    assert kept.stat().st_mode & 0o777 == 0o500
    assert (tmp_path / "other").read_text() == "kept"


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    (tmp_path / "run").symlink_to(kept)

    assert not remove_tree(str(tmp_path / "run"))
    assert kept.stat().st_mode & 0o777 == 0o500


def test_pipes_and_sockets_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    os.mkfifo("x.png")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")

    assert remove_tree(str(folder))


def test_folders_without_permissions_are_removed() -> None:
    with ordinary_folder() as top:
        run = top / "run"
        (run / "work/closed/inner").mkdir(parents=True)
        (run / "work/closed/inner/file").write_text("x")
        for path in (run / "work/closed/inner", run / "work/closed", run / "work", run):
            path.chmod(0)

        gone = remove_tree(str(run))
        top.rmdir()

    assert gone


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what this user cannot remove")
def test_what_cannot_be_removed_does_not_keep_it_busy_for_ever() -> None:
    with ordinary_folder() as top:
        (top / "mine/deep").mkdir(parents=True)
        os.seteuid(0)
        (top / "roots").mkdir()
        (top / "roots/file").write_text("x")
        os.seteuid(65534)

        gone = remove_tree(str(top))
        left = [path.name for path in top.iterdir()]

    shutil.rmtree(top)
    assert not gone
    assert left == ["roots"]
