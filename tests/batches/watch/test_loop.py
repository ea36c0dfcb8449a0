"""Cycle after cycle: when the next one begins, what ends a watch, and which messages are covered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from blobprep.batches.coordination.stop import Stop
from blobprep.batches.watch.hints import Hints
from blobprep.batches.watch.loop import watch_cycles
from blobprep.errors import BlobprepError, ClaimLost, InvalidOption, OutputExists, ScriptError, StoreUnavailable


class Held:
    """Hints without a queue: messages are put here by the test."""

    def __init__(self) -> None:
        self.messages, self.covered, self.kept = list[str](), list[str](), list[str]()
        self.came: float | None = None

    def news(self) -> float | None:
        return self.came

    def take(self, age: float) -> Sequence[str]:
        taken, self.messages, self.came = self.messages, [], None
        return taken

    def cover(self, taken: Sequence[str]) -> None:
        self.covered += taken

    def give_back(self, taken: Sequence[str]) -> None:
        self.kept += taken


def run(outcomes: Sequence[BlobprepError | str], held: Held | None = None, **changes: Any) -> tuple[Any, list[str]]:
    """Run a watch whose cycles end so; the last of them stops it."""
    stop, said, left = Stop(), list[str](), list(outcomes)

    def cycle() -> str:
        outcome = left.pop(0)
        if not left:
            stop.request()
        if isinstance(outcome, BlobprepError):
            raise outcome
        return outcome

    asked = {"every": 0.01, "settle": 0.0, "once": False, **changes}
    watched = watch_cycles(
        cycle, stop, hints=cast(Hints | None, held), say=said.append, is_whole=lambda made: made != "cut off", **asked
    )
    return watched, said


def test_the_last_cycle_is_returned() -> None:
    assert run(["a", "b", "c"]) == ("c", [])


def test_once_is_one_cycle() -> None:
    assert run(["a", "b"], once=True) == ("a", [])


def held(message: str) -> OutputExists:
    error = OutputExists(message)
    error.passes = True
    return error


def test_what_passes_is_told_and_tried_again_from_the_first_cycle_on() -> None:
    made, said = run([StoreUnavailable("away"), "b", "c"])

    assert made == "c"
    assert said == ["away; it is tried again in 0.01 s"]


def test_a_watch_stands_by_while_another_has_the_record_and_says_so_once() -> None:
    errors = [held("held, 1 s ago"), ClaimLost("lost"), held("held, 2 s ago")]
    made, said = run([*errors, "b", ClaimLost("lost again"), "c"])

    assert made == "c"
    standing = "this watch stands by, and goes on once the record is free"
    assert said == [f"held, 1 s ago; {standing}", f"lost again; {standing}"]


def test_a_watch_that_is_stopped_while_it_stands_by_ends_well() -> None:
    assert run(["a", held("held")])[0] is None


def test_a_cycle_that_gave_up_its_record_does_not_end_the_watch() -> None:
    stop, said, calls = Stop(), list[str](), list[str]()

    def cycle() -> str:
        calls.append("")
        if len(calls) == 1:
            stop.give_up()
            raise ClaimLost("taken over")
        assert stop.level == 0
        stop.request()
        return "made"

    made = watch_cycles(cycle, stop, every=0.01, hints=None, settle=0, once=False, say=said.append, is_whole=bool)

    assert (made, stop.level, len(said)) == ("made", 1, 1)
    with pytest.raises(ClaimLost):
        run([ClaimLost("taken over"), "b"], once=True)


def test_a_prefix_with_something_else_ends_the_first_cycle() -> None:
    with pytest.raises(OutputExists):
        run([OutputExists("the record of copies"), "b"])


def test_what_would_fail_each_time_ends_the_first_cycle_and_is_told_in_later_ones() -> None:
    with pytest.raises(ScriptError):
        run([ScriptError("no script"), "b"])
    assert run(["a", ScriptError("no script"), "c"])[1] == ["no script; it is tried again in 0.01 s"]


def test_wrong_options_end_a_watch_whenever_they_are_seen() -> None:
    with pytest.raises(InvalidOption):
        run(["a", InvalidOption("no"), "c"])


@pytest.mark.parametrize(("last", "covered"), [("whole", ["a", "c"]), ("cut off", ["a"])])
def test_messages_are_covered_by_a_cycle_that_came_to_its_end_and_kept_by_one_that_failed_or_was_cut_off(
    last: str, covered: list[str]
) -> None:
    """That the watch is stopped in the last of them says nothing: all may have been done by then."""
    arriving = [["b"], ["c"], []]

    class Arriving(Held):
        def take(self, age: float) -> Sequence[str]:
            taken = super().take(age)
            self.messages = arriving.pop(0)
            return taken

    held = Arriving()
    held.messages = ["a"]
    run(["whole", StoreUnavailable("away"), last], held)

    assert held.covered == covered
    assert held.kept == ["b"]


def test_a_hint_brings_the_next_cycle_forward_and_waits_for_blobs_to_settle() -> None:
    held, stop, begun = Held(), Stop(), list[float]()
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0
        if now[0] == 10.0:
            held.came = 10.0
        return now[0]

    def cycle() -> None:
        begun.append(now[0])
        if len(begun) == 2:
            stop.request()

    watch_cycles(
        cycle,
        stop,
        every=1e6,
        hints=cast(Hints, held),
        settle=5,
        once=False,
        say=lambda text: None,
        is_whole=bool,
        clock=clock,
    )

    assert begun[0] == 0
    assert 16 <= begun[1] <= 18
