"""What is printed of a run: where its outputs are, and what a translation changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from blobprep.cli.outcomes import print_run
from blobprep.execution.verdict import error_0085
from blobprep.manifest import ErrorRecord, IsolationRecord, Manifest
from blobprep.protocol import Translation

LEDGER = (
    Translation("results", "a", "cast", "Became text.", True, "make it one kind", 3, "1.5"),
    Translation("results", "b", "cast", "Became double.", False, "", 1),
    Translation("results", "", "index", "The index was dropped."),
    Translation("results", "c\x1b[2J", "rename", "It was c."),
)


def printed(capsys: pytest.CaptureFixture[str], **session: Any) -> str:
    manifest = Manifest(
        "r", "succeeded", "2024", {}, {}, IsolationRecord("off", "off"), translations=tuple(map(asdict, LEDGER))
    )
    return shown_of(manifest, capsys, **session).out


def shown_of(manifest: Manifest, capsys: pytest.CaptureFixture[str], **session: Any) -> Any:
    output = SimpleNamespace(printed="az://out/", child=lambda name: SimpleNamespace(printed=f"az://out/{name}"))
    run: Any = SimpleNamespace(manifest=manifest, output=output)
    shown: Any = SimpleNamespace(**{"as_json": False, "quiet": False, "verbose": 0, **session})
    print_run(run, 0, shown)
    return capsys.readouterr()


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
    ("body", "traceback", "told"),
    [
        ("", '  File "a.py", line 1\n    print 1\nSyntaxError: invalid\n', "SyntaxError: invalid"),
        (
            "",
            "Traceback (most recent call last):\n  File\nKeyError: 1\n\nThe above exception was …\n\n"
            "Traceback (most recent call last):\n  File\nOldError: gone.\n<Error>\n  <Code>X</Code>\n</Error>\n",
            "OldError: gone.",
        ),
        ("the script's process was ended by SIGSEGV\n", "", "the script's process was ended by SIGSEGV"),
    ],
    ids=["syntax", "several lines", "no traceback"],
)
def test_why_a_script_failed_is_one_line_that_says_it(
    capsys: pytest.CaptureFixture[str], body: str, traceback: str, told: str
) -> None:
    error = ErrorRecord("0085", error_0085(body or traceback), traceback)
    manifest = Manifest("r", "failed", "2024", {}, {}, IsolationRecord("off", "off"), error=error)

    assert shown_of(manifest, capsys).err == f"blobprep: the script failed: {told}\n"
