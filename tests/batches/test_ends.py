"""How far a batch is, when it is tried again, and what ends it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from blobprep.batches.coordination.budget import allowed_failures
from blobprep.batches.coordination.progress import BatchProgress, Reporter
from blobprep.batches.coordination.retries import pause_before
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.records import Counts
from blobprep.errors import InvalidOption
from tests.batches.coordinating import Engine
from tests.remains import new_threads


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


# Progress


def test_a_rate_is_of_items_that_ended_lately_and_tells_the_time_left() -> None:
    clock = Clock()
    reporter = Reporter(None, clock)
    reporter.begin("items", 100)
    reporter.running = lambda: ("a",)
    reporter.counts = lambda: Counts(skipped=40)
    assert reporter.look() == BatchProgress("items", 100, 0, 40, 0, ("a",), elapsed=0.0)
    clock.now += 5
    reporter.counts = lambda: Counts(done=9, skipped=40, failed=1)
    seen = reporter.look()
    assert (seen.rate, seen.remaining, seen.ended) == (2.0, 25.0, 50)


def test_progress_is_reported_from_one_thread_until_the_end() -> None:
    seen: list[tuple[str, str]] = []
    told = threading.Event()

    def report(progress: BatchProgress) -> None:
        seen.append((progress.stage, threading.current_thread().name))
        told.set()

    before = set(threading.enumerate())
    with Reporter(report) as reporter:
        assert told.wait(30)
        reporter.begin("record", 3)
    assert seen[0] == ("plan", "blobprep-progress")
    assert seen[-1] == ("record", "blobprep-progress")
    assert not new_threads(before)


# Budgets


@pytest.mark.parametrize(
    ("text", "matched", "allowed"),
    [
        (None, 10, None),
        ("0", 10, 0),
        (" 12 ", 10, 12),
        ("5%", 1000, 50),
        ("5%", 10, 1),
        ("0.1%", 10, 1),
        ("0%", 10, 0),
        ("100%", 7, 7),
    ],
)
def test_a_budget_is_a_number_or_a_part_of_all(text: str | None, matched: int, allowed: int | None) -> None:
    assert allowed_failures(text, matched) == allowed


@pytest.mark.parametrize("text", ["", "-1", "five", "101%", "5 %", "1e3", "%"])
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="max_failures"):
        allowed_failures(text, 10)


# Pauses


def test_pauses_grow_and_differ() -> None:
    assert [pause_before(number, lambda: 1.0) for number in (2, 3, 4, 5, 9)] == [2.0, 8.0, 32.0, 120.0, 120.0]
    assert pause_before(2, lambda: 0.0) == 1.0
    assert len({pause_before(3) for _ in range(20)}) > 1


# Stops


def test_a_stop_that_came_before_the_engine_is_passed_on() -> None:
    stop = Stop()
    assert stop.request() == 0
    asked: list[str] = []

    class Told(Engine):
        def stop(self) -> None:
            asked.append("stop")

        def interrupt(self) -> None:
            asked.append("interrupt")

    engine: Any = Told()
    stop.attach(engine)
    stop.request()
    stop.give_up()
    assert asked == ["stop", "interrupt", "interrupt"]
