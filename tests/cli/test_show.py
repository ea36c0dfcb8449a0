"""`blobprep show` as a person starts it: on terminals that show pictures and on others, in pipes, with a browser."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import blobprep
from blobprep.cli import main
from blobprep.cli.kept_pages import keep_page
from tests.cli.pseudo_terminal import controls, piped_by, plain, read_until, shown_by, started

# Those that a command in this process starts.
pytestmark = pytest.mark.usefixtures("forked")

SCRIPT = """\
import matplotlib.pyplot as plt

def azureml_main(frame):
    plt.plot(frame["mass"])
    plt.savefig("masses.png")
    return frame[frame["mass"] > 0.5],
"""
HOSTILE = 'a,b\n"\x1b]0;owned\x07\x1b[2J",\u202etxt.exe\n"مرحبا",日本語\n'
PICTURE = {
    "kitty": ("\x1b_Ga=T,f=100,", {"TERM": "xterm-kitty"}),
    "iterm": ("\x1b]1337;File=inline=1;", {"TERM_PROGRAM": "iTerm.app"}),
    "sixel": ('\x1bPq"1;1;', {"TERM": "foot"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with tables and two runs; one has a figure."""
    made = tmp_path_factory.mktemp("show")
    (made / "planets.csv").write_text("id,planet,mass\n1,Venus,0.815\n2,Earth,1\n3,Mars,0.107\n")
    (made / "hostile.csv").write_text(HOSTILE)
    (made / "wide.csv").write_text(f"{','.join(f'c{number}' for number in range(300))}\n{','.join('1' * 300)}\n")
    (made / "prep.py").write_text(SCRIPT)
    (made / "fails.py").write_text("def azureml_main(frame):\n    raise ValueError('\\x1b[2Jno')\n")
    before = Path.cwd()
    os.chdir(made)
    try:
        blobprep.run("prep.py", "planets.csv", output="runs/good/")
        blobprep.run("fails.py", "planets.csv", output="runs/bad/")
    finally:
        os.chdir(before)
    return made


COMMANDS = [
    ("show", "planets.csv"),
    ("show", "hostile.csv"),
    ("show", "runs/good/"),
    ("show", "runs/bad/"),
    ("show", "runs/"),
    ("show", "planets.csv", "runs/good/", "--key", "id"),
]


def some_of(*quick: int) -> list[Any]:
    """Return all commands; those at other places are slow."""
    return [pytest.param(row, marks=() if at in quick else pytest.mark.slow) for at, row in enumerate(COMMANDS)]


@pytest.mark.parametrize("arguments", some_of(2, 5), ids=lambda arguments: " ".join(arguments[1:])[:20])
def test_a_terminal_that_is_wide_enough_shows_what_a_pipe_gets(folder: Path, arguments: tuple[str, ...]) -> None:
    shown = shown_by(folder, *arguments, columns=1000)

    assert plain(shown) == piped_by(folder, *arguments)
    assert controls(shown) == set()


@pytest.mark.parametrize("arguments", some_of(1, 2), ids=lambda arguments: " ".join(arguments[1:])[:20])
def test_a_narrow_terminal_is_filled_and_not_overflown(folder: Path, arguments: tuple[str, ...]) -> None:
    shown = plain(shown_by(folder, *arguments, columns=72))

    assert max(map(len, shown.splitlines())) <= 72
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_colors_are_off_where_they_are_not_wanted(folder: Path) -> None:
    assert "\x1b[1;36m" in shown_by(folder, "show", "planets.csv")
    assert not re.search(r"\x1b\[(?:\d+;)*3\d", shown_by(folder, "show", "planets.csv", variables={"NO_COLOR": "1"}))


def test_a_terminal_without_our_characters_gets_others(folder: Path) -> None:
    shown = shown_by(folder, "show", "planets.csv", variables={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})

    assert plain(shown).isascii()
    assert "\\u2588" not in shown


@pytest.mark.parametrize("protocol", PICTURE)
def test_figures_are_shown_by_the_protocol_of_the_terminal(folder: Path, protocol: str) -> None:
    mark, variables = PICTURE[protocol]
    shown = shown_by(folder, "show", "runs/good/", variables=variables)

    assert shown.count(mark) == 1
    assert shown.index("masses.png\n") < shown.index(mark)


def test_no_picture_goes_to_a_pipe_or_to_a_terminal_that_shows_none(folder: Path) -> None:
    mark, variables = PICTURE["kitty"]
    piped = subprocess.run(
        [str(Path(sys.executable).with_name("blobprep")), "show", "runs/good/"],
        cwd=folder,
        env={**os.environ, **variables, "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "\x1b" not in piped.stdout
    assert mark not in shown_by(folder, "show", "runs/good/", "-q", variables=variables)
    assert "\x1bP" not in shown_by(
        folder, "show", "runs/good/", variables={"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}
    )


def _take_terminal() -> None:
    """Make the terminal this process's own, as a shell does; only then may it ask it anything."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _answering(folder: Path, answer: bytes, *arguments: str) -> bytes:
    """Run a command on a terminal that answers the question about its attributes, as terminals do: by the keyboard."""
    with started(folder, *arguments, preexec_fn=_take_terminal) as (process, terminal):
        before = termios.tcgetattr(terminal.fileno())
        seen = read_until(terminal, b"\x1b[c")
        terminal.write(answer)
        seen += read_until(terminal)
        assert process.wait(60) == 0
        assert termios.tcgetattr(terminal.fileno()) == before
        return seen


def test_a_terminal_that_says_it_draws_sixels_gets_them(folder: Path) -> None:
    seen = _answering(folder, b"\x1b[?62;4;22c", "show", "runs/good/")

    assert b'\x1bPq"1;1;' in seen
    assert seen.count(b"\x1b[?62;4;22c") == 0  # the answer is not shown


def test_a_terminal_that_says_it_draws_none_or_nothing_gets_none(folder: Path) -> None:
    for answer in (b"\x1b[?62;22c", b""):
        seen = _answering(folder, answer, "show", "runs/good/")
        assert b"\x1bP" not in seen


def test_a_terminal_is_asked_only_if_there_is_a_figure(folder: Path) -> None:
    assert "\x1b[c" not in shown_by(folder, "show", "planets.csv")


def test_what_was_typed_ahead_is_left_to_the_shell(folder: Path) -> None:
    with started(folder, "show", "runs/good/", preexec_fn=_take_terminal) as (process, terminal):
        terminal.write(b"ls -l\n")
        seen = read_until(terminal)
        assert process.wait(60) == 0

    assert b"\x1b[c" not in seen


def test_json_is_one_document_and_two_that_differ_end_with_0(folder: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(folder)

    assert main(["show", "planets.csv", "runs/good/", "--key", "id", "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert (read["kind"], read["comparison"]["equal"]) == ("comparison", False)


def test_html_writes_the_page_and_tells_where(folder: Path, monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    monkeypatch.chdir(folder)
    page = tmp_path / "page.html"

    assert main(["show", "planets.csv", "--html", str(page), "--rows", "2"]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert b"Venus" in page.read_bytes()


def test_options_reach_the_library(folder: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(folder)

    assert main(["show", "planets.csv", "--read", "header=false", "--values", "none", "--exact", "--json"]) == 0
    profile = json.loads(capsys.readouterr().out)["profile"]
    assert [column["name"] for column in profile["columns"]] == ["Col1", "Col2", "Col3"]
    assert profile["exact"] is True
    assert profile["sample"]["cells"] == []
    assert main(["show", "planets.csv", "planets.csv", "--read2", "header=false", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["comparison"]["second_rows"] == 4


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing.csv"], 3),
        (["nothing/"], 3),
        (["prep.py"], 3),
        (["planets.csv", "--rows", "2000"], 2),
        (["planets.csv", "--values", "some"], 2),
        (["planets.csv", "--key", "id"], 2),
        (["planets.csv", "--html", "missing/page.html"], 6),
    ],
)
def test_what_goes_wrong_has_the_code_of_its_kind(
    folder: Path, monkeypatch: Any, capsys: Any, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(folder)

    assert main(["show", *arguments]) == code
    assert capsys.readouterr().err.startswith(("blobprep: ", "Usage", "blobprep show"))


def test_open_writes_a_page_that_only_its_user_can_read_and_starts_the_browser(
    folder: Path, monkeypatch: Any, capsys: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder)
    opened: list[str] = []
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)

    assert main(["show", "runs/good/", "--open"]) == 0

    (path,) = (tmp_path / ".cache" / "blobprep" / "pages").iterdir()
    assert capsys.readouterr().out == f"{path}\n"
    assert opened == [path.as_uri()]
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert b"data:image/png;base64," in path.read_bytes()


def test_a_machine_without_a_browser_is_told_where_the_page_is(
    folder: Path, monkeypatch: Any, capsys: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("webbrowser.open", lambda address: False)

    assert main(["show", "planets.csv", "--open"]) == 0
    assert "no browser could be started" in capsys.readouterr().err


def test_pages_are_removed_a_week_after_they_were_opened(folder: Path, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.chdir(folder)
    page = blobprep.show("planets.csv")
    old, kept = keep_page(page, tmp_path), tmp_path / "notes.html"
    kept.write_text("mine")
    for path in (old, kept):
        os.utime(path, (time.time() - 8 * 86400,) * 2)

    new = keep_page(page, tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted((kept, new))


def _children() -> set[str]:
    """The processes that this one has started and that are still there; other tests may have some."""
    return {name for path in Path("/proc/self/task").glob("*/children") for name in path.read_text().split()}


def test_a_command_leaves_no_thread_and_no_child(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(folder)
    threads, children = set(threading.enumerate()), _children()

    assert main(["show", "runs/good/"]) == 0

    assert set(threading.enumerate()) <= threads
    assert _children() <= children
