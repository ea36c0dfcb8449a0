"""Places for requests: how many at a time, in which order, and what those are told for whom there is none."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import ServiceFailure
from blobprep.service.places import Places

SERVICE = ServiceDefinition("iris", "0" * 32, "1" * 32, {}, (), concurrency=100, seconds=30)


def code(failure: ServiceFailure) -> tuple[int, str]:
    return failure.status, failure.details[0].code


def await_waiting(places: Places, number: int) -> None:
    deadline = time.monotonic() + 30
    while places.waiting != number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_waits_longest_is_next() -> None:
    places, order = Places(1, 100), list[int]()
    threads = []

    def run(number: int) -> None:
        with places.taken(SERVICE):
            order.append(number)

    with places.taken(SERVICE):
        for number in range(20):
            threads.append(threading.Thread(target=run, args=(number,)))
            threads[-1].start()
            await_waiting(places, number + 1)
        assert order == []
    for thread in threads:
        thread.join()

    assert order == list(range(20))
    assert (places.running, places.waiting) == (0, 0)


def test_no_more_run_than_there_are_places() -> None:
    places, most, together = Places(3, 100), list[int](), threading.Barrier(3)

    def run() -> None:
        with places.taken(SERVICE):
            most.append(places.running)
            together.wait(30)  # three do run at a time

    threads = [threading.Thread(target=run) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(most) == 30
    assert max(most) == 3
    assert places.running == 0


def test_a_service_beyond_its_own_limit_is_throttled_and_others_are_not() -> None:
    places = Places(2, 10)
    one = replace(SERVICE, concurrency=1)
    with places.taken(one):
        with pytest.raises(ServiceFailure) as raised, places.taken(one):
            pass
        with places.taken(replace(SERVICE, name="other")):
            pass
    assert code(raised.value) == (503, "RequestThrottled")
    assert raised.value.retry_after == 1.0
    with places.taken(one):
        pass


def test_beyond_those_who_may_wait_clients_are_told_to_come_again() -> None:
    places = Places(1, 0)
    with places.taken(SERVICE), pytest.raises(ServiceFailure) as raised, places.taken(SERVICE):
        pass
    assert code(raised.value) == (503, "TooManyConcurrentRequests")


def test_waiting_ends_with_the_time_of_a_request_and_leaves_nothing() -> None:
    places = Places(1, 10)
    with places.taken(SERVICE):
        with pytest.raises(ServiceFailure) as raised, places.taken(replace(SERVICE, seconds=0.05)):
            pass
        assert (places.running, places.waiting) == (1, 0)
    assert code(raised.value) == (408, "ScoreRequestTimeout")
    assert places.running == 0


def test_a_block_that_fails_gives_its_place_back() -> None:
    places = Places(1, 10)
    for _ in range(3):
        with pytest.raises(RuntimeError), places.taken(SERVICE):
            raise RuntimeError
    assert places.running == 0
