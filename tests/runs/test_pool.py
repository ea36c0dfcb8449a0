"""Runs of a pool, with real children: what stays of a run for the next one, and what does not."""

from __future__ import annotations

import gc
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import blobprep
from blobprep.errors import DatasetError, InvalidOption
from blobprep.runs.result import Run
from blobprep.sandbox.isolation import Level
from tests.remains import descriptors, leaving_nothing, new_descriptors, new_threads

SCRIPTS = Path(__file__).parents[1] / "scripts"
PID = "import os\n{top}\ndef azureml_main(frame):\n    {body}\n    frame['pid'] = os.getpid()\n    return frame\n"

_numbers = itertools.count()


class Runs:
    """A pool, and a folder that its scripts, datasets and results are in."""

    def __init__(self, pool: blobprep.Pool, folder: Path, level: Level = "strict") -> None:
        self.pool, self.folder, self.level = pool, folder, level

    def run(self, script: str | Callable[..., Any], data: str = "a\n1\n", **options: Any) -> Run:
        number = next(_numbers)
        dataset = self.folder / f"{number}.csv"
        dataset.write_text(data)
        if isinstance(script, str) and "\n" in script:
            path = self.folder / "prep.py"
            path.write_text(script)
            script = str(path)
        options = {"isolation": self.level, **options}
        return self.pool.run(script, str(dataset), output=str(self.folder / f"out/{number}/"), **options)

    def cell(self, script: str | Callable[..., Any], column: str, **options: Any) -> Any:
        run = self.run(script, **options)
        run.raise_for_failure()
        return run.dataframe[column][0]


@pytest.fixture(scope="module")
def pool() -> Iterator[blobprep.Pool]:
    with blobprep.Pool(workers=1) as shared:
        yield shared


@pytest.fixture(params=["strict", pytest.param("process", marks=pytest.mark.slow)])
def runs(pool: blobprep.Pool, request: pytest.FixtureRequest, tmp_path: Path) -> Runs:
    return Runs(pool, tmp_path, request.param)


def look(runs: Runs, do: str = "look") -> dict[str, Any]:
    run = runs.run(str(SCRIPTS / "leave_or_look.py"), f"do\n{do}\n")
    run.raise_for_failure()
    row = run.dataframe.iloc[0].to_dict()
    return {**row, "found": json.loads(row["found"]), "numbers": json.loads(row["numbers"]), "run": run}


def test_of_a_run_stays_the_loaded_script_and_nothing_else(runs: Runs) -> None:
    first = look(runs)
    left = look(runs, "leave")
    after = look(runs)

    assert first["pid"] == left["pid"] == after["pid"]
    assert (left["calls"] - first["calls"], after["calls"] - first["calls"]) == (1, 2)
    assert after["found"] == first["found"]
    assert first["found"]["rows"] == 7
    assert dict(first["found"]["environment"])["LOADED"] == "yes"
    assert "/loaded" in first["found"]["path"]


@pytest.mark.slow
def test_random_numbers_are_other_ones_in_each_run(runs: Runs) -> None:
    found = [look(runs, do)["numbers"] for do in ("look", "leave", "look", "look")]

    assert len(set(map(tuple, found))) == 4
    assert [0.13436424411240122, 0.417022004702574] not in found  # of seed 1


def test_figures_log_and_warnings_are_those_of_the_run(runs: Runs) -> None:
    left, after = look(runs, "leave")["run"], look(runs)["run"]

    assert list(left.figures) == ["figures/saved.png", "figures/figure1.png"]
    assert not after.figures
    assert left.log.splitlines()[-1] == "out | no end of line"
    assert "err | left in the log" in left.log
    assert after.log.count("UserWarning: looked") == 1
    assert after.log.count("a line of the log") == 1
    assert "left" not in after.log


@pytest.mark.parametrize(
    "body",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "globals()['held'] = open('held.txt', 'w')",
        "globals()['held'] = os.dup(1)",
        "import sys; sys.meta_path.append(None.__class__)",
        "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "import signal; signal.alarm(600)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 4096))",
        "import warnings; warnings.formatwarning = str",
        "import logging; logging.lastResort = None",
        "import os; os.close(0)",
        "import os; null = os.open(os.devnull, os.O_WRONLY); os.dup2(null, 1); os.close(null)",
        "import os; os.makedirs('deep/' * 150)",
    ],
)
def test_a_process_that_cannot_be_cleaned_is_not_asked_again(runs: Runs, body: str) -> None:
    script = PID.format(top="", body=body)

    assert runs.cell(script, "pid") != runs.cell(script, "pid")


def test_a_background_process_of_a_run_is_not_there_in_the_next(pool: blobprep.Pool, tmp_path: Path) -> None:
    runs = Runs(pool, tmp_path, "process")
    script = PID.format(top="", body="os.system('sleep 600 &')")

    assert runs.cell(script, "pid") != runs.cell(script, "pid")


def test_a_script_that_limits_its_own_descriptors_runs_as_it_does_alone(runs: Runs) -> None:
    limits = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 4096))"

    assert [runs.run(PID.format(top=limits, body="pass")).status for _ in range(2)] == ["succeeded"] * 2


@pytest.mark.parametrize("left", ["os.chmod(os.path.expanduser('~'), 0o500)", "os.makedirs('a/b'); os.chmod('a', 0)"])
def test_a_folder_that_is_closed_is_no_fault_of_the_next_run(runs: Runs, left: str) -> None:
    script = PID.format(top="", body=left)

    assert [runs.run(script).status for _ in range(2)] == ["succeeded"] * 2


def test_imports_of_a_script_look_as_they_do_in_a_run_alone(runs: Runs, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "old.py").write_text("import warnings\nwarnings.warn('old', stacklevel=2)\n")
    script = PID.format(top="import old\nimport missing", body="pass")

    run = runs.run(script, bundle=str(bundle))

    assert f"{tmp_path}/prep.py:2: UserWarning: old" in run.log
    assert run.manifest.error is not None
    assert run.manifest.error.message.count("File ") == 1


@pytest.mark.parametrize("top", ["import random; random.seed(3)", "import numpy; numpy.random.rand()"])
def test_a_script_that_is_loaded_with_random_numbers_is_loaded_each_time(runs: Runs, top: str) -> None:
    script = PID.format(top=top, body="import random, numpy; frame['r'] = [random.random()]")

    first, second = runs.run(script).dataframe, runs.run(script).dataframe

    assert first["pid"][0] != second["pid"][0]
    assert (first["r"][0] == second["r"][0]) == ("seed" in top)


def test_a_failed_run_has_its_own_error_and_the_next_one_another_process(runs: Runs) -> None:
    script = PID.format(top="", body="1 / frame['a'][0]; frame['q'] = 1 // int(frame['a'][0])")
    before = runs.cell(script, "pid")

    failed = runs.run(script, "a\n0\n")

    assert failed.status == "failed"
    assert "ZeroDivisionError" in failed.log
    assert runs.cell(script, "pid") != before


def test_a_run_that_takes_too_long_ends_its_process_alone(runs: Runs) -> None:
    script = PID.format(top="import time", body="time.sleep(float(frame['a'][0]))")
    runs.cell(script, "pid")

    stopped = runs.run(script, "a\n60\n", timeout=1)

    assert stopped.manifest.error is not None
    assert stopped.manifest.error.code == "time"
    assert runs.run(script, "a\n0\n").status == "succeeded"


def test_a_child_that_has_died_between_two_runs_is_replaced(runs: Runs) -> None:
    script = PID.format(top="", body="pass")
    pid = int(runs.cell(script, "pid"))

    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").exists():
        time.sleep(0.01)

    assert runs.cell(script, "pid") != pid


def test_a_child_that_has_died_is_replaced_before_its_guard_says_so(runs: Runs) -> None:
    script = PID.format(top="", body="pass")
    pid = int(runs.cell(script, "pid"))
    guard = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(guard, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        ended = os.pidfd_open(pid)
        assert select.select([ended], [], [], 60)[0]
        os.close(ended)

        assert runs.cell(script, "pid") != pid
    finally:
        os.kill(guard, signal.SIGCONT)


def test_scripts_parameters_and_bundles_have_processes_of_their_own(runs: Runs, tmp_path: Path) -> None:
    script = PID.format(top="import value", body="frame['value'] = value.VALUE")
    bundle = tmp_path / "bundle"
    bundle.mkdir()

    def ask(value: int, **options: Any) -> tuple[int, int]:
        (bundle / "value.py").write_text(f"VALUE = {value}\n")
        found = runs.run(script, bundle=str(bundle), **options).dataframe
        return int(found["pid"][0]), int(found["value"][0])

    first, other, third = ask(1), ask(2), ask(2, parameters={"a": "b"})

    assert [value for _, value in (first, other, third)] == [1, 2, 2]
    assert len({pid for pid, _ in (first, other, third)}) == 3


def test_other_parameters_go_to_the_same_process_where_the_script_keeps_nothing_of_them(runs: Runs) -> None:
    body = "frame['day'] = blobprep_parameters['day'] + os.environ['BLOBPREP_PARAMETER_day'] + str(len(os.environ))"

    found = [
        runs.run(PID.format(top="", body=body), parameters={"day": day, extra: "1"}).dataframe.iloc[0]
        for day, extra in (("mon", "one"), ("tue", "other"))
    ]

    count = found[0]["day"].removeprefix("monmon")
    assert [row["day"] for row in found] == [f"monmon{count}", f"tuetue{count}"]
    assert found[0]["pid"] == found[1]["pid"]


def test_other_parameters_have_a_process_of_their_own_where_the_script_keeps_some(runs: Runs) -> None:
    script = "KEPT = {}\n" + PID.format(
        top="", body="frame['day'] = KEPT.setdefault('day', blobprep_parameters['day'])"
    )

    found = [runs.run(script, parameters={"day": day}).dataframe.iloc[0] for day in ("mon", "tue")]

    assert [row["day"] for row in found] == ["mon", "tue"]
    assert found[0]["pid"] != found[1]["pid"]


def test_a_bundle_is_unpacked_for_each_run(runs: Runs, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "late.py").write_text("WORD = 'late'\n")
    (bundle / "text.txt").write_text("whole")
    script = PID.format(
        top="",
        body="import late; frame['w'] = open('Script Bundle/text.txt').read(); open('Script Bundle/text.txt', 'w')",
    )

    found = [runs.run(script, bundle=str(bundle)).dataframe.iloc[0] for _ in range(2)]

    assert [row["w"] for row in found] == ["whole", "whole"]
    assert found[0]["pid"] == found[1]["pid"]


def test_changed_globals_are_told(runs: Runs) -> None:
    script = PID.format(top="count = 0", body="global count; count += 1; frame['n'] = count")

    assert [runs.cell(script, "n"), runs.cell(script, "n")] == [1, 2]
    assert "the next run in this process sees the globals that this one changed: count" in runs.run(script).log


def test_a_function_is_kept_too(runs: Runs) -> None:
    def azureml_main(frame: Any) -> Any:
        globals()["set_anew"] = object()
        return frame.assign(pid=os.getpid())

    first, second = (runs.run(azureml_main) for _ in range(2))

    assert first.dataframe["pid"][0] == second.dataframe["pid"][0]
    assert "the globals that this one changed: set_anew" in second.log


def test_fresh_gives_each_run_a_process_of_its_own(tmp_path: Path) -> None:
    script = PID.format(top="count = 0", body="global count; count += 1; frame['n'] = count")
    with blobprep.Pool(workers=1, fresh=True) as pool:
        runs = Runs(pool, tmp_path)
        found = [runs.run(script).dataframe.iloc[0] for _ in range(3)]

    assert len({row["pid"] for row in found}) == 3
    assert [row["n"] for row in found] == [1, 1, 1]


def test_the_record_says_how_the_process_of_the_run_was_confined(tmp_path: Path) -> None:
    script = PID.format(top="", body="frame['uid'] = os.getuid()")
    with blobprep.Pool(workers=1, fresh=True) as pool:
        runs = Runs(pool, tmp_path)
        found = [runs.run(script) for _ in range(3)]

    for run in found:
        assert f"uid {run.dataframe['uid'][0]}" in run.manifest.isolation.measures


def test_fresh_processes_have_random_numbers_of_their_own(tmp_path: Path) -> None:
    script = PID.format(top="import numpy, random", body="frame['r'] = numpy.random.rand() + random.random()")
    with blobprep.Pool(workers=1, fresh=True) as pool:
        runs = Runs(pool, tmp_path)
        found = {runs.cell(script, "r") for _ in range(4)}

    assert len(found) == 4


def test_a_process_is_replaced_after_so_many_runs(tmp_path: Path) -> None:
    script = PID.format(top="", body="pass")
    with blobprep.Pool(workers=1, max_runs=2) as pool:
        runs = Runs(pool, tmp_path)
        first, second, third = (runs.cell(script, "pid") for _ in range(3))

    assert first == second != third


def test_a_process_that_keeps_memory_is_replaced(tmp_path: Path) -> None:
    script = PID.format(top="kept = []", body="kept.append(bytearray(int(frame['a'][0])))")
    with blobprep.Pool(workers=1, max_growth=64 * 1024**2) as pool:
        runs = Runs(pool, tmp_path)
        small, other, large, after = (
            runs.run(script, f"a\n{size}\n").dataframe["pid"][0] for size in (1, 1, 128 * 1024**2, 1)
        )

    assert small == other == large != after


def test_threads_run_beside_each_other_and_no_more_than_workers(tmp_path: Path) -> None:
    body = "frame['began'] = time.time(); time.sleep(0.3); frame['ended'] = time.time()"
    script = PID.format(top="import time", body=body)
    (tmp_path / "prep.py").write_text(script)
    deadline = time.monotonic() + 60
    done: list[Run] = []
    most = 0
    with blobprep.Pool(workers=2) as pool, ThreadPoolExecutor(4) as threads:
        runs = Runs(pool, tmp_path)
        while most < 2:  # the second process may take longer to start than all of the runs take in the first
            assert time.monotonic() < deadline
            done += threads.map(lambda _: runs.run(str(tmp_path / "prep.py")), range(6))
            times = np.array([run.dataframe[["began", "ended"]].iloc[0] for run in done])
            most = max(int(((times[:, 0] <= moment) & (times[:, 1] > moment)).sum()) for moment in times[:, 0])

    assert most == 2


def settle(pool: blobprep.Pool, folder: Path) -> None:
    """Have libraries open what they keep open, and wait until the shared pool neither starts nor ends a child."""
    Runs(pool, folder).run(PID.format(top="", body="pass"))
    together = threading.Barrier(3, timeout=60)
    for _ in range(2):  # threads that do it, which are at nothing else once they are here
        pool._children._helper.submit(together.wait)
    together.wait()


def test_a_pool_leaves_nothing(pool: blobprep.Pool, tmp_path: Path) -> None:
    script = PID.format(top="", body="pass")
    settle(pool, tmp_path)

    with leaving_nothing():
        with blobprep.Pool(workers=1) as another:
            runs = Runs(another, tmp_path)
            pids = [int(runs.cell(script, "pid")) for _ in range(2)]
            failed = runs.run(PID.format(top="", body="os._exit(3)"))
        assert failed.status == "failed"
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_closed_pool_ends_the_run_that_is_at_work_when_it_is_done(tmp_path: Path) -> None:
    script = PID.format(top="import time", body="time.sleep(1)")
    began = threading.Event()
    pool = blobprep.Pool(workers=1)
    runs = Runs(pool, tmp_path)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(runs.run, script, stage=lambda stage: began.set() if stage == "script" else None)
        assert began.wait(60)
        pool.close()

        assert running.result().status == "succeeded"


def test_a_pool_that_is_forgotten_ends_its_processes(pool: blobprep.Pool, tmp_path: Path) -> None:
    script = PID.format(top="", body="pass")
    settle(pool, tmp_path)

    with leaving_nothing():
        before, opened = set(threading.enumerate()), descriptors()
        pid = int(Runs(blobprep.Pool(workers=1), tmp_path).cell(script, "pid"))
        gc.collect()
        deadline = time.monotonic() + 60
        # A thread that nobody waits for ends it, the template and its socket last.
        while Path(f"/proc/{pid}").exists() or new_threads(before) or new_descriptors(opened):
            assert time.monotonic() < deadline
            time.sleep(0.01)


FORKING = """
import os, blobprep

def run():
    return pool.run("prep.py", "t.csv", output="out/", overwrite=True).dataframe["pid"][0]

with blobprep.Pool(workers=1) as pool:
    before = run()
    forked = os.fork()
    if not forked:
        try:
            run()
        except blobprep.errors.UsageError as error:
            print(error.message, flush=True)
        pool.close()
        os._exit(0)
    os.waitpid(forked, 0)
    print(before == run(), flush=True)
"""


def test_a_forked_process_leaves_the_pool_of_its_parent_alone(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_text(PID.format(top="", body="pass"))
    (tmp_path / "t.csv").write_text("a\n1\n")

    printed = subprocess.check_output([sys.executable, "-c", FORKING], cwd=tmp_path, text=True, timeout=120)

    refused, same = printed.splitlines()
    assert refused.startswith("this pool belongs to process")
    assert same == "True"


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"max_runs": -1}, {"max_age": 0}, {"max_growth": -1}])
def test_bounds_of_a_pool_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(wrong))):
        blobprep.Pool(**wrong)


def test_isolation_off_runs_here(tmp_path: Path) -> None:
    with blobprep.Pool(workers=1) as pool:
        assert Runs(pool, tmp_path).cell(PID.format(top="", body="pass"), "pid", isolation="off") == os.getpid()


LEARNING = """
import os
import matplotlib.pyplot as plt
from sklearn.linear_model import LinearRegression
from joblib import Parallel, delayed

def azureml_main(frame):
    plt.plot([1, 2])
    plt.savefig("line.png")
    frame["n"] = sum(Parallel(n_jobs=2)(delayed(abs)(number) for number in (-1, -2)))
    frame["pid"], frame["parent"] = os.getpid(), os.getppid()
    return frame
"""


@pytest.mark.slow
@pytest.mark.parametrize("fresh", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("level", ["strict", pytest.param("process", marks=pytest.mark.slow)])
def test_libraries_that_a_template_has_imported_do_what_they_did(tmp_path: Path, level: Level, fresh: bool) -> None:
    with blobprep.Pool(workers=1, fresh=fresh) as pool:
        runs = Runs(pool, tmp_path, level)
        found = [runs.run(LEARNING) for _ in range(4)]

    assert [run.dataframe["n"][0] for run in found] == [3] * 4
    assert [list(run.figures) for run in found] == [["figures/line.png"]] * 4
    # At level process joblib has processes of its own, which it leaves waiting.
    assert len({run.dataframe["pid"][0] for run in found}) == (1 if level == "strict" and not fresh else 4)
    assert not [run.log for run in found if "Warning" in run.log or "font" in run.log]
    if fresh:
        assert "sklearn" in found[0].manifest.environment


CLASSIC = """
import os
import pandas as pd

def azureml_main(frame):
    frame["b"] = pd.rolling_mean(frame["a"], 2)
    frame = frame.append(frame.ix[0:0])
    return frame.sort("a")
"""


def test_a_classic_script_has_the_same_results_in_each_run(runs: Runs) -> None:
    found = [runs.run(CLASSIC, "a\n3\n1\n2\n") for _ in range(3)]

    assert [run.dataframe["a"].tolist() for run in found] == [[1, 2, 3, 3]] * 3
    told = [[(row["name"], row["count"]) for row in run.manifest.classic] for run in found]
    assert told[0]
    assert told[1:] == told[:1] * 2


def test_a_script_that_reaches_for_a_lost_name_only_now_and_then_is_kept(runs: Runs) -> None:
    script = PID.format(top="", body="frame['n'] = getattr(frame, 'as_' + 'matrix')().shape[0] if frame['a'][0] else 0")

    found = [runs.run(script, f"a\n{value}\n") for value in (0, 0, 1, 0)]

    assert [run.dataframe["n"][0] for run in found] == [0, 0, 1, 0]
    pids = [run.dataframe["pid"][0] for run in found]
    assert pids[0] == pids[1] == pids[2] != pids[3]


def test_an_input_that_a_used_child_cannot_read_is_judged_by_one_that_is_new(
    pool: blobprep.Pool, tmp_path: Path
) -> None:
    runs = Runs(pool, tmp_path)
    script = PID.format(top="count = []", body="count.append(1); frame['count'] = len(count)")
    first = runs.cell(script, "pid")
    assert runs.cell(script, "pid") == first  # it is used again

    with pytest.raises(DatasetError, match="has 1 cell in row 2, but the header has 2"):
        runs.run(script, "a,b\n1,2\n3\n")
