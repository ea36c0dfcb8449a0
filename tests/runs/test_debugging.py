"""Scripts under a debugger: debugpy through the protocol that editors speak, pdb on a terminal, and level `off`."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

import blobprep
from blobprep.settings import Workspace
from tests.runs.adapter import Editor

PROGRAM = str(Path(sys.executable).with_name("blobprep"))
GOOD = "import pandas as pd\n\ndef azureml_main():\n    answer = 42\n    return pd.DataFrame({'answer': [answer]}),\n"
BAD = "def azureml_main():\n    cause = 0\n    return 1 / cause\n"
MODULE = "cause = 0\nresult = 1 / cause\n"
ASKS = "def azureml_main():\n    answer = 7\n    breakpoint()\n    return 1 / 0\n"


@contextmanager
def started(folder: Path, source: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a script under debugpy, and give the port at which it waits."""
    (folder / "prep.py").write_text(source)
    command = [PROGRAM, "run", "prep.py", "--output", "out/", "--debug", "--debugger", "debugpy:0", *options]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = ""
        while not (found := re.search(r"debugpy waits at 127\.0\.0\.1:(\d+) for an editor", told)):
            line = process.stderr.readline()
            assert line, told
            told += line
        try:
            yield process, int(found[1])
        finally:
            process.kill()


@pytest.mark.parametrize("options", [("-q",), pytest.param(("--isolation", "off"), marks=pytest.mark.slow)])
def test_an_editor_stops_the_script_at_its_breakpoint_and_lets_it_go_on(tmp_path: Path, options: tuple[str]) -> None:
    with started(tmp_path, GOOD, *options) as (process, port), Editor(port) as editor:
        editor.attach({str(tmp_path / "prep.py"): [5]})
        reason, frames, thread = editor.stop()

        assert (reason, frames[0]["name"], frames[0]["line"]) == ("breakpoint", "azureml_main", 5)
        assert editor.evaluate("answer * 2", frames[0]) == "84"

        editor.send("continue", threadId=thread)  # perhaps it ends before it answers
        assert process.wait(60) == 0

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert (manifest["status"], manifest["outputs"][0]["rows"]) == ("succeeded", 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "source", [pytest.param(BAD, id="entry point"), pytest.param(MODULE, id="module", marks=pytest.mark.slow)]
)
def test_an_editor_sees_where_an_exception_left_the_script(tmp_path: Path, source: str) -> None:
    with started(tmp_path, source) as (process, port), Editor(port) as editor:
        editor.attach({}, filters=("uncaught",))
        reason, frames, thread = editor.stop()

        assert reason == "exception"
        assert frames[0]["source"]["path"] == str(tmp_path / "prep.py")
        assert source.splitlines()[frames[0]["line"] - 1].endswith("1 / cause")
        assert editor.evaluate("cause", frames[0]) == "0"

        editor.send("continue", threadId=thread)  # perhaps it ends before it answers
        assert process.wait(60) == 1


@pytest.mark.slow
def test_a_script_stops_itself_in_the_editor_with_breakpoint(tmp_path: Path) -> None:
    with started(tmp_path, ASKS) as (process, port), Editor(port) as editor:
        editor.attach({})
        _, frames, thread = editor.stop()

        assert frames[0]["line"] in (3, 4)
        assert editor.evaluate("answer", frames[0]) == "7"

        editor.send("continue", threadId=thread)  # perhaps it ends before it answers
        assert process.wait(60) == 1


@pytest.mark.parametrize(
    ("source", "commands"),
    [(BAD, (b"c", b"p cause", b"q")), (MODULE, (b"p cause", b"q"))],
    ids=["entry point", "module"],
)
def test_pdb_shows_where_an_exception_left_the_script(tmp_path: Path, source: str, commands: tuple[bytes]) -> None:
    (tmp_path / "prep.py").write_text(source)
    terminal, theirs = pty.openpty()
    command = [PROGRAM, "run", "prep.py", "--output", "out/", "--debug"]
    shown = b""
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        for typed in commands:
            while not shown.endswith(b"(Pdb) "):
                assert select.select([terminal], [], [], 60)[0], shown
                shown += os.read(terminal, 1 << 16)
            if typed == b"p cause":
                assert b"-> " + source.splitlines()[-1].strip().encode() in shown
            shown = b""
            os.write(terminal, typed + b"\n")
        while b"ZeroDivisionError: division by zero" not in shown:
            shown += os.read(terminal, 1 << 16)
        assert process.wait(60) == 1
    os.close(terminal)


def test_pdb_that_is_left_at_a_breakpoint_ends_the_script_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_text(ASKS)
    command = [PROGRAM, "run", "prep.py", "--output", "out/", "--debug"]
    done = subprocess.run(
        command, check=False, cwd=tmp_path, input="c\nq\n", capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("the debugger was quit before the script returned")


def test_at_level_off_a_function_runs_in_the_process_and_thread_of_its_caller(tmp_path: Path) -> None:
    def azureml_main() -> pd.DataFrame:
        import os
        import threading

        import pandas as pd

        return pd.DataFrame({"process": [os.getpid()], "thread": [threading.get_ident()]})

    import threading

    run = blobprep.run(
        azureml_main, output=tmp_path / "out", isolation="off", workspace=Workspace(environment={}, folder=tmp_path)
    )

    assert run.table.to_pylist() == [{"process": os.getpid(), "thread": threading.get_ident()}]
