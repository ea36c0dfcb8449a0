"""Real children that keep the results of a run, and are asked for their profile next."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.protocol import AskedDataset, ChildRequest, Facts, decode_facts
from blobprep.protocol.profiles import AskedProfile
from blobprep.sandbox.call import CallResult, WholeInputs
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession
from tests.sandbox.running import csv_options, feed, run_script
from tests.sandbox.test_repeated_calls import SLOW, started

pytestmark = pytest.mark.usefixtures("forked")

TWICE = b"import pandas as pd\n\n\ndef azureml_main(frame):\n    return pd.concat([frame, frame * 2])\n"
THREAD = b"""
import threading

def azureml_main(frame):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return frame
"""


@pytest.fixture(autouse=True, scope="module")
def imported() -> None:
    """Have libraries open what they keep open in this process."""
    run_script(TWICE, datasets={"dataset1": b"a\n1\n"}, level="off")


def run(session: ChildSession, script: bytes, data: bytes = b"a,b\n1,2\n", **asked: Any) -> tuple[CallResult, str]:
    log = RunLog()
    asked = {"keep_results": True, "last": False, **asked}
    result, _ = feed(session, "prep.py", {"script": script, "dataset1": data}, log, **asked)
    return result, log.text()


def profile(
    session: ChildSession,
    data: Mapping[str, bytes] | None = None,
    asked: AskedProfile | None = None,
    *,
    last: bool = True,
    identity: str = "",
) -> tuple[CallResult, Facts]:
    """Ask for the profile of what was kept, and of CSV datasets."""
    data = data or {}
    datasets = tuple(
        AskedDataset(port, f"az://c/{port}.csv", len(rows), "csv", csv_options()) for port, rows in data.items()
    )
    request = ChildRequest("profile", datasets=datasets, profile=asked or AskedProfile(), identity=identity)
    with ExitStack() as stack:
        files = {port: stack.enter_context(InputSpool.holding(port, rows)) for port, rows in data.items()}
        result = session.call(
            request,
            {port: file.readable for port, file in files.items()},
            log=RunLog(),
            inputs=WholeInputs({port: len(rows) for port, rows in data.items()}),
            seconds=60,
            last=last,
        )
    return result, decode_facts(result.facts)


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_the_results_of_a_run_and_its_inputs_are_profiled_after_it(level: Level) -> None:
    with started(level) as session:
        ran, _ = run(session, TWICE)
        done, facts = profile(session, {"dataset1": b"a,b\n1,2\n"})

    assert (ran.ending.complete, done.ending.complete) == (True, True)
    assert facts.failure is None
    results, dataset = facts.profiles["results"], facts.profiles["dataset1"]
    assert (results.rows, results.width, dataset.rows, dataset.width) == (2, 2, 1, 2)
    assert results.sample.cells == (("1", "2"), ("2", "4"))
    assert [column.name for column in dataset.columns] == ["a", "b"]
    assert facts.inputs["dataset1"].format == "csv"


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_what_is_not_asked_to_be_kept_is_not(level: Level) -> None:
    with started(level) as session:
        run(session, TWICE, keep_results=False)
        _, facts = profile(session)

    assert facts.profiles == {}


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_results_are_kept_for_one_profile_and_until_the_next_run(level: Level) -> None:
    with started(level) as session:
        run(session, TWICE)
        _, first = profile(session, last=False)
        _, second = profile(session, last=False)
        run(session, TWICE)
        run(session, b"def azureml_main(frame):\n    raise ValueError\n")
        _, third = profile(session)

    assert (list(first.profiles), list(second.profiles), list(third.profiles)) == (["results"], [], [])


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_after_a_script_that_failed_its_inputs_are_profiled(level: Level) -> None:
    with started(level) as session:
        failed, _ = run(session, b"def azureml_main(frame):\n    raise ValueError\n")
        _, facts = profile(session, {"dataset1": b"a\n1\n"})

    assert decode_facts(failed.facts).failure is not None
    assert list(facts.profiles) == ["dataset1"]


def test_a_dataset_that_cannot_be_read_costs_only_its_own_profile() -> None:
    with started("process") as session:
        run(session, TWICE)
        _, facts = profile(session, {"dataset1": b'a\n"1\n', "dataset2": b"a\n1\n"})

    assert facts.failure is not None
    assert facts.failure.port == "dataset1"
    assert list(facts.profiles) == ["results"]


def test_both_outputs_are_kept() -> None:
    with started("process") as session, Path(os.devnull).open("wb") as sink:
        script = b"def azureml_main(frame):\n    return frame, frame[['a']]\n"
        log = RunLog()
        inputs = {"script": script, "dataset1": b"a,b\n1,2\n"}
        asked = {"keep_results": True, "second_output": True}
        feed(session, "prep.py", inputs, log, last=False, files={"results2": sink.fileno()}, **asked)
        _, facts = profile(session)

    assert {port: profiled.width for port, profiled in facts.profiles.items()} == {"results": 2, "results2": 1}


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_kept_script_is_asked_again_after_the_profile_of_its_results(level: Level) -> None:
    counting = b"count = 0\n\ndef azureml_main(frame):\n    global count\n    count += 1\n    return frame + count\n"
    with started(level) as session:
        outcomes, logs = [], []
        for _ in range(3):
            ran, log = run(session, counting, identity="same")
            profiled, facts = profile(session, last=False, identity="same")
            outcomes.append((ran.ending.complete, profiled.ending.complete, facts.profiles["results"].sample.cells))
            logs.append(log)

    assert outcomes == [(True, True, ((str(1 + n), str(2 + n)),)) for n in (1, 2, 3)]
    assert all(log.count("globals that this one changed: count") == 1 for log in logs)


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_process_that_a_script_left_a_thread_in_ends_after_the_profile(level: Level) -> None:
    with started(level) as session:
        run(session, THREAD, identity="same")
        assert session.lives
        profiled, facts = profile(session, last=False, identity="same")
        again = session.call(ChildRequest("profile"), {}, log=RunLog(), seconds=60)

    assert list(facts.profiles) == ["results"]
    assert profiled.ending.complete
    assert not again.ending.complete


def test_a_run_keeps_no_table_that_it_was_not_asked_for() -> None:
    import pyarrow as pa

    gc.collect()
    before = pa.total_allocated_bytes()
    with started("off") as session:
        run(session, TWICE)
        profile(session, last=False)
        gc.collect()
        assert pa.total_allocated_bytes() <= before


@pytest.mark.parametrize("level", ["strict", SLOW])
def test_a_child_that_is_started_for_profiles_makes_them_of_datasets(level: Level) -> None:
    with start("profile", level, Limits()) as session:
        _, facts = profile(session, {"dataset1": b"a,b\n1,x\n2,x\n4,y\n", "dataset2": b"c\n1.5\n"})

    first, second = facts.profiles["dataset1"].columns
    assert (first.mean, first.median, second.unique) == (7 / 3, 2, 2)
    assert facts.profiles["dataset2"].columns[0].minimum == 1.5
    assert facts.inputs["dataset2"].rows == 1


def test_without_time_there_are_rows_of_the_results_and_no_input_is_read_again() -> None:
    with started("process") as session:
        run(session, TWICE)
        _, facts = profile(session, {"dataset1": b"a\n1\n"}, AskedProfile(seconds=0.0))

    assert facts.failure is None
    assert list(facts.profiles) == ["results"]
    assert facts.profiles["results"].sample.cells == (("1", "2"), ("2", "4"))
    assert facts.profiles["results"].columns[0].mean is None


@pytest.mark.parametrize("level", ["strict", SLOW, "off"])
def test_values_are_left_out_where_that_is_asked_for(level: Level) -> None:
    with started(level) as session:
        run(session, b"def azureml_main(frame):\n    return frame\n", b"a\nsecret\n")
        result, facts = profile(session, {"dataset1": b"a\nsecret\n"}, AskedProfile(values=False))

    assert b"secret" not in result.facts
    assert sorted(facts.profiles) == ["dataset1", "results"]


FORKS = b"""
import os, time
def azureml_main(frame):
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
    return frame
"""


@pytest.mark.parametrize("identity", ["", "same"])
def test_a_child_whose_script_left_a_process_ends_and_with_it_what_holds_the_results_open(identity: str) -> None:
    with started("process") as session:  # at level strict a script starts none
        result, _ = run(session, FORKS, identity=identity)  # it returns once the stream of the results has ended
        assert (result.ending.code, result.ending.complete) == (0, True)
