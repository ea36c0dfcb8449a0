"""Threads that are used again, and calls that are made later."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from blobprep import spare_threads
from blobprep.spare_threads import KeptThreads, SpareThread, call_later


@pytest.fixture
def kept() -> Iterator[KeptThreads]:
    threads = KeptThreads()
    yield threads
    threads.close()


def idents(count: int) -> list[int]:
    """Return what threads did the work of some that ran one after the other."""
    seen: list[int] = []
    for _ in range(count):
        thread = SpareThread(lambda: seen.append(threading.get_ident()))
        thread.start()
        thread.join()
    return seen


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("blobprep-")]


@pytest.mark.usefixtures("kept")
def test_a_thread_that_is_kept_is_used_again() -> None:
    assert len(set(idents(5))) == 1
    assert threading.get_ident() not in idents(1)


def test_a_thread_that_nobody_keeps_ends_with_its_work() -> None:
    before = names()
    idents(3)
    assert names() == before


def test_threads_that_wait_end_with_the_last_who_keeps_them(kept: KeptThreads) -> None:
    before = names()
    other = KeptThreads()
    idents(1)
    other.close()
    other.close()  # again
    assert len(names()) == len(before) + 1
    kept.close()
    assert names() == before


def test_threads_that_run_at_once_are_different_ones() -> None:
    seen: list[int] = []
    together = threading.Barrier(3)

    def work() -> None:
        together.wait(5)
        seen.append(threading.get_ident())

    threads = [SpareThread(work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 3


def test_work_has_its_arguments_and_the_name_of_its_thread() -> None:
    seen: list[tuple[int, str]] = []
    thread = SpareThread(lambda number: seen.append((number, threading.current_thread().name)), (7,), "blobprep-x")
    thread.start()
    thread.join()
    assert seen == [(7, "blobprep-x")]
    thread.join()  # again
    assert "blobprep-x" not in names()


def test_work_that_was_not_begun_is_not_waited_for() -> None:
    SpareThread(lambda: None).join()


@pytest.mark.usefixtures("kept")
def test_what_work_raises_is_reported_and_its_thread_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def fail() -> None:
        raise KeyError("mass")

    before = idents(1)
    thread = SpareThread(fail)
    thread.start()
    thread.join()
    assert [type(args.exc_value) for args in told] == [KeyError]
    assert idents(1) == before


@pytest.mark.usefixtures("kept")
def test_a_thread_without_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare_threads, "_UNUSED", 0.01)
    before = names()
    idents(1)
    wait_until(lambda: names() == before)
    assert idents(1)


@pytest.mark.usefixtures("kept")
def test_many_who_start_and_join_at_once_are_all_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare_threads, "_UNUSED", 0.001)  # threads end while others want them
    done: list[int] = []

    def many() -> None:
        for number in range(300):
            thread = SpareThread(done.append, (number,))
            thread.start()
            thread.join()

    users = [threading.Thread(target=many) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join(30)
    assert len(done) == 1200


@pytest.mark.usefixtures("kept")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_that_is_forked_has_threads_of_its_own() -> None:
    idents(1)
    later = call_later(60, lambda: None)
    child = os.fork()
    if child == 0:
        called = threading.Event()
        call_later(0.01, called.set)
        os._exit(0 if idents(1) and called.wait(5) else 1)
    assert os.waitpid(child, 0)[1] == 0
    later.cancel()


def test_calls_are_made_when_they_are_due() -> None:
    made: list[str] = []
    begun = time.monotonic()
    call_later(0.1, lambda: made.append("second"))
    call_later(0.05, lambda: made.append("first"))
    assert "blobprep-clock" in names()
    wait_until(lambda: len(made) == 2)
    wait_until(lambda: "blobprep-clock" not in names())
    assert made == ["first", "second"]
    assert time.monotonic() - begun >= 0.1


def test_a_call_that_is_canceled_is_not_made() -> None:
    made: list[str] = []
    canceled = call_later(0.02, lambda: made.append("canceled"))
    last = call_later(0.05, lambda: made.append("last"))
    canceled.cancel()
    wait_until(lambda: bool(made))
    assert made == ["last"]
    last.cancel()  # it was made


def test_the_clock_ends_with_the_last_call_that_is_canceled() -> None:
    calls = [call_later(60, lambda: None) for _ in range(3)]
    for call in calls:
        assert names().count("blobprep-clock") == 1
        call.cancel()
        call.cancel()  # again
    assert "blobprep-clock" not in names()


def test_who_cancels_a_call_that_is_being_made_waits_for_its_end() -> None:
    begun, made = threading.Event(), []

    def slow() -> None:
        begun.set()
        time.sleep(0.05)
        made.append(True)

    later = call_later(0, slow)
    assert begun.wait(5)
    later.cancel()
    assert made == [True]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_fails_does_not_keep_others_from_being_made() -> None:
    made = threading.Event()

    def fail() -> None:
        raise RuntimeError("no thread can be started")

    call_later(0, fail)
    call_later(0.01, made.set)

    assert made.wait(30)
