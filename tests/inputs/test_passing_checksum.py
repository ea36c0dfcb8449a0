from __future__ import annotations

import hashlib

import pytest

from blobprep.inputs.passing_checksum import PassingChecksum

WHOLE = bytes(range(100))


def of(*pieces: tuple[int, int]) -> str:
    checksum = PassingChecksum()
    for start, end in pieces:
        checksum.add(memoryview(WHOLE)[start:end], start)
    return checksum.of(len(WHOLE))


@pytest.mark.parametrize(
    "pieces",
    [[(0, 100)], [(0, 40), (40, 99), (99, 100)], [(0, 40), (40, 70), (0, 60), (60, 100)], [(0, 100), (0, 100)]],
)
def test_what_comes_in_order_at_last_has_a_checksum(pieces: list[tuple[int, int]]) -> None:
    assert of(*pieces) == hashlib.sha256(WHOLE).hexdigest()


@pytest.mark.parametrize(
    "pieces",
    [[], [(0, 99)], [(50, 100), (0, 50)], [(0, 50), (51, 100)], [(0, 50), (40, 100)], [(0, 50), (60, 100), (0, 100)]],
)
def test_what_is_cut_or_out_of_order_has_none(pieces: list[tuple[int, int]]) -> None:
    assert of(*pieces) == ""


def test_one_that_is_not_wanted_is_not_known() -> None:
    checksum = PassingChecksum(wanted=False)
    checksum.add(WHOLE, 0)
    assert checksum.of(len(WHOLE)) == ""
