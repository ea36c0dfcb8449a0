"""Other users: the spare one a child becomes where root starts it, and the ordinary one who starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blobprep.sandbox.kernel_support import detect
from blobprep.sandbox.users import SPARE_USERS, find_closed
from tests.sandbox.elsewhere import ORDINARY, command_as, why_not

pytestmark = pytest.mark.landlock

ROOT = Path(__file__).parents[2]
ABIS = sorted({abi for abi in (1, 3, detect().landlock) if abi <= detect().landlock})
OF_MAKE_TEST = [*ABIS[:1], *(pytest.param(abi, marks=pytest.mark.slow) for abi in ABIS[1:])]


def attempted(user: int | None, abi: int) -> dict[str, Any]:
    """What a confined child could do whose parent runs as a user, or as root."""
    if reason := why_not():
        pytest.skip(reason)
    done = subprocess.run(
        command_as(user, [sys.executable, "-m", "tests.sandbox.attempting", str(abi)]),
        cwd=ROOT,
        env={**os.environ, "HOME": "/nonexistent", "TMPDIR": "/tmp"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("abi", OF_MAKE_TEST)
def test_a_child_of_root_becomes_a_spare_user_and_can_do_nothing(abi: int) -> None:
    told = attempted(None, abi)

    assert (told["done"], told["untouched"], told["error"], told["gone"]) == ([], True, None, True)
    assert told["uid"] in SPARE_USERS
    assert told["status"]["Uid"] == str(told["uid"])
    assert told["status"]["CapBnd"] == "0" * 16
    assert told["status"]["dies by"] == 9  # when its guard does; the kernel forgets it with a change of user
    assert told["limit"] == 1024  # threads count per user, and this one has no others
    assert f"uid {told['uid']}" in told["measures"]


@pytest.mark.parametrize("abi", OF_MAKE_TEST)
def test_a_child_of_an_ordinary_user_can_do_nothing(abi: int) -> None:
    told = attempted(ORDINARY, abi)

    assert (told["done"], told["untouched"], told["error"], told["gone"]) == ([], True, None, True)
    assert told["uid"] is None
    assert told["status"]["Uid"] == str(ORDINARY)


def test_the_first_folder_that_is_closed_to_others_is_named(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    for each in (*tmp_path.parents, tmp_path):
        if each.stat().st_mode & 0o1 == 0:
            pytest.skip("the folder of tests is itself closed to others")
    assert find_closed([str(inner)]) == ""
    (tmp_path / "closed").chmod(0o700)

    assert find_closed(["/usr", str(inner)]) == str(tmp_path / "closed")


@pytest.mark.parametrize(("mode", "expected"), [(0o644, True), (0o600, False)])
def test_a_file_must_be_readable_by_others(mode: int, expected: bool) -> None:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir="/tmp") as file:
        Path(file.name).chmod(mode)
        assert find_closed([file.name]) == ("" if expected else file.name)
