"""What the child makes of failures that are nobody's script."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from blobprep.child.operations.failures import Ended, understood


def test_a_full_disk_is_a_failure_of_its_own() -> None:
    with pytest.raises(Ended) as ended, understood("bundle"), Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")

    assert (ended.value.failure.kind, ended.value.failure.port) == ("disk", "bundle")


def test_any_other_error_of_the_system_is_not_explained_away() -> None:
    with pytest.raises(OSError, match="odd"), understood("bundle"):
        raise OSError(errno.EIO, "odd")
