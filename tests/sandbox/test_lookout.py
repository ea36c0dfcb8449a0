"""Checks that a script makes block."""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator

import pytest

from blobprep.sandbox.guard import lookout
from blobprep.sandbox.guard.lookout import Lookout
from blobprep.sandbox.guard.monitor import Monitor


class Stuck(Monitor):
    """A monitor whose checks block until they are released."""

    def __init__(self, folder: str, *, lost: bool) -> None:
        super().__init__(0, folder, {})
        self.began, self.goes_on, self._lost = threading.Event(), threading.Event(), lost

    def check(self) -> str:
        self.looks_for = "memory"
        self.began.set()
        self.goes_on.wait()
        self.looks_for = ""
        return "files"

    def has_lost_too_much(self) -> bool:
        return self._lost


@pytest.fixture(params=[False, True])
def monitor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stuck]:
    made = Stuck(str(tmp_path_factory.mktemp("run")), lost=request.param)
    yield made
    made.goes_on.set()


def test_a_check_without_progress_counts_as_the_limit_that_it_checks(
    monitor: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookout_thread = Lookout(monitor)
    monitor.began.wait()

    assert lookout_thread.check() == ""
    monitor.moved -= 5
    assert lookout_thread.check() == ("disk" if monitor.has_lost_too_much() else "")
    monitor.moved -= 10
    assert lookout_thread.check() == ("disk" if monitor.has_lost_too_much() else "memory")
    monitor.looks_for = "files"
    assert lookout_thread.check() == ("disk" if monitor.has_lost_too_much() else "")

    monitor.goes_on.set()
    assert select.select([lookout_thread.readable], [], [], 30)[0]
    assert lookout_thread.check() == "files"
    lookout_thread.close()


def test_a_check_that_is_stuck_does_not_delay_the_end(monitor: Stuck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "_END", 0.01)
    lookout_thread = Lookout(monitor)
    monitor.began.wait()

    lookout_thread.close()
