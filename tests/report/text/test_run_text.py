"""A run, and many runs, as a text."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from blobprep.manifest import ErrorRecord, Manifest
from blobprep.report.text.cells import width
from blobprep.report.text.index_text import index_text
from blobprep.report.text.lines import Line, Paper, Span, plain
from blobprep.report.text.run_text import run_text
from blobprep.report.views import FigureView, LogLine, RunSummary, RunView
from tests.generating import spoiled
from tests.report.building import failed, manifest, numeric, table, text, view


def shown(of: RunView, room: int | None = None) -> str:
    return plain(run_text(of, "az://raw/out/", Paper(room)))


def test_a_run_begins_with_how_it_ended_and_shows_its_tables_log_and_figures() -> None:
    told = shown(view())

    assert told.startswith(
        "succeeded  az://raw/out/\n"
        "run 20261130T181604Z-627860da, started 2026-11-30 18:16:04 UTC, took 1.3 s\n"
        "\n"
        "script    az://scripts/prep.py\n"
        "dataset1  az://raw/planets.csv  100 × 2\n"
        "parameter threshold = 0.75\n"
        "results   results.parquet  100 × 2\n"
    )
    places = [told.index(part) for part in ("Result dataset", "Dataset1", "Log  3 lines", "Figures  1 figure", "Time")]
    assert places == sorted(places)
    assert "err  careful\n" in told
    assert "a b.png  24 bytes\n" in told


def test_a_failed_run_begins_with_its_traceback_whose_frames_of_the_user_stand_out() -> None:
    made = failed()
    lines = run_text(RunView(made, (LogLine("out", "rows: 100"),)), "az://raw/out/", Paper())
    styles = {"".join(span.text for span in line).strip(): line[-1].style for line in lines if line}

    assert plain(lines).index("KeyError: 'mass'\nLook at 'mass'.") < plain(lines).index("script    az://")
    assert styles["result = clean(dataframe1)"] == "title"
    assert styles["indexer = self.columns.get_loc(key)"] == "dim"
    assert styles["KeyError: 'mass'"] == "bad"


def test_the_log_of_a_failed_run_does_not_tell_the_traceback_again() -> None:
    made = failed()
    assert made.error is not None
    error = [LogLine("note", line) for line in made.error.message.replace("\r\n", "\n").split("\n")]
    told = shown(RunView(made, (LogLine("out", "rows: 100"), *error)))

    assert "Log  1 line\nout  rows: 100\n" in told
    assert told.count("KeyError: 'mass'") == 2  # the two of the traceback


def test_a_long_log_and_a_long_traceback_are_told_from_their_end() -> None:
    log = tuple(LogLine("out", f"line {number}") for number in range(1000))
    trace = "\n".join(f"frame {number}" for number in range(1000))
    told = shown(RunView(manifest(status="failed", error=ErrorRecord("0085", "it failed", trace)), log))

    assert "980 lines before\nout  line 980\n" in told
    assert "960 lines before\nframe 960\n" in told


def test_what_a_run_did_to_its_table_is_told_by_columns_and_by_distributions_above_each_other() -> None:
    before = table(text(), numeric(), numeric("old"))
    after = table(text(), numeric(type="int64", mean=2, missing=0), numeric("new"), rows=90)
    told = shown(view(profiles={"dataset1": before, "results": after}))

    assert "rows      100 → 90\n" in told
    assert "added     new\n" in told
    assert "removed   old\n" in told
    assert "types     mass: double → int64\n" in told
    assert "mass    input         2  3.1416       2  █" in told
    assert "        result        0       2       2  █" in told


def test_lossy_changes_come_first_in_the_ledger() -> None:
    entries = (
        {"port": "results", "column": "", "kind": "index", "detail": "the index was dropped"},
        {
            "port": "dataset1",
            "column": "a",
            "detail": "a cast",
            "lossy": True,
            "count": 2,
            "example": "x",
            "remedy": "y",
        },
    )
    told = shown(view(manifest=manifest(translations=entries)))

    assert (
        "Ledger  2 changes, 1 lossy\nlost      dataset1: a: a cast (2 values, such as x)  [y]\nchanged   results:"
        in told
    )


def test_what_could_not_be_gathered_is_told() -> None:
    assert "dataset1 has changed since\n" in shown(view(notes=("dataset1 has changed since",)))


@given(st.text(max_size=60), st.integers(40, 100))
def test_what_a_script_wrote_acts_on_no_terminal(written: str, room: int) -> None:
    error = ErrorRecord("0085", written, written, written)
    entry = {"port": written, "column": written, "detail": written, "example": written, "remedy": written, "count": 1}
    made = manifest(status="failed", error=error, translations=(entry,), parameters={written: written})
    made = replace(made, classic=({"name": written, "how": written},), timings={written: 1.0})
    log = (LogLine("out", written), LogLine("note", written))
    lines = run_text(RunView(made, log, {}, (FigureView(written, "", None, 1),), (written,)), written, Paper(room))
    told = plain(lines)

    assert not {"\x1b", "\r", "\x07", "\x9b", "\u202e", "\u2066", "\x00"} & set(told)
    assert told.count("\n") == len(lines)


@given(st.data())
def test_a_manifest_that_anyone_may_have_written_is_refused_or_shown(data: st.DataObject) -> None:
    whole = json.loads(failed(translations=({"port": "results", "detail": "x", "count": 1},)).encode())
    forged = json.dumps(data.draw(spoiled(whole))).encode()
    try:
        read = Manifest.decode(forged)
    except ValueError:
        return
    assert shown(RunView(read)).startswith(read.status)


RUNS = (
    RunSummary("monday", "succeeded", "2026-11-30T08:00:00.000Z", 2.0, "prep.py", rows=100, columns=3, figures=2),
    RunSummary("tuesday", "failed", "2026-12-01T08:00:00.000Z", 1.0, "prep.py", error="KeyError: 'mass'"),
    RunSummary("wednesday", "running", "2026-12-02T08:00:00.000Z"),
)


def test_many_runs_are_counted_and_those_that_failed_stand_first() -> None:
    told = plain(index_text(RUNS, "az://prepared/", Paper(), notes=("one could not be read",)))
    lines = told.splitlines()

    assert lines[:3] == ["az://prepared/", "3 runs: 1 failed, 1 running, 1 succeeded", ""]
    assert [line.split()[0] for line in lines[4:7]] == ["tuesday", "wednesday", "monday"]
    assert lines[4].endswith("▪▪▪▪▪▪                          KeyError: 'mass'")
    assert lines[6].split()[-4:] == ["100", "×", "3", "2"]
    assert lines[7] == "one could not be read"


def test_a_list_of_runs_fits_a_terminal_and_tells_nothing_that_none_has() -> None:
    lines: list[Line] = index_text(RUNS, "az://prepared/", Paper(90))
    only = plain(index_text(RUNS[2:], "az://prepared/", Paper()))

    assert max(width("".join(span.text for span in line)) for line in lines) <= 90
    assert "figures" not in only
    assert Span("failed", "bad") in lines[4]
