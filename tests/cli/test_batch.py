"""`blobprep batch` as people and programs use it."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from blobprep.batches.coordination.progress import BatchProgress
from blobprep.batches.coordination.stop import Stop
from blobprep.cli import main
from blobprep.cli.batch_progress import describe_batch, show_batch_progress
from blobprep.cli.context import CommandContext
from blobprep.cli.exit_codes import Interrupted
from blobprep.cli.gentle_stop import stopping_gently
from blobprep.cli.progress_lines import describe_amount, describe_stage
from blobprep.settings import Workspace

OUTPUT = "out/{stem}/"
ARGUMENTS = ["batch", "prep.py", "in/*.csv", "--output", OUTPUT, "--isolation", "off", "--workers", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "in" / f"{name}.csv").write_text("x\n1\n")
    (tmp_path / "in" / "c.csv").write_text("y\n1\n")
    (tmp_path / "prep.py").write_text('def azureml_main(frame):\n    frame["x"] *= 2\n    return frame\n')
    return tmp_path


def test_a_batch_is_told_and_the_exit_code_says_whether_it_is_complete(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ARGUMENTS) == 8
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0].startswith("failed  batch 20")
    assert lines[1] == "items     3: 2 done, 1 failed"
    assert lines[3] == f"failed    1 × KeyError: 'x'; the first: {folder}/in/c.csv"
    assert lines[-1].endswith("out/_batch/report.html")
    assert "blobprep: 1 item of 3 failed; most often (1): KeyError: 'x'\n  once its cause is gone" in told.err

    (folder / "in" / "c.csv").write_text("x\n1\n")
    assert main([*ARGUMENTS, "--resume", "--json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert document["counts"] == {"matched": 3, "done": 1, "skipped": 2, "failed": 0, "pending": 0}
    assert (document["exit"], document["record"]) == (0, f"{folder}/out/_batch/")
    assert told.err == ""


def test_what_looks_like_a_secret_in_a_failure_is_not_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "prep.py").write_text('def azureml_main(frame):\n    raise ValueError("?sv=2020&sig=c2VjcmV0")\n')
    assert main(ARGUMENTS) == 8
    told = capsys.readouterr()
    assert "ValueError: ?sv=2020&sig=********" in told.out
    assert "c2VjcmV0" not in told.out + told.err


def test_a_dry_run_tells_what_would_be_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "planned   3 items: 3 to run, 0 in place"
    assert f"item      {folder}/in/a.csv → {folder}/out/a/" in lines
    assert "time      not known until some were run: begin, stop with Ctrl-C, and ask again with --resume" in lines
    assert not (folder / "out").exists()
    assert main([*ARGUMENTS, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["to_run"] == 3


def test_a_dry_run_of_a_batch_that_goes_on_says_why_items_would_be_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ARGUMENTS) == 8
    (folder / "in" / "d.csv").write_text("x\n1\n")
    (folder / "in" / "a.csv").write_text("x\n5\n")
    capsys.readouterr()
    assert main([*ARGUMENTS, "--dry-run", "--resume"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "planned   4 items: 3 to run, 1 in place",
        "to run    1 new, 1 with blobs that changed, 1 failed before",
    ]
    assert re.search(r"^time      about \d:\d\d:\d\d, as many at a time as before: ", "\n".join(lines), re.MULTILINE)
    assert main([*ARGUMENTS, "--dry-run", "--resume", "--format", "csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reasons"] == {"changed": 1, "code": 1, "failed": 1, "new": 1}


def test_options_of_runs_and_conditions_reach_the_items(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--where", "stem!=c", "--format", "csv", "--param", "k=v", "--record", "record", "--report"]
    assert main([*ARGUMENTS, *options, "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert {path.name for path in (folder / "out" / "a").iterdir()} >= {"results.csv", "report.html"}
    manifest = json.loads((folder / "out" / "b" / "manifest.json").read_text())
    assert manifest["parameters"]["k"] == "v"
    assert (folder / "record" / "batch.json").exists()
    assert not (folder / "out" / "c").exists()


def test_a_batch_without_a_place_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "prep.py", "in/*.csv"]) == 2
    assert "--output" in capsys.readouterr().err


# Progress

SEEN = BatchProgress(
    "items", 2000, 300, 10, 2, ("az://contoso@raw/2024/05/30/temperatures-of-oslo.csv", "b"), 21.44, 78.8, 15.0
)


def test_progress_is_told_in_a_line() -> None:
    progress = describe_batch(SEEN)
    assert describe_stage(progress) == "running"
    assert describe_amount(progress) == (
        "312 of 2,000 items, 2 failed, 10 skipped, 21.4/s, now …@raw/2024/05/30/temperatures-of-oslo.csv and 1 more"
    )
    assert describe_amount(describe_batch(BatchProgress("items", 5, 1, rate=0.01))) == "1 of 5 items, 36/h"
    hostile = BatchProgress("items", 5, running=("/raw/\x1b[2J.csv",))
    assert describe_amount(describe_batch(hostile)) == "0 of 5 items, now /raw/\\x1b[2J.csv"
    held = BatchProgress("items", 5, 1, failed=2, running=("a",), held="ServerBusy", next_try=12.4)
    told = "3 of 5 items, 2 failed, held back, storage is asked again in 12 s: ServerBusy"
    assert describe_amount(describe_batch(held)) == told
    assert describe_stage(describe_batch(BatchProgress("combine", 5))) == "combining the results"


def test_programs_get_progress_as_lines_of_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = CommandContext(Workspace(environment={}), as_json=True, verbose=0, quiet=False)
    with show_batch_progress(context, as_lines=True) as show:
        assert show is not None
        for _ in range(3):
            show(SEEN)
        show(BatchProgress("record", 2000, 1990, 10))
    lines = [json.loads(line)["progress"] for line in capsys.readouterr().err.splitlines()]
    assert [line["stage"] for line in lines] == ["items", "record"]
    assert lines[0]["running"] == list(SEEN.running)
    assert (lines[0]["matched"], lines[0]["failed"], lines[0]["rate"]) == (2000, 2, 21.44)


# Signals


class Running:
    """An engine with two items that run."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def running(self) -> tuple[str, ...]:
        return ("a", "b")

    def stop(self) -> None:
        self.asked.append("stop")

    def interrupt(self) -> None:
        self.asked.append("interrupt")


def test_signals_end_a_batch_by_degrees() -> None:
    stop, engine = Stop(), Running()
    attached: Any = engine
    stop.attach(attached)
    before = signal.getsignal(signal.SIGTERM)
    with stopping_gently(stop) as stopped:
        signal.raise_signal(signal.SIGTERM)
        assert (stop.level, stopped.number, engine.asked) == (1, signal.SIGTERM, ["stop"])
        signal.raise_signal(signal.SIGINT)
        assert (stop.level, stopped.number, engine.asked) == (2, signal.SIGINT, ["stop", "interrupt"])
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_signal_ends_a_batch_that_is_planned() -> None:
    stop = Stop()
    with stopping_gently(stop) as stopped:
        signal.raise_signal(signal.SIGINT)
        assert (stop.level, stopped.count) == (1, 1)
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGINT)
