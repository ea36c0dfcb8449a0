"""Pauses that end when nobody waits for their outcome any more."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from blobprep.account import Account
from blobprep.errors import StoreUnavailable
from blobprep.stores.azure import AzureStore
from blobprep.stores.cancellation import ThisThread, cancel_on, map_in_threads, pause, thread_pool
from tests.server import ALWAYS, Behaviour, Server

LONG = 3600.0


def test_a_pause_ends_when_its_event_is_set() -> None:
    stop = threading.Event()
    stop.set()

    with cancel_on(stop), pytest.raises(StoreUnavailable, match="cancelled"):
        pause(LONG)
    pause(0.0)


def test_a_pause_without_an_end_to_come_lasts() -> None:
    pause(0.0)
    with cancel_on(threading.Event()):
        pause(0.0)


def test_an_error_ends_the_pauses_of_a_crew_and_what_is_queued() -> None:
    pausing: list[Future[None]] = []
    begun = threading.Event()

    def work() -> None:
        begun.set()
        pause(LONG)

    def interrupted() -> None:
        with thread_pool(1, "test") as pool:
            pausing.extend(pool.submit(work) for _ in range(2))
            begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert isinstance(pausing[0].exception(), StoreUnavailable)
    assert pausing[1].cancelled()


def test_a_crew_that_is_led_by_a_thread_of_another_stops_with_it() -> None:
    begun = threading.Event()
    led: list[Future[None]] = []

    def lead() -> None:
        with thread_pool(1, "inner") as inner:
            led.append(inner.submit(pause, LONG))
            begun.set()

    def interrupted() -> None:
        with thread_pool(1, "outer") as outer:
            outer.submit(lead)
            begun.wait()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert isinstance(led[0].exception(), StoreUnavailable)


def test_a_crew_that_fails_does_not_stop_the_one_that_leads_it() -> None:
    def lead() -> bool:
        with pytest.raises(KeyError), thread_pool(1, "inner"):
            raise KeyError
        pause(0.0)
        return True

    with thread_pool(1, "outer") as outer:
        assert outer.submit(lead).result()


def test_the_threads_that_read_parts_stop_with_the_one_that_reads(server: Server) -> None:
    account: Account = server.remote_account()
    server.store.create_container("raw")
    server.store.write("raw", "large", bytes(9 << 20), content_type="a/b")
    store, stop = AzureStore(account), threading.Event()
    stop.set()

    def is_later_part(request: object) -> bool:
        return len(server.requests) > 1

    with (
        server.behave(Behaviour(throttling=ALWAYS, retry_after=60, concerns=is_later_part)),
        cancel_on(stop),
        pytest.raises(StoreUnavailable, match="cancelled"),
    ):
        store.read("raw", "large")

    assert len(server.requests) > 1


def test_work_is_shared_between_this_thread_and_others_and_comes_back_in_order() -> None:
    together = threading.Barrier(3, timeout=30)

    def work(item: int) -> tuple[int, int]:
        together.wait()
        return item, threading.get_ident()

    found = map_in_threads(work, range(3), 3, "test")

    assert [item for item, _ in found] == [0, 1, 2]
    assert found[0][1] == threading.get_ident()
    assert len({thread for _, thread in found}) == 3
    assert map_in_threads(str, [], 3, "test") == []
    assert map_in_threads(lambda item: threading.get_ident(), [1], 3, "test") == [threading.get_ident()]


@pytest.mark.parametrize("wrong", [0, 1])
def test_an_error_of_shared_work_is_raised_and_ends_the_pauses_of_others(wrong: int) -> None:
    def work(item: int) -> None:
        if item == wrong:
            raise KeyError(item)
        if item == 2:
            pause(LONG)

    with pytest.raises(KeyError, match=str(wrong)):
        map_in_threads(work, range(3), 3, "test")


def test_a_pool_without_threads_does_its_work_at_once() -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    with ThisThread() as pool:
        done, failed = pool.submit(threading.get_ident), pool.submit(int, "x")
        with pytest.raises(KeyboardInterrupt):
            pool.submit(stopped)

    assert done.result() == threading.get_ident()
    assert isinstance(failed.exception(), ValueError)
