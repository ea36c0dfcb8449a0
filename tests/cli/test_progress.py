"""What a person at a terminal sees of a command that takes its time."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.pseudo_terminal import controls, plain, read_until, shown_by, started

SIZE = 20 * 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "large").write_bytes(bytes(SIZE))
    (tmp_path / "pima.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "prep.py").write_text(
        "import sys\n"
        "def azureml_main(frame):\n"
        "    print('[red]hello[/red] \\x1b[2J :smile: ' + 'long ' * 40)\n"
        "    return frame,\n"
    )
    (tmp_path / "waiting.py").write_text(
        "def azureml_main(frame):\n    print('begun')\n    input()\n    return frame,\n"
    )
    return tmp_path


def test_a_copy_shows_bytes_and_takes_its_line_away(folder: Path) -> None:
    shown = shown_by(folder, "cp", "large", "copy")

    assert "copying" in shown
    assert "20.0 MiB of 20.0 MiB" in plain(shown)
    assert shown.endswith("large → copy  20.0 MiB\n")
    assert "\x1b[?25h" in shown  # the cursor is back
    after = shown.rpartition("\x1b[2K")[2]
    assert plain(after) == "large → copy  20.0 MiB\n"


def test_a_run_shows_its_stages_and_the_lines_of_its_script_whole(folder: Path) -> None:
    with (folder / "out.txt").open("wb") as out:
        shown = shown_by(folder, "run", "prep.py", "pima.csv", "--output", "out/", stdout=out, columns=70)

    places = [shown.find(stage) for stage in ("resolving", "fetching", "running the script", "writing outputs")]
    assert -1 not in (places[0], places[2], places[3])
    assert [place for place in places if place >= 0] == sorted(place for place in places if place >= 0)
    assert "out | [red]hello[/red] \\x1b[2J :smile: " + "long " * 40 + "\n" in plain(shown)
    assert "\x1b[2J" not in shown
    assert (folder / "out.txt").read_text().splitlines()[1] == "results   out/results.parquet  2 × 2"


@pytest.mark.parametrize("flags", [("--quiet",), ("--json",)])
def test_nothing_is_shown_where_it_was_not_asked_for(folder: Path, flags: tuple[str, ...]) -> None:
    shown = shown_by(folder, "cp", "large", "copy", *flags)

    assert controls(shown) == set()
    assert "copying" not in shown


def test_a_dumb_terminal_shows_no_line(folder: Path) -> None:
    shown = shown_by(folder, "cp", "large", "copy", variables={"TERM": "dumb"})

    assert shown == "large → copy  20.0 MiB\n"


def test_a_debugger_has_the_terminal_for_itself(folder: Path) -> None:
    arguments = ("run", "waiting.py", "pima.csv", "--output", "out/", "--debug", "--isolation", "process")
    with started(folder, *arguments) as (process, terminal):
        seen = read_until(terminal, b"(Pdb)")
        terminal.write(b"c\n")
        seen += read_until(terminal, b"begun")
        terminal.write(b"\n")
        seen += read_until(terminal)
        assert process.wait(60) == 0, seen

    assert controls(seen.decode()) <= {"\x1b[?2004h", "\x1b[?2004l"}  # readline's


def test_an_interrupt_brings_the_cursor_back_and_says_so(folder: Path) -> None:
    (folder / "slow.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)\n")
    with started(folder, "run", "slow.py", "--output", "out/") as (process, terminal):
        seen = read_until(terminal, b"begun")
        process.send_signal(2)
        seen += read_until(terminal)
        assert process.wait(60) == 130

    shown = seen.decode()
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert re.search(r"interrupted by SIGINT", shown)


def test_a_run_goes_on_when_its_terminal_has_gone(folder: Path) -> None:
    # More than a terminal takes before it is read: most of the lines are written after it has gone.
    (folder / "loud.py").write_text(
        "def azureml_main(frame):\n"
        "    print('begun', flush=True)\n"
        "    for number in range(20000):\n"
        "        print(number, flush=True)\n"
        "    return frame,\n"
    )
    arguments = ("run", "loud.py", "pima.csv", "--output", "out/")
    with started(folder, *arguments, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as (process, terminal):
        read_until(terminal, b"begun")
        terminal.close()
        assert process.wait(60) == 0

    assert json.loads((folder / "out" / "manifest.json").read_bytes())["status"] == "succeeded"
    assert "out | 19999\n" in (folder / "out" / "log.txt").read_text()
