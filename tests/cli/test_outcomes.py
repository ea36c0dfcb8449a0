"""What is printed of a run: where its outputs are, and what a translation changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from blobprep.cli.outcomes import print_run
from blobprep.manifest import IsolationRecord, Manifest
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
    output = SimpleNamespace(printed="az://out/", child=lambda name: SimpleNamespace(printed=f"az://out/{name}"))
    run: Any = SimpleNamespace(manifest=manifest, output=output)
    shown: Any = SimpleNamespace(**{"as_json": False, "quiet": False, "verbose": 0, **session})
    print_run(run, 0, shown)
    return capsys.readouterr().out


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


def test_nothing_that_a_child_says_acts_on_a_terminal_or_makes_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = "\x1b[2J\nsucceeded\u202e"
    monkeypatch.setattr(f"{__name__}.LEDGER", (Translation(forged, forged, forged, forged, True, forged),))

    told = printed(capsys)

    assert told.count("\n") == len(["succeeded", "manifest", "lost"])
    assert told.count(r"\x1b[2J\nsucceeded\u202e") == len(["port", "column", "detail", "remedy"])
    assert "\x1b" not in told
