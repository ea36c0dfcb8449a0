"""How many runs may go on at a time."""

from __future__ import annotations

import threading

from blobprep.sandbox.admission import Admission, available_memory

GIB = 1024**3


class Running:
    """Threads that were admitted and wait to be let go."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.admitted = threading.Semaphore(0)
        self._leave = threading.Event()
        self._threads: list[threading.Thread] = []

    def ask(self) -> bool:
        """Ask for one more; return whether it is admitted soon."""
        self._threads.append(threading.Thread(target=self._run))
        self._threads[-1].start()
        return self.admitted.acquire(timeout=0.5)

    def end(self) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join(10)

    def _run(self) -> None:
        with self._admission.admitted():
            self.admitted.release()
            self._leave.wait(30)


def test_no_more_than_the_number_are_admitted_and_those_that_wait_come_next() -> None:
    running = Running(Admission(2, lambda: 0, lambda: float("inf")))

    assert [running.ask() for _ in range(3)] == [True, True, False]
    running.end()
    assert running.admitted.acquire(timeout=5)


def test_without_memory_for_another_only_one_is_admitted() -> None:
    left = [GIB]
    running = Running(Admission(4, lambda: 2 * GIB, lambda: left[0]))

    assert [running.ask(), running.ask()] == [True, False]
    left[0] = 3 * GIB
    assert running.admitted.acquire(timeout=5)
    running.end()


def test_a_run_of_which_nothing_is_known_needs_some_memory() -> None:
    running = Running(Admission(4, lambda: 0, lambda: 1024))

    assert [running.ask(), running.ask()] == [True, False]
    running.end()


def test_the_memory_of_this_machine_is_known() -> None:
    assert 2**20 < available_memory() < 2**50
