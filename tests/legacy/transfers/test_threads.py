from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event, Lock, current_thread

import pytest

from blobprep.legacy.transfers.threads import Progress, work_through


@pytest.mark.parametrize("connections", [0, 1, 2, 5])
def test_answers_come_in_the_order_of_the_items(connections: int) -> None:
    assert work_through(range(50), lambda item: item * 2, connections) == [item * 2 for item in range(50)]


def test_one_connection_works_on_the_calling_thread() -> None:
    workers = work_through(range(3), lambda item: current_thread(), 1)

    assert set(workers) == {current_thread()}


def test_several_connections_work_at_the_same_time() -> None:
    together = Barrier(3, timeout=20)

    work_through(range(3), lambda item: together.wait(), 3)  # one alone would wait in vain


def test_items_are_taken_only_a_little_ahead() -> None:
    lock, taken, done, ahead = Lock(), 0, 0, []

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(40):
            with lock:
                ahead.append(taken - done)
                taken += 1
            yield item

    def work(item: int) -> None:
        nonlocal done
        with lock:
            done += 1

    work_through(items(), work, 2)

    assert taken == 40
    assert max(ahead) <= 3


def test_after_a_failure_no_more_items_are_taken() -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    def fail(item: int) -> None:
        raise KeyError(item)

    with pytest.raises(KeyError):
        work_through(items(), fail, 2)

    assert len(taken) <= 4


def test_work_that_runs_is_waited_for_when_another_fails() -> None:
    begun, ended = Event(), []

    def work(item: int) -> None:
        if item == 0:
            assert begun.wait(20)
            raise KeyError(item)
        begun.set()
        ended.append(item)

    with pytest.raises(KeyError):
        work_through(range(2), work, 2)

    assert ended == [1]


def test_a_failure_to_take_an_item_is_raised() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the stream broke")

    with pytest.raises(OSError, match="the stream broke"):
        work_through(items(), lambda item: item, 3)


def test_progress_adds_up_and_never_goes_back() -> None:
    told = []
    progress = Progress(lambda done, total: told.append((done, total)), 4000, done=1000)

    work_through([100] * 30, progress.add, 5)

    assert told == [(1000 + 100 * count, 4000) for count in range(1, 31)]


def test_progress_without_a_callback_is_not_told() -> None:
    progress = Progress(None, 10)

    progress.tell()
    progress.add(5)
