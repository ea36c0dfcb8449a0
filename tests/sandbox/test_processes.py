"""Real children: each mechanism once or twice. What a rule says in detail is tested on the module that holds it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blobprep.sandbox import process_host, session
from blobprep.sandbox.isolation import Level
from tests.child.test_bundle import zipped
from tests.forking import forked_from
from tests.sandbox.running import Outcome, run_script, survivors

pytestmark = pytest.mark.usefixtures("forked")

ROOT = Path(__file__).parents[2]
CSV = b"a,b\n1,2\n3,4\n"


# What these do is refused at `strict`; see `test_confinement`.
UNCONFINED = frozenset({"daemon", "children", "no folder", "odd files", "stop the guard", "orphan", "shared"})


def level_for(how: str) -> Level:
    return "process" if how in UNCONFINED else "strict"


def end(how: str, *, timeout: float = 60, memory: int | None = None) -> Outcome:
    """Have a child end in a way; nothing of it may be left."""
    outcome = run_script("endings.py", level=level_for(how), parameters={"how": how}, timeout=timeout, memory=memory)
    assert_gone(outcome)
    return outcome


def assert_gone(outcome: Outcome) -> None:
    run = Path(outcome.folder).parent
    assert run.name.startswith("blobprep-")
    assert not run.exists()
    assert not survivors(run)


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Look again and again until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to be"
        select.select([], [], [], 0.01)


@pytest.fixture(scope="module")
def survey() -> Outcome:
    """A script that looks around, and comes back with everything."""
    os.environ["BLOBPREP_TEST_CANARY"] = "secret"
    try:
        bundle = zipped({"bundle_module.py": "VALUE = 'imported'", "data.txt": "data"})
        with forked_from(None):
            return run_script(
                "survey.py",
                level="process",
                datasets={"dataset2": CSV},
                bundle=bundle,
                parameters={"year": "2024"},
                timeout=60,
            )
    finally:
        del os.environ["BLOBPREP_TEST_CANARY"]


@pytest.fixture(scope="module")
def seen(survey: Outcome) -> dict[str, object]:
    (line,) = (line for line in survey.lines if line.startswith("out | survey "))
    return json.loads(line.removeprefix("out | survey "))  # type: ignore[no-any-return]


def test_a_run_succeeds_with_its_results(survey: Outcome) -> None:
    assert survey.verdict.error is None
    assert survey.results.decode().split() == ["a,b", "1,2", "3,4"]
    assert survey.verdict.facts.outputs["results"].rows == 2
    assert_gone(survey)


def test_the_only_connected_port_is_the_first_argument(seen: dict[str, object]) -> None:
    assert seen["arguments"] == [[2, 2], None]
    assert seen["parameters"] == {"year": "2024"}


def test_the_bundle_is_first_on_the_path_and_readable_by_its_windows_name(seen: dict[str, object]) -> None:
    assert seen["path"] == f"{seen['folder']}/Script Bundle"
    assert (seen["module"], seen["data"]) == ("imported", "data")


def test_the_child_sees_nothing_of_the_parents_environment(seen: dict[str, object]) -> None:
    environment = seen["environment"]
    assert isinstance(environment, dict)

    assert "secret" not in environment.values()
    assert set(environment) <= {
        *("PATH", "LANG", "LC_ALL", "USER", "LOGNAME", "HOME", "TMPDIR", "MPLCONFIGDIR", "MPLBACKEND"),
        *("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX", "LC_CTYPE", "BLOBPREP_PARAMETER_year"),
    }


def test_sub_processes_of_the_script_inherit_the_standard_streams_only(seen: dict[str, object]) -> None:
    assert seen["descriptors"] == ["0", "1", "2", "3"]  # the last is the listing's own
    assert seen["input"] == ""
    assert seen["session"] is True


def test_the_log_keeps_order_and_catches_what_bypasses_python(survey: Outcome) -> None:
    recorded = [line for line in survey.lines if line[6:] in ("out 1", "err 1", "out 2")]

    assert recorded == ["out | out 1", "err | err 1", "out | out 2"]
    assert {"out | raw out", "err | raw err", "out | from a sub-process", "out | from C"} <= set(survey.lines)


def test_elements_that_were_dropped_are_in_log_and_ledger(survey: Outcome) -> None:
    assert "note | dropped from what the script returned: element 2, a str" in survey.lines
    assert "element 2, a str was dropped" in [each.detail for each in survey.verdict.facts.translations]


def test_figures_come_in_order_and_open_ones_are_marked(survey: Outcome) -> None:
    assert [(image.name, image.origin) for image in survey.images] == [
        *(("z.png", "saved"), ("a.png", "saved"), ("figure1.png", "open"))
    ]


def test_a_failure_shows_the_users_lines_in_error_0085() -> None:
    outcome = run_script(b"import sys\n\ndef azureml_main():\n    print('said')\n    return 1 / 0\n")

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code == "0085"
    assert '  File "prep.py", line 5, in azureml_main\n    return 1 / 0\n' in outcome.message
    assert "blobprep" not in outcome.verdict.error.traceback
    assert "out | said" in outcome.lines


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("exit", "ended with status 0 and without a result"),
        ("exit 3", "ended with status 3 and without a result"),
        ("segfault", "ended by SIGSEGV"),
        ("abort", "ended by SIGABRT"),
        ("garbage facts", "without a result"),
        ("killed", "ended by SIGKILL"),
        ("close descriptors", "ended with status 1 and without a result"),
        ("close everything", "ended with status 1 and without a result"),
    ],
)
def test_an_end_of_any_kind_is_a_failure_that_says_how(how: str, said: str) -> None:
    outcome = end(how)

    assert said in outcome.message
    assert "out | started" in outcome.lines
    if how == "segfault":
        assert any("Fatal Python error: Segmentation fault" in line for line in outcome.lines)
    if how == "close descriptors":
        assert any("the script closed descriptors that blobprep needs" in line for line in outcome.lines)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("garbage frame", "the child broke the protocol: not a frame"),
        ("infinite frame", "the child broke the protocol"),
        ("endless frame", "the child broke the protocol: a frame is too long"),
        ("garbage log", "the log channel carries something other than log records"),
    ],
)
def test_a_child_that_breaks_the_protocol_is_stopped(how: str, said: str) -> None:
    outcome = end(how)

    assert outcome.ending.cause == "killed"
    assert "blobprep stopped the script's process" in outcome.message
    assert any(line.startswith(f"blobprep | {said}") for line in outcome.lines)


@pytest.mark.parametrize("how", ["hang", "hang in C", "endless flood"])
def test_a_script_that_does_not_end_is_stopped(how: str) -> None:
    outcome = end(how, timeout=1.5)

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code == "time"
    assert "out | started" in outcome.lines


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("how", ["daemon", "children", "thread", "close streams", "no folder", "closed folder"])
def test_what_a_script_leaves_behind_does_not_spoil_its_results(how: str) -> None:
    outcome = end(how)

    assert outcome.verdict.error is None
    assert outcome.results.decode().split() == ["done", "1"]


def test_whatever_files_a_script_leaves_are_gone_and_only_images_are_taken() -> None:
    outcome = end("odd files")

    assert outcome.verdict.error is None
    assert outcome.images == []
    assert sorted(outcome.refusals) == [
        "'hard.png' was left out: it has other names",
        "'passwd.png' was left out: it is not a regular file",
        "'real.png' was left out: it has other names",
        "'x.png' was left out: it is not a regular file",
    ]


def test_a_flood_is_drained_and_cut() -> None:
    outcome = end("flood")

    assert outcome.verdict.error is None
    assert "lines cut" in outcome.log
    assert len(outcome.log) < 1_500_000
    assert "out | the end" in outcome.lines


@pytest.mark.slow
def test_a_guard_that_a_script_stopped_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_GRACE", 1.0)
    monkeypatch.setattr(process_host, "_GRACE", 1.0)

    outcome = end("stop the guard", timeout=1.5)

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code == "time"


@pytest.mark.usefixtures("executed")
def test_memory_beyond_the_limit_is_a_memory_error_in_the_script() -> None:
    outcome = run_script("memory.py", parameters={"how": "private"}, memory=400 << 20)

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code == "memory"
    assert 'File "memory.py"' in outcome.verdict.error.traceback
    assert_gone(outcome)


@pytest.mark.parametrize("how", ["shared", "orphan"])
def test_memory_that_no_limit_of_the_process_counts_is_watched(how: str) -> None:
    outcome = run_script("memory.py", level=level_for(how), parameters={"how": how}, memory=400 << 20)

    assert (outcome.ending.cause, outcome.ending.code) == ("memory", -signal.SIGKILL)
    assert_gone(outcome)


@pytest.mark.slow
def test_memory_that_forked_processes_share_is_counted_once() -> None:
    outcome = run_script("memory.py", level="process", parameters={"how": "forked"}, memory=800 << 20)

    assert outcome.verdict.error is None


# How much is just too little depends on the versions of the libraries.
@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("memory", [60, pytest.param(130, marks=pytest.mark.locked)])
def test_a_limit_too_low_to_begin_names_the_limit(memory: int) -> None:
    outcome = run_script("identity.py", datasets={"dataset1": CSV}, memory=memory << 20)

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code in ("0085", "memory")
    assert "--memory" in outcome.verdict.remedy
    assert_gone(outcome)


@pytest.mark.usefixtures("executed")
def test_the_parent_keeps_no_descriptor_and_no_thread() -> None:
    def held() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    before = held()
    end("return")
    end("exit")

    assert all(now <= then for now, then in zip(held(), before, strict=True))


@contextlib.contextmanager
def many_open_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1400:
        pytest.skip("this user may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1400), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_parent_with_many_open_files_runs_scripts_too() -> None:
    with many_open_files():
        assert end("return").verdict.error is None


def doomed(folder: Path, how: str) -> subprocess.Popen[bytes]:
    """Start a process that runs a script, with its run's folder below `folder`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.doomed", how],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize("moment", ["folder", "child", "script", "daemon", "ended"])
def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path, moment: str) -> None:
    def script_runs() -> bool:
        return any(path.name == "started" for path in tmp_path.glob("blobprep-*/work/*"))

    def folders() -> list[Path]:  # and not a file with which Python tries whether it may write there
        return list(tmp_path.glob("blobprep-*"))

    process = doomed(tmp_path, {"daemon": "daemon and hang", "ended": "return"}.get(moment, "hang"))
    try:
        match moment:
            case "folder":
                until(folders)
            case "child":
                until(lambda: survivors(tmp_path))
            case "ended":
                assert process.stdout is not None
                assert process.stdout.readline() == b"ended\n"
                assert list(tmp_path.iterdir())
            case _:
                until(script_runs)
    finally:
        process.kill()
        process.communicate()

    until(lambda: not survivors(tmp_path) and not list(tmp_path.iterdir()))


@pytest.mark.parametrize(("command", "then"), [(b"c\n", b"succeeded"), (b"q\n", b"the debugger was quit")])
def test_the_debugger_is_reached_on_a_terminal_and_goes_on_or_ends(tmp_path: Path, command: bytes, then: bytes) -> None:
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.doomed", "debug"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = bytearray()

    def read_until(text: bytes) -> None:
        deadline = time.monotonic() + 60
        while text not in shown:
            assert time.monotonic() < deadline, shown
            if select.select([terminal], [], [], 1)[0]:
                shown.extend(os.read(terminal, 1 << 16))

    try:
        read_until(b"(Pdb) ")
        assert b"-> answer = 42" in shown
        shown.clear()
        os.write(terminal, b"p 6 * 7\n")
        read_until(b"42")
        os.write(terminal, command)
        read_until(then)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    until(lambda: not list(tmp_path.iterdir()))
