"""Versions of what is installed."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from blobprep.distributions import installed_version


def test_versions_are_those_of_the_metadata() -> None:
    known = {found.metadata["Name"]: found.version for found in metadata.distributions()}

    assert len(known) > 20
    assert {name: installed_version(name) for name in known} == known


@pytest.mark.parametrize("folder", ["Some_Thing-1.5.dist-info", "some.thing-1.5-py3.11.egg-info"])
def test_names_are_found_however_they_are_spelt(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / folder).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))

    assert installed_version("some-thing") == "1.5"


def test_what_is_not_installed_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.egg-info").mkdir()  # beside a source, and without a version
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "gone"))

    assert installed_version("other") == ""
    assert installed_version("no-such-distribution") == ""
