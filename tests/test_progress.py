"""What long work says about how far it is."""

from __future__ import annotations

import threading

import pytest

from blobprep.progress import Meter, Progress
from tests.remains import new_threads


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_and_the_time_left_follow_what_has_moved() -> None:
    clock = Clock()
    meter = Meter(None, clock=clock)
    meter.begin("fetch")
    assert (meter.look().rate, meter.look().remaining) == (None, None)

    clock.now += 2
    meter.advance(1000, 5000)

    seen = meter.look()
    assert (seen.stage, seen.done, seen.total, seen.unit) == ("fetch", 1000, 5000, "bytes")
    assert (seen.rate, seen.remaining, seen.elapsed) == (500.0, 8.0, 2.0)


def test_a_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    meter = Meter(None, clock=clock)
    meter.begin("copy")
    for second in range(1, 31):
        clock.now += 1
        meter.advance(min(second, 10) * 1000 + max(0, second - 10) * 10, 100_000)
        meter.look()

    assert meter.look().rate == pytest.approx(10.0)


def test_the_wait_for_the_first_byte_is_no_part_of_a_rate() -> None:
    clock, staged = Clock(), [0]
    meter = Meter(None, clock=clock)
    meter.staged = lambda: staged[0]
    meter.begin("script")
    for _ in range(30):
        clock.now += 1
        meter.look()
    staged[0], clock.now = 800, clock.now + 1

    assert meter.look().rate == 800.0


def test_what_stands_still_has_no_time_left() -> None:
    clock = Clock()
    meter = Meter(None, clock=clock)
    meter.begin("copy")
    meter.advance(1000, 5000)
    for _ in range(20):
        clock.now += 1
        seen = meter.look()

    assert (seen.done, seen.rate, seen.remaining) == (1000, None, None)


def test_threads_may_tell_in_any_order() -> None:
    meter = Meter(None)
    meter.begin("fetch")
    meter.advance(200, 300)
    meter.advance(100, 300)

    assert meter.look().done == 200


def test_staged_results_are_what_a_script_has_done_that_returned() -> None:
    clock, staged = Clock(), [0]
    meter = Meter(None, clock=clock)
    meter.staged = lambda: staged[0]
    meter.begin("fetch")
    assert meter.look().doing == "start"
    meter.advance(300, 300)
    meter.begin("script")
    meter.change("script")
    assert (meter.look().doing, meter.look().done, meter.look().total) == ("script", 0, None)

    staged[0], clock.now = 800, clock.now + 2
    assert (meter.look().doing, meter.look().done, meter.look().rate) == ("write", 800, 400.0)

    meter.begin("commit")
    staged[0], clock.now = 900, clock.now + 1
    assert (meter.look().doing, meter.look().done, meter.look().rate) == ("", 900, 100.0)


def test_no_stage_is_lost_and_the_last_report_is_of_the_end() -> None:
    seen: list[Progress] = []
    with Meter(seen.append) as meter:
        for stage in ("resolve", "fetch", "script", "commit"):
            meter.begin(stage)
        meter.advance(7, 7)

    assert list(dict.fromkeys(progress.stage for progress in seen)) == ["resolve", "fetch", "script", "commit"]
    assert (seen[-1].stage, seen[-1].done, seen[-1].total) == ("commit", 7, 7)


def test_what_moves_is_reported_although_nothing_begins() -> None:
    reported = threading.Event()

    def report(progress: Progress) -> None:
        if progress.done == 5:
            reported.set()

    with Meter(report) as meter:
        meter.begin("copy")
        meter.advance(5, 10)
        assert reported.wait(60)


def test_nobody_who_asks_costs_no_thread() -> None:
    before = set(threading.enumerate())
    with Meter(None) as meter:
        meter.begin("copy")
        assert not new_threads(before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_receiver_that_raises_is_called_no_more_and_the_work_goes_on() -> None:
    seen: list[Progress] = []

    def report(progress: Progress) -> None:
        seen.append(progress)
        raise ValueError("enough")

    with Meter(report) as meter:
        for stage in ("fetch", "script", "commit"):
            meter.begin(stage)

    assert [progress.stage for progress in seen] == ["fetch"]


def test_the_callers_of_before_are_told_by_the_thread_that_moves() -> None:
    moved: list[tuple[int, int]] = []
    stages: list[str] = []
    with Meter(None, moved=lambda *step: moved.append(step), stage=stages.append) as meter:
        meter.begin("fetch")
        meter.advance(1, 2)
        assert (moved, stages) == ([(1, 2)], ["fetch"])
