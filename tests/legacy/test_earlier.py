"""What versions before 2.0 took and did, the overlay takes and does (`make test-legacy` and `make test-all`).

The real versions are asked, and so is the overlay: each public method is called with set answers, and what the earlier
version returned and sent must be in what the overlay returns and sends. What is declared here is in the documentation.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blobprep.legacy import overlay_folder
from tests.legacy.probes.comparing import differences

_ROOT = Path(__file__).parents[2]
PACKAGES = Path(__file__).parent / "packages"
_OF_ALL = {"a change of service properties that changes none is refused": r"set_blob_service_properties "}
_OF_03 = _OF_ALL | {
    "names of metadata keep their case": r"(metadata|get_\w+_metadata .*: value)\.hello: missing",
}
DIFFERENT = {
    "1.5.0": _OF_ALL,
    "0.36.0": _OF_03,
    "0.33.0": _OF_03
    | {
        "what stores a blob returns its properties": r': value: expected null, found {"class": "ResourceProperties"',
        "a range has no sum of the blob": r"content_settings.attributes.content_md5: missing, expected null",
    },
}
# Orders that changed and cannot be told apart, and a name that is taken by name alone.
MOVED = {
    "1.5.0": {"ContainerPermissions"},
    "0.36.0": {"ContainerPermissions", "Include", "Services", "ExponentialRetry"},
    "0.33.0": {"ContainerPermissions", "Include", "Services", "ExponentialRetry"},
}
# Orders that are told apart by type, and a method whose last argument moved by one place.
TOLD_APART = (".generate_blob_shared_access_signature", ".generate_blob", ".put_block_from_url", ".update_page")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the overlay takes and does."""
    return _told(overlay_folder(), tmp_path_factory.mktemp("overlay"))


@pytest.fixture(scope="module", params=DIFFERENT)
def version(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """An earlier version, and what it takes and does."""
    folder = PACKAGES / request.param
    if not folder.is_dir():
        pytest.fail("the real packages are not installed; make test-legacy installs them")
    return request.param, _told(folder, tmp_path_factory.mktemp("earlier"))


@pytest.mark.slow
def test_every_public_class_and_method_takes_what_it_took(version, found) -> None:
    name, earlier = version
    moved = set()
    for place, taken in earlier["signatures"].items():
        now = found["signatures"].get(place)
        assert taken is None or now is not None, place
        assert set(taken or ()) <= set(now or ()), place
        if taken and now[: len(taken)] != taken and not place.endswith(TOLD_APART):
            moved.add(place.rpartition(".")[2])

    assert moved == MOVED[name]


@pytest.mark.slow
def test_every_public_method_returns_and_sends_what_it_did(version, found) -> None:
    name, earlier = version

    told = list(_lost(earlier["methods"], found["methods"]))

    assert len(earlier["methods"]) > 500
    assert [line for line in told if not any(re.search(known, line) for known in DIFFERENT[name].values())] == []
    assert [why for why, known in DIFFERENT[name].items() if not any(re.search(known, line) for line in told)] == []


def _lost(earlier: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for probe, outcome in earlier.items():
        for line in differences(outcome, now.get(probe)):
            if ": not expected, found " not in line:  # that came later
                yield f"{probe}: {line}"


def _told(path: Path, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.legacy.probes.earlier", str(folder / "told.json")]
    subprocess.run(command, check=True, cwd=_ROOT, env=os.environ | {"PYTHONPATH": str(path)})
    told: dict[str, Any] = json.loads((folder / "told.json").read_text())
    return told
