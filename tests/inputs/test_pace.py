"""How many ranges are requested at once."""

from __future__ import annotations

import pytest

from blobprep.inputs.pace import MOST, Pace

MEBIBYTE = 1024 * 1024


def grow(rates: list[float], *, waiting: int = 100) -> list[int]:
    """Return the number of workers after each window, whose rates in MiB a second are given."""
    now, workers, seen = 0.0, 4, []
    pace = Pace(workers, lambda: now)
    for rate in rates:
        now += workers * 4 / rate
        workers += sum(pace.count_more(4 * MEBIBYTE, waiting) for _ in range(workers))
        seen.append(workers)
    return seen


def test_workers_double_while_that_moves_more() -> None:
    assert grow([100, 200, 400, 800]) == [8, 16, MOST, MOST]


@pytest.mark.parametrize("second", [50, 100, 109])
def test_workers_that_move_no_more_are_the_last_ones(second: float) -> None:
    assert grow([100, second, 1000, 5000]) == [8, 8, 8, 8]


def test_there_are_no_more_workers_than_ranges() -> None:
    assert grow([100], waiting=1) == [5]
    assert grow([100], waiting=0) == [4]


def test_a_few_bytes_decide_nothing() -> None:
    pace = Pace(4, lambda: 0.0)
    assert [pace.count_more(10, 100) for _ in range(1000)] == [0] * 1000
