"""The child's end of the bridge, with an interpreter that says what none of ours would."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest

from blobprep.bridge.frames import write_frame
from blobprep.bridge.stream import Broken, Stream
from blobprep.child.interpreter.conversation import _outcome, _receive
from blobprep.child.interpreter.outcome import failure_of, returned_value
from blobprep.child.interpreter.process import InterpreterProcess
from blobprep.child.script.entry import ScriptFailed
from blobprep.child.script.return_value import read_return_value
from blobprep.confinement.plan import NotConfined, Plan
from blobprep.errors import InterpreterUnusable

PLAN = Plan(7, False, (), ("/work",), (), "/canary", (1,))
ENDED = {"failure": None, "returned": {"kind": "frame"}, "images": [], "notes": [], "versions": {}}


class Puppet:
    """The other end: a process that does nothing, and sockets on which the test speaks."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        our_data, their_data = socket.socketpair()
        self.sockets = ours, theirs, our_data, their_data
        self.pid = os.fork()
        if not self.pid:
            os._exit(5)
        self.process = InterpreterProcess("/old/python", self.pid, ours, our_data)
        self.control: Any = Stream(theirs.fileno())
        self.data: Any = Stream(their_data.fileno())

    def hang_up(self) -> None:
        """Let go of both sockets, as a process does that has ended."""
        for end in self.sockets[1::2]:
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def puppet() -> Iterator[Puppet]:
    made = Puppet()
    yield made
    for end in made.sockets:
        end.close()
    with suppress(ChildProcessError):  # most tests do not ask how it ended
        os.waitpid(made.pid, 0)


@pytest.mark.parametrize("answer", [{"unconfined": "it can fork"}, {"ready": {}}, {"confined": "yes"}, {}])
def test_only_an_interpreter_that_says_so_is_confined(puppet: Puppet, answer: dict[str, Any]) -> None:
    puppet.control.write_json(answer)

    with pytest.raises(NotConfined, match=r"/old/python: (?:it can fork|it did not say that it is confined)"):
        puppet.process.require_confined(PLAN)


def test_the_second_filter_is_given_to_the_interpreter(puppet: Puppet) -> None:
    puppet.control.write_json({"confined": True})
    puppet.process.require_confined(PLAN)

    told = puppet.control.read_json()["plan"]
    assert (told["landlock"], told["canary"], told["processes"]) == (7, "/canary", [1])
    assert len(told["filter"]) > 1000


def test_one_that_ends_before_it_is_confined_runs_nothing(puppet: Puppet) -> None:
    puppet.hang_up()

    puppet.process.require_confined(PLAN)

    with pytest.raises(InterpreterUnusable, match="ended with status 5 before it had begun"):
        puppet.process.require_ready()


def test_what_it_lacks_is_told_with_its_path(puppet: Puppet) -> None:
    puppet.control.write_json({"lacks": "its pandas is 0.17"})

    with pytest.raises(InterpreterUnusable, match=r"/old/python: its pandas is 0\.17"):
        puppet.process.require_ready()


@pytest.mark.parametrize(
    "ended",
    [
        {},
        {**ENDED, "images": 7},
        {**ENDED, "returned": {"kind": "frame"}},  # and no frame came
        {**ENDED, "returned": None},
        {**ENDED, "versions": []},
        {**ENDED, "failure": {"causes": [], "traceback": ""}},
        {**ENDED, "returned": {"kind": "array", "shape": ["x"], "dtype": "f8"}},
        {**ENDED, "returned": {"kind": "array", "shape": [1], "dtype": "nonsense"}},
    ],
)
def test_a_last_message_that_is_not_whole_is_refused(ended: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        _outcome(ended, [])


def test_frames_that_end_in_the_middle_are_explained_by_the_last_message(puppet: Puppet) -> None:
    puppet.control.write_json({"frames": 1})
    puppet.data.write_json({"rows": 3, "columns": 1, "levels": 0, "tuples": False})
    puppet.sockets[3].shutdown(socket.SHUT_RDWR)
    puppet.control.write_json({"ended": ENDED})

    assert _receive(puppet.process) == ([], ENDED)


@pytest.mark.parametrize(
    "message",
    [
        {"rows": -1, "columns": 1, "levels": 0, "tuples": False},
        {"rows": 1 << 50, "columns": 1, "levels": 0, "tuples": False},
        {"rows": True, "columns": 1, "levels": 0, "tuples": False},
        {"rows": 1, "columns": 1},
        [],
    ],
)
def test_a_frame_that_is_none_is_refused(puppet: Puppet, message: Any) -> None:
    puppet.control.write_json({"frames": 1})
    puppet.data.write_json(message)
    puppet.data.write_bytes(b"")
    puppet.data.write_json({"names": 1, "index": 1})
    puppet.control.write_json({"ended": ENDED})

    assert _receive(puppet.process)[0] == []


def test_a_whole_answer_is_read(puppet: Puppet) -> None:
    frame = pd.DataFrame({"x": [1, 2]})
    puppet.control.write_json({"frames": 1})
    write_frame(puppet.data, frame)
    puppet.control.write_json({"ended": {**ENDED, "images": [["a.png", "open"], ["b.png", "forged"]]}})

    made, ended = _receive(puppet.process)
    outcome = _outcome(ended, made)

    assert outcome.returned is not None
    pd.testing.assert_frame_equal(outcome.returned.frame, frame)
    assert [(figure.path, figure.origin) for figure in outcome.figures] == [("a.png", "open"), ("b.png", "saved")]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"kind": "none"}, "returned None"),
        ({"kind": "other", "type": "Series"}, "returned a Series"),
        ({"kind": "array", "shape": [2, 10**12], "dtype": "<f8"}, r"shape \(2, 1000000000000\) and type float64"),
        ({"kind": "list", "elements": []}, "an empty list"),
        ({"kind": "tuple", "elements": [{"frame": False, "none": False, "type": "int"}]}, "first element is an int"),
    ],
)
def test_what_was_returned_is_told_in_the_words_of_here(told: dict[str, Any], message: str) -> None:
    with pytest.raises(ScriptFailed, match=message):
        read_return_value(returned_value(told, []))


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"types": ["MemoryError"], "message": ""}, "memory"),
        ({"types": ["IOError"], "message": "no space", "errno": 28}, "disk"),
        ({"types": ["OSError"], "message": "too large", "errno": 27}, "file"),
        ({"types": ["error", "Exception"], "message": "can't start new thread"}, "script"),
        ({"types": ["RuntimeError"], "message": "can't start new thread"}, "threads"),
        ({"types": ["ValueError"], "message": "wrong"}, "script"),
    ],
)
def test_what_ran_out_there_is_told_by_numbers_and_names(facts: dict[str, Any], kind: str) -> None:
    failure = failure_of({"causes": [facts], "traceback": "T", "line": "L", "stage": "script"})

    assert (failure.kind, failure.message, failure.traceback) == (kind, "L", "T")
