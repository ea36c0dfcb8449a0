"""Progress in words, and in lines where there is no terminal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from blobprep.cli.progress_lines import ProgressLines, describe_amount, describe_stage, describe_time
from blobprep.progress import Progress
from tests.cli.pseudo_terminal import PROGRAM

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress("resolve"), ("resolving", "", "0:00:00")),
        (Progress("fetch", 0, 9, doing="start"), ("fetching", "0 B of 9 B", "")),
        (
            Progress("fetch", MEBIBYTE, 3 * MEBIBYTE, rate=float(MEBIBYTE), remaining=62.0, doing="read"),
            ("fetching", "1.0 MiB of 3.0 MiB  1.0 MiB/s", "0:01:02 left"),
        ),
        (Progress("script", elapsed=3.5, doing="start"), ("importing libraries", "", "0:00:03")),
        (Progress("script", elapsed=3.5, doing="read"), ("reading the inputs", "", "0:00:03")),
        (Progress("script", elapsed=75.0, doing="script"), ("running the script", "", "0:01:15")),
        (Progress("script", MEBIBYTE, elapsed=4.0, doing="write"), ("writing results", "1.0 MiB", "0:00:04")),
        (Progress("commit", 0, elapsed=1.0), ("writing outputs", "", "0:00:01")),
        (Progress("list", 12_000, unit="items", rate=4000.2), ("listing", "12,000 items  4,000 items/s", "0:00:00")),
    ],
)
def test_progress_is_told_in_words(progress: Progress, words: tuple[str, str, str]) -> None:
    assert (describe_stage(progress), describe_amount(progress), describe_time(progress)) == words


def test_a_line_is_printed_for_a_stage_and_then_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    lines = ProgressLines(lambda: now[0])
    for second in range(25):
        now[0] = float(second)
        lines(
            Progress(
                "copy", second * MEBIBYTE, 30 * MEBIBYTE, rate=1.0 * MEBIBYTE, remaining=30.0 - second, elapsed=second
            )
        )
    lines(Progress("commit"))

    assert capsys.readouterr().err.splitlines() == [
        "blobprep: copying  0 B of 30.0 MiB  1.0 MiB/s",
        "blobprep: copying  10.0 MiB of 30.0 MiB  1.0 MiB/s  0:00:20 left",
        "blobprep: copying  20.0 MiB of 30.0 MiB  1.0 MiB/s  0:00:10 left",
        "blobprep: writing outputs",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pima.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "prep.py").write_text("def azureml_main(frame):\n    return frame,\n")
    return tmp_path


def lines_of(folder: Path, *arguments: str) -> list[str]:
    """Run a command with pipes and return what it prints to stderr."""
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60, errors="strict"
    )
    return done.stderr.splitlines()


def test_without_a_terminal_the_stages_are_lines_if_they_are_asked_for(folder: Path) -> None:
    run = ("run", "prep.py", "pima.csv", "--output", "out/", "--overwrite", "--isolation", "process")

    assert [line for line in lines_of(folder, *run) if line.startswith("blobprep: ")] == []
    told = [line.removeprefix("blobprep: ").partition("  ")[0] for line in lines_of(folder, *run, "-v")]
    stages = [line for line in told if line in ("resolving", "fetching", "running the script", "writing outputs")]
    assert list(dict.fromkeys(stages)) == ["resolving", "fetching", "running the script", "writing outputs"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("cp", "pima.csv", "copy"), ["listing", "copying"]),
        (("ls", ".", "--json"), ["listing"]),
        (("cat", "pima.csv"), ["reading"]),
        (("head", "pima.csv"), ["reading the first rows"]),
    ],
)
def test_other_commands_tell_it_too(folder: Path, arguments: tuple[str, ...], told: list[str]) -> None:
    assert [line.partition("  ")[0] for line in lines_of(folder, *arguments, "-v")] == [
        f"blobprep: {word}" for word in told
    ]
    assert lines_of(folder, *(word if word != "copy" else "other" for word in arguments)) == []


def test_quiet_is_quiet(folder: Path) -> None:
    assert lines_of(folder, "cp", "pima.csv", "copy", "-v", "-q") == []
