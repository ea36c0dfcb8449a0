"""Real children that are asked more than once, at every level."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blobprep.limits import Limits
from blobprep.protocol import AskedDataset, ChildRequest, Facts, decode_facts
from blobprep.runs.verdict import judge
from blobprep.sandbox.call import CallResult, Ending, WholeInputs
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession
from blobprep.unnamed_files import memory_file
from tests.remains import leaving_nothing
from tests.sandbox.running import csv_options, feed, run_script, survivors

pytestmark = pytest.mark.usefixtures("forked")

LEVELS: tuple[Level, ...] = ("strict", "process", "off")
PROCESSES: tuple[Level, ...] = ("strict", "process")
# At `process` a child is started, asked and ended as at `strict`.
SLOW = pytest.param("process", marks=pytest.mark.slow)
ECHO = b"def azureml_main(frame):\n    print(list(frame))\n    return frame\n"


@pytest.fixture(autouse=True, scope="module")
def imported() -> None:
    """Have libraries open what they keep open in this process."""
    run_script(ECHO, datasets={"dataset1": b"a\n1\n"}, level="off")


@contextmanager
def started(level: Level, limits: Limits | None = None) -> Iterator[ChildSession]:
    """Start a child that leaves no thread, descriptor, process or folder."""
    with leaving_nothing(), start("run", level, limits or Limits()) as session:
        session.require_confined()
        folder = Path(session.folder).parent
        yield session
    assert not folder.exists()
    assert not survivors(folder / "home")


def run(
    session: ChildSession,
    script: bytes,
    data: bytes = b"a\n1\n",
    *,
    last: bool = True,
    more: bool = False,
    seconds: float = 60,
) -> tuple[CallResult, bytes, str]:
    log, inputs = RunLog(), {"script": script, "dataset1": data}
    result, results = feed(session, "prep.py", inputs, log, last=last, more=more, seconds=seconds)
    return result, results, log.text()


def head(session: ChildSession, data: bytes, *, last: bool = True) -> tuple[CallResult, Facts]:
    """Ask for the first rows of a CSV."""
    dataset = memory_file("dataset1")
    try:
        os.write(dataset, data)
        asked = AskedDataset("dataset1", "az://c/t.csv", len(data), "csv", csv_options())
        result = session.call(
            ChildRequest("head", datasets=(asked,), rows=5),
            {"dataset1": dataset},
            log=RunLog(),
            inputs=WholeInputs({"dataset1": len(data)}),
            seconds=60,
            last=last,
        )
    finally:
        os.close(dataset)
    return result, decode_facts(result.facts) if result.facts else Facts()


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_second_request_has_descriptors_facts_and_a_log_of_its_own(level: Level) -> None:
    with started(level) as session:
        first, first_results, first_log = run(session, ECHO, b"a,b\n1,2\n", last=False)
        second, second_results, second_log = run(session, ECHO, b"c\n3\n4\n")

    assert first.ending == Ending(None, "", asked=True, complete=True, scripted=True)
    assert (second.ending.code, second.ending.complete) == (None if level == "off" else 0, True)
    assert (first_results.split(), second_results.split()) == ([b"a,b", b"1,2"], [b"c", b"3", b"4"])
    assert (first_log, second_log) == ("out | ['a', 'b']\n", "out | ['c']\n")
    assert decode_facts(first.facts).inputs["dataset1"].names == ("a", "b")
    assert decode_facts(second.facts).inputs["dataset1"].names == ("c",)
    assert decode_facts(second.facts).outputs["results"].rows == 2


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_child_may_be_asked_for_something_else_and_many_times(level: Level) -> None:
    with started(level) as session:
        for number in range(5):
            result, facts = head(session, b"n\n%d\n" % number, last=False)
            assert result.ending.scripted is False
            assert facts.head == ((str(number),),)
        result, _, log = run(session, ECHO, last=False)
        assert result.ending.scripted
        result, facts = head(session, b"n\n9\n")
        assert result.ending.scripted  # from now on it is the script's word, whatever it was asked
        assert facts.head == (("9",),)
        assert log == "out | ['a']\n"


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_child_is_asked_again_after_a_script_that_failed(level: Level) -> None:
    with started(level) as session:
        failed, _, _ = run(session, b"def azureml_main(frame):\n    raise KeyError('k')\n", last=False)
        again, results, log = run(session, ECHO)

    verdict = judge(failed.ending, failed.facts, Limits())
    assert verdict.error is not None
    assert verdict.error.code == "0085"
    assert judge(again.ending, again.facts, Limits()).error is None
    assert (results.split(), log) == ([b"a", b"1"], "out | ['a']\n")


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_session_that_is_left_between_two_requests_leaves_nothing(level: Level) -> None:
    with started(level) as session:
        run(session, ECHO, last=False)


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_child_that_has_ended_is_not_asked_and_says_how_it_ended(level: Level) -> None:
    with started(level) as session:
        last, _, _ = run(session, ECHO)
        again, results, log = run(session, ECHO, last=False)

    assert again.ending.code == last.ending.code
    assert (again.ending.asked, again.ending.complete) == (True, False)
    assert (again.facts, results) == (b"", b"")
    assert log == "blobprep | the child has ended, and is asked no more\n"


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_child_that_was_killed_between_two_requests_says_so_to_the_next(level: Level) -> None:
    with started(level) as session:
        run(session, ECHO, last=False)
        session.kill()
        again, _, _ = run(session, ECHO)

    assert (again.ending.code, again.ending.cause, again.ending.complete) == (-9, "killed", False)


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_limit_that_one_request_exceeded_is_what_ended_the_next(level: Level) -> None:
    limits = Limits(log=1 << 16)
    flood = b"def azureml_main(frame):\n    while True:\n        print('x' * 1000)\n"
    with started(level, limits) as session:
        run(session, ECHO, last=False)
        first, _, _ = run(session, flood, last=False)
        again, _, _ = run(session, ECHO)

    for result in (first, again):
        error = judge(result.ending, result.facts, limits).error
        assert error is not None
        assert error.code == "log"


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_the_limit_of_the_log_holds_for_each_request(level: Level) -> None:
    limits = Limits(log=1 << 16)
    chatty = b"def azureml_main(frame):\n    print('x' * 40_000)\n    return frame\n"
    with started(level, limits) as session:
        for _ in range(3):
            result, _, _ = run(session, chatty, last=False)
            assert result.ending.complete


ENDLESS = b"import time\ndef azureml_main(frame):\n    while True:\n        time.sleep(1)\n"


@pytest.mark.parametrize("level", ["strict", SLOW])
@pytest.mark.parametrize("last", [False, True])
def test_the_clock_of_a_later_request_ends_it(level: Level, last: bool) -> None:
    limits = Limits(timeout=0.5)
    with started(level, limits) as session:
        assert run(session, ECHO, last=False)[0].ending.complete
        result, _, _ = run(session, ENDLESS, last=last, seconds=0.5)

    assert result.ending.cause == "time"


DROPS_THE_NEXT = b"""
def azureml_main(frame):
    from blobprep.child.channel import Channel
    Channel._on_frame = lambda *_: None
    return frame
"""
FORGES = b"""
import json, os
def azureml_main(frame):
    for name in ("script", "ended"):
        os.write(3, json.dumps({"frame": name, "number": 2}).encode() + b"\\n")
    return frame
"""
ENDS_LATER = b"""
import os, threading
def azureml_main(frame):
    threading.Timer(0.2, os._exit, [7]).start()
    return frame
"""


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_child_that_never_answers_is_ended_by_the_clock(level: Level) -> None:
    with started(level) as session:
        run(session, DROPS_THE_NEXT, last=False)
        result, _, _ = run(session, ECHO, seconds=1)

    assert (result.ending.cause, result.ending.complete, result.ending.scripted) == ("time", False, True)


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_script_cannot_answer_a_request_before_it_is_made(level: Level) -> None:
    with started(level) as session:
        first, _, log = run(session, FORGES, last=False)
        again, _, _ = run(session, ECHO)

    assert "a frame about request 2, which was not made" in log
    assert (first.ending.cause, again.ending.complete) == ("killed", False)


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_child_that_ends_itself_between_or_during_requests_holds_nobody_up(level: Level) -> None:
    with started(level) as session:
        run(session, ENDS_LATER, last=False)
        result, _, _ = run(session, ENDLESS, seconds=60)

    assert (result.ending.code, result.ending.cause) == (7, "")


def test_what_a_request_wrote_before_it_was_done_is_in_its_log_however_it_was_written() -> None:
    raw = b"import os\ndef azureml_main(frame):\n    os.write(2, b'raw' * 10_000 + b'\\n')\n    return frame\n"
    with started("process") as session:
        for _ in range(5):
            assert len(run(session, raw, last=False)[2]) == len("err | \n") + 30_000


@pytest.mark.slow
def test_a_failure_of_the_inputs_ends_the_child_and_the_call() -> None:
    class Failing(WholeInputs):
        def start(self, announce: object, on_failure: object) -> None:
            assert callable(on_failure)
            threading.Thread(target=on_failure).start()

    asked = AskedDataset("dataset1", "az://c/t.csv", 100, "csv", csv_options())
    dataset = memory_file("dataset1")
    for level in LEVELS:
        with started(level) as session:
            request = ChildRequest("head", datasets=(asked,), rows=5)
            result = session.call(request, {"dataset1": dataset}, log=RunLog(), inputs=Failing({}), last=False)
            again = session.call(request, {"dataset1": dataset}, log=RunLog(), last=False)
        assert level == "off" or result.ending.cause == "killed"
        assert not again.ending.complete
    os.close(dataset)


MANY_FILES = b"""
def azureml_main(frame):
    for number in range(300):
        open(f"{number}", "x").close()
    return frame
"""
REACHES = b"""
import socket
def azureml_main(frame):
    for port in (1, 2):
        try:
            socket.create_connection(("first.example", port), 5)
        except OSError:
            pass
    return frame
"""


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_the_limits_are_checked_before_a_call_about_what_this_one_left(level: Level) -> None:
    limits = Limits(files=100)
    with started(level, limits) as session:
        result, _, _ = run(session, MANY_FILES, more=True)
        again, facts = head(session, b"n\n9\n")

    error = judge(result.ending, result.facts, limits).error
    assert error is not None
    assert error.code == "files"
    assert (again.ending.cause, facts) == ("files", Facts())


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_a_child_within_its_limits_goes_on_for_the_call_about_what_it_left_and_then_ends(level: Level) -> None:
    with started(level, Limits(files=400)) as session:
        result, results, _ = run(session, MANY_FILES, more=True)
        assert len(list(Path(session.folder).iterdir())) >= 300
        again, facts = head(session, b"n\n9\n")

    assert (result.ending.goes_on, results.split()) == (True, [b"a", b"1"])
    assert (again.ending.code, facts.head) == (None if level == "off" else 0, (("9",),))


@pytest.mark.parametrize("more", [True, False])
def test_a_call_about_what_another_left_counts_what_both_tried_to_reach(more: bool) -> None:
    with started("strict") as session:
        run(session, REACHES, last=False, more=more)
        result, _, _ = run(session, REACHES.replace(b"first", b"second"))

    expected = [("first.example", port) for port in (1, 2)] if more else []
    expected += [("second.example", port) for port in (1, 2)]
    assert [each.endpoint for each in result.attempts] == [f"{host}:{port}" for host, port in expected]


@pytest.mark.slow
@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_child_that_came_near_its_limit_of_threads_says_so_though_it_goes_on(level: Level) -> None:
    crowding = b"""
import threading, time
def azureml_main(frame):
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return frame
"""
    with started(level, Limits(processes=215)) as session:
        result, _, _ = run(session, crowding, more=True)
        assert result.ending == Ending(None, "", asked=True, complete=True, crowded=True, scripted=True)
