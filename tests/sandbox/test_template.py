"""A template and the guards that it forks, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blobprep.limits import Limits
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.script_libraries import libraries_at_top
from blobprep.sandbox.template import ForkedProcess, Template, can_fork
from tests.remains import leaving_nothing
from tests.sandbox.running import feed

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork a guard")

ECHO = b"import os\ndef azureml_main(frame):\n    print(os.getppid(), sorted(os.environ.items()))\n    return frame\n"


@pytest.mark.parametrize("level", ["strict", "process"])
def test_a_forked_child_does_what_an_executed_one_does(level: Level) -> None:
    template = Template()
    logs, results = [], []
    for used in (template, None):
        log = RunLog()
        with start("run", level, Limits(), template=used) as session:
            session.require_confined()
            folder = session.folder
            result, table = feed(session, "prep.py", {"script": ECHO, "dataset1": b"a\n1\n"}, log)
        assert result.ending.code == 0
        assert not Path(folder).parent.exists()
        logs.append(log.text().partition(" [")[2].replace(str(Path(folder).parent), "RUN"))
        results.append(table)
    template.close()

    assert logs[0] == logs[1]
    assert results == [b"a\n1\n"] * 2


def test_a_template_leaves_nothing() -> None:
    with leaving_nothing():
        template = Template()
        with start("run", "process", Limits(), template=template) as session:
            session.wait_until_prepared()
            template.close()  # its children go on

            assert session.lives


def test_a_template_that_was_not_ready_yet_is_closed() -> None:
    with leaving_nothing():
        Template().close()


def test_a_template_that_is_closed_fails_who_asks_it() -> None:
    template = Template()
    with ThreadPoolExecutor(2) as threads:  # it is not ready yet, so they wait
        asking = [threads.submit(template.start_guard) for _ in range(2)]
        template.close()

        for asked in asking:
            with pytest.raises(ConnectionError):
                asked.result(60)
    with pytest.raises(ConnectionError):
        template.start_guard()


def test_a_template_that_has_died_says_so_and_a_pool_makes_another() -> None:
    children = ChildPool(kept=1)
    template = children._templates.get(frozenset())
    assert template is not None
    children("run", "process", Limits()).require_confined()
    template._process.kill()
    template._process.wait()

    with pytest.raises(ConnectionError):
        template.start_guard()
    with children("run", "process", Limits(timeout=7)) as session:
        session.require_confined()
    children.close()


def test_a_parent_that_is_killed_leaves_neither_template_nor_children(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_text("def azureml_main(frame):\n    return frame\n")
    (tmp_path / "t.csv").write_text("a\n1\n")
    program = (
        "import blobprep, time\n"
        "pool = blobprep.Pool(workers=1)\n"
        "print(pool.run('prep.py', 't.csv', output='out/').status, flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [os.sys.executable, "-c", program]  # type: ignore[attr-defined]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir(mode=0o777)
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "succeeded\n"
    process.kill()
    process.communicate()

    deadline = time.monotonic() + 30
    while (left := _processes_of(tmp_path / "temporary")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    assert list((tmp_path / "temporary").iterdir()) == []


def _processes_of(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"{folder}/".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_a_forked_process_is_waited_for_and_killed() -> None:
    process = subprocess.Popen(["sleep", "60"])
    forked = ForkedProcess(os.pidfd_open(process.pid))

    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.05)
    forked.kill()
    process.wait()

    assert forked.wait(5) == 0
    forked.kill()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os, sklearn\nfrom scipy.stats import norm", {"sklearn", "scipy.stats"}),
        ("import matplotlib.pyplot as plt", {"matplotlib.pyplot"}),
        ("from . import sklearn\nfrom .scipy import x", set()),
        ("import requests, azure.storage.blob, mine", set()),
        ("def azureml_main():\n    import sklearn", set()),
        ("print 'Python 2'\nimport sklearn", set()),
        ("import sklearn\0", set()),
    ],
)
def test_libraries_at_the_top_of_a_script_are_found(source: str, names: set[str]) -> None:
    assert libraries_at_top(source.encode()) == names
