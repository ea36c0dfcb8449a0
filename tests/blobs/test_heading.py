"""Looks that take more than they may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blobprep.blobs import heading
from blobprep.errors import MemoryExceeded, TimeExceeded
from blobprep.workspace import Workspace


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A document, which is read whole before its first row is known."""
    monkeypatch.chdir(tmp_path)
    rows = [{"number": number, "text": "x" * 40} for number in range(100_000)]
    Path("large.json").write_text(json.dumps(rows), encoding="utf-8")
    return "large.json"


def test_a_look_that_takes_too_long_is_no_matter_of_the_scripts_time(
    large: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heading, "_SECONDS", 0.001)

    with pytest.raises(TimeExceeded) as raised:
        heading.head(large, workspace=Workspace())

    assert raised.value.message == "large.json: it could not be looked at within 0.001 seconds"


def test_a_look_that_takes_too_much_memory_names_the_setting(large: str) -> None:
    Path("blobprep.toml").write_text('[script]\nmemory = "150MiB"\n', encoding="utf-8")

    with pytest.raises(MemoryExceeded, match=r"^large\.json: .*\[script\] memory"):
        heading.head(large, workspace=Workspace())
