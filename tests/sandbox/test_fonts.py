"""Matplotlib's list of fonts is made once, and lent."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from blobprep.sandbox.fonts import build_font_cache, font_cache


def test_the_list_is_made_once_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "matplotlib-1"

    with build_font_cache(folder):
        pass
    (first,) = folder.glob("fontlist-*.json")
    written = first.stat().st_mtime_ns
    with build_font_cache(folder):
        pass

    assert first.stat().st_mtime_ns == written
    assert list(folder.parent.iterdir()) == [folder]


def test_a_home_that_cannot_be_written_to_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with build_font_cache(tmp_path / "file" / "cache" / "matplotlib-1"):
        done = True

    assert done


def test_the_list_belongs_to_a_version_of_matplotlib() -> None:
    assert font_cache().name == f"matplotlib-{metadata.version('matplotlib')}"
