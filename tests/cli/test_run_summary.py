"""What is printed of a run: where its outputs are, and what a translation changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from blobprep.cli.run_summary import print_run
from blobprep.manifest import ErrorRecord, IsolationRecord, Manifest, OutputRecord
from blobprep.protocol import Translation
from blobprep.runs.verdict import error_0085

LEDGER = (
    Translation("results", "a", "cast", "Became text.", True, "make it one kind", 3, "1.5"),
    Translation("results", "b", "cast", "Became double.", False, "", 1),
    Translation("results", "", "index", "The index was dropped."),
    Translation("results", "c\x1b[2J", "rename", "It was c."),
)

FRAMES = 'Traceback (most recent call last):\n  File "prep.py", line 5, in azureml_main\n    x()\n    ^^^\n'


def printed(capsys: pytest.CaptureFixture[str], **session: Any) -> str:
    return streams(capsys, None, **session)[0]


def streams(
    capsys: pytest.CaptureFixture[str],
    error: ErrorRecord | None,
    outputs: tuple[OutputRecord, ...] = (),
    **session: Any,
) -> tuple[str, str]:
    """What goes to stdout and to stderr."""
    status = "failed" if error else "succeeded"
    manifest = Manifest(
        "r",
        status,
        "2024",
        {},
        {},
        IsolationRecord("off", "off"),
        error=error,
        outputs=outputs,
        translations=tuple(map(asdict, LEDGER)),
    )
    output = SimpleNamespace(printed="az://out/", child=lambda name: SimpleNamespace(printed=f"az://out/{name}"))
    run: Any = SimpleNamespace(manifest=manifest, output=output)
    shown: Any = SimpleNamespace(**{"as_json": False, "quiet": False, "verbose": 0, **session})
    print_run(run, 0, shown)
    return capsys.readouterr()


def test_each_output_has_a_line_in_the_order_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    records = (
        OutputRecord("results", "results.csv", "az://out/results.csv", "0x1", 9, "", 3, 2),
        OutputRecord("results2", "results2.csv", "az://out/results2.csv", "0x1", 9, ""),
        OutputRecord("script", "script.py", "az://out/script.py", "0x1", 9, ""),
        OutputRecord("device", "log.txt", "az://out/log.txt", "0x1", 9, ""),
        OutputRecord("device", "figures/log.txt", "az://out/figures/log.txt", "0x1", 9, "", origin="saved"),
        OutputRecord("artifact", "artifacts/m.pkl", "az://out/artifacts/m.pkl", "0x1", 9, ""),
    )

    lines = streams(capsys, None, records)[0].splitlines()

    assert lines[:-1] == [
        "succeeded  run r",
        "results   az://out/results.csv  3 × 2",
        "results2  az://out/results2.csv",
        "figure    az://out/figures/log.txt",
        "artifact  az://out/artifacts/m.pkl  9 bytes",
        "log       az://out/log.txt",
        "manifest  az://out/manifest.json",
    ]


def test_what_was_lost_is_printed_with_how_many_values_one_of_them_and_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = [line for line in printed(capsys).splitlines() if line.startswith(("lost", "changed"))]

    assert told == ["lost      results: a: Became text. (3 values, such as 1.5)  [make it one kind]"]


def test_every_change_is_printed_when_more_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    told = [line for line in printed(capsys, verbose=1).splitlines() if line.startswith(("lost", "changed"))]

    assert told[1:] == [
        "changed   results: b: Became double. (1 value)",
        "changed   results: The index was dropped.",
        r"changed   results: 'c\x1b[2J': It was c.",
    ]


def test_the_document_has_count_and_example_of_every_change(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(printed(capsys, as_json=True))["translations"]

    assert [(entry["count"], entry["example"]) for entry in told] == [(3, "1.5"), (1, ""), (None, ""), (None, "")]


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        (f"{FRAMES}ValueError: no\n", "ValueError: no"),
        (f"{FRAMES}azure.X: not found\n<?xml?><Error>\n  <Code>Y</Code>\n</Error>\n", "azure.X: not found"),
        (f"{FRAMES}KeyError: 1\n\nDuring handling …:\n\n{FRAMES}ValueError: two\nlines\n", "ValueError: two"),
        ('  File "prep.py", line 1\n    x = (\n        ^\nSyntaxError: never closed\n', "SyntaxError: never closed"),
        ("Traceback (most recent call last):\nImportError: no\n", "ImportError: no"),
        (
            '  + Exception Group Traceback (most recent call last):\n  |   File "prep.py", line 1, in f\n'
            "  | ExceptionGroup: two (1 sub-exception)\n  +-+---------------- 1 ----------------\n"
            "    | ValueError: one\n    +------------------------------------\n",
            "ExceptionGroup: two (1 sub-exception)",
        ),
        (f"{FRAMES}  indented alone\n", "  indented alone"),
    ],
)
def test_a_script_that_failed_is_told_by_its_exception_however_many_lines_that_says(
    capsys: pytest.CaptureFixture[str], traceback: str, line: str
) -> None:
    told = streams(capsys, ErrorRecord("0085", f"Error 0085: …{traceback}", traceback))[1]

    assert told == f"blobprep: the script failed: {line}\n"


def test_a_script_that_ended_without_an_exception_is_told_by_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    ended = ErrorRecord("0085", error_0085("the script's process was ended by SIGSEGV\n"))

    assert streams(capsys, ended)[1] == "blobprep: the script failed: the script's process was ended by SIGSEGV\n"


def test_nothing_that_a_child_says_acts_on_a_terminal_or_makes_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = "\x1b[2J\nsucceeded\u202e"
    monkeypatch.setattr(f"{__name__}.LEDGER", (Translation(forged, forged, forged, forged, True, forged),))

    told = printed(capsys)

    assert told.count("\n") == len(["succeeded", "manifest", "lost"])
    assert told.count(r"\x1b[2J\nsucceeded\u202e") == len(["port", "column", "detail", "remedy"])
    assert "\x1b" not in told


def test_no_line_on_the_terminal_begins_as_blobpreps_at_a_scripts_will(capsys: pytest.CaptureFixture[str]) -> None:
    words = "no\nblobprep: all is well\nsucceeded  run 1\x1b[2J\u202e"
    error = ErrorRecord("0085", error_0085(words), words, "run this\nblobprep: and that")

    for quiet in (True, False):
        told = "".join(streams(capsys, error, quiet=quiet))
        assert not [
            line for line in told.splitlines() if line.startswith(("blobprep: all", "blobprep: and", "succeeded"))
        ]
        assert not {"\x1b", "\u202e"} & set(told)
