"""How many runs may go on at a time."""

from __future__ import annotations

import threading
from pathlib import Path

from blobprep.sandbox.admission import Admission, available_memory

GIB = 1024**3


class Running:
    """Threads that were admitted and wait to be let go."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.admitted = threading.Semaphore(0)
        self._leave = threading.Event()
        self._threads: list[threading.Thread] = []

    def ask(self) -> None:
        """Ask for one more."""
        self._threads.append(threading.Thread(target=self._run))
        self._threads[-1].start()

    def is_admitted(self) -> bool:
        """Return whether another one of those that asked is admitted, as it has to be."""
        return self.admitted.acquire(timeout=30)

    def waits(self) -> bool:
        """Return whether no other one is admitted, as far as a moment can tell."""
        return not self.admitted.acquire(timeout=0.2)

    def end(self) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()

    def _run(self) -> None:
        with self._admission.admitted():
            self.admitted.release()
            self._leave.wait(100)


def test_no_more_than_the_number_are_admitted_and_those_that_wait_come_next() -> None:
    running = Running(Admission(2, lambda: 0, lambda: float("inf")))

    for _ in range(3):
        running.ask()
    assert running.is_admitted()
    assert running.is_admitted()
    assert running.waits()
    running.end()
    assert running.is_admitted()


def test_without_memory_for_another_only_one_is_admitted() -> None:
    left = [GIB]
    running = Running(Admission(4, lambda: 2 * GIB, lambda: left[0]))

    running.ask()
    running.ask()
    assert running.is_admitted()
    assert running.waits()
    left[0] = 3 * GIB
    assert running.is_admitted()
    running.end()


def test_a_run_of_which_nothing_is_known_needs_some_memory() -> None:
    running = Running(Admission(4, lambda: 0, lambda: 1024))

    running.ask()
    running.ask()
    assert running.is_admitted()
    assert running.waits()
    running.end()


def test_the_memory_of_this_machine_is_known() -> None:
    assert 2**20 < available_memory() < 2**50


def test_memory_that_only_keeps_files_is_left_to_a_group(tmp_path: Path) -> None:
    for name, text in (("max", "5000"), ("current", "4900"), ("stat", "anon 900\ninactive_file 3000\nfile 4000\n")):
        (tmp_path / f"memory.{name}").write_text(f"{text}\n")

    assert available_memory(str(tmp_path)) == 3100
