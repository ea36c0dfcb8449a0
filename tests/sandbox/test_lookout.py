"""Looks that a script makes last."""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator

import pytest

from blobprep.sandbox.guard import lookout
from blobprep.sandbox.guard.lookout import Lookout
from blobprep.sandbox.guard.monitor import Monitor


class Stuck(Monitor):
    """A watch whose looks last until they are let go."""

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
def watch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stuck]:
    made = Stuck(str(tmp_path_factory.mktemp("run")), lost=request.param)
    yield made
    made.goes_on.set()


def test_a_look_that_gets_no_further_is_too_much_of_what_it_looks_for(
    watch: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = Lookout(watch)
    watch.began.wait()

    assert looking.check() == ""
    watch.moved -= 5
    assert looking.check() == ("disk" if watch.has_lost_too_much() else "")
    watch.moved -= 10
    assert looking.check() == ("disk" if watch.has_lost_too_much() else "memory")
    watch.looks_for = "files"
    assert looking.check() == ("disk" if watch.has_lost_too_much() else "")

    watch.goes_on.set()
    assert select.select([looking.readable], [], [], 30)[0]
    assert looking.check() == "files"
    looking.close()


def test_a_look_that_is_stuck_does_not_hold_up_the_end(watch: Stuck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "_END", 0.01)
    looking = Lookout(watch)
    watch.began.wait()

    looking.close()
