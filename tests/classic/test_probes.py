"""What classic scripts reach for does what it was recorded to do in the libraries of their time."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.classic.probes import TABLES, declared, differences, judge, play, recorded

_PROBES = 4500


@pytest.mark.timeout(300)
@pytest.mark.locked  # other versions of today's libraries differ from those of the time elsewhere
def test_every_probe_has_an_outcome_of_the_time_or_its_difference_is_declared() -> None:
    then, reasons = recorded(), declared()

    found = play(sys.executable, "--classic", seconds=280)

    told = []
    for probe, outcome in found.items():
        verdict = judge({name: outcomes[probe] for name, outcomes in then.items()}, outcome)
        if not verdict.like and probe not in reasons:
            told += [probe, *(f"    {line}" for line in verdict.differing[:3])]
        if verdict.like and probe in reasons:
            told += [probe, "    declared in deviations.txt, and equal"]
    assert not told, "\n".join(told)
    assert found.keys() == then["py27"].keys() == then["py36"].keys()
    assert len(found) >= _PROBES


def test_each_deviation_belongs_to_a_probe_and_says_why() -> None:
    reasons = declared()

    assert reasons.keys() <= recorded()["py27"].keys()
    assert all(len(reason) > 20 for reason in reasons.values())


def test_what_worked_then_counts_more_than_an_error() -> None:
    error = {"error": ["AttributeError", "Exception"]}

    assert judge({"py27": 1, "py36": error}, 1).like == ("py27",)
    assert judge({"py27": 1, "py36": error}, error).like == ()
    assert judge({"py27": error, "py36": error}, error).like == ("py27", "py36")


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (1, 1.0),
        (1, True),
        ([1], [1, 1]),
        (1.0, 1.0000001),
        ({"series": [1], "dtype": "int64"}, {"series": [1], "dtype": "int32"}),
        ({"error": ["KeyError", "LookupError", "Exception"]}, {"error": ["ValueError", "Exception"]}),
        (None, {"float": "nan"}),
    ],
)
def test_a_difference_is_found(then: object, now: object) -> None:
    assert list(differences(then, now))
    assert not list(differences(then, json.loads(json.dumps(then))))


def test_the_last_digits_of_a_sum_are_those_of_the_processor() -> None:
    assert not list(differences(0.1 + 0.2, 0.3))


def test_an_error_may_be_of_a_type_that_python_does_not_have() -> None:
    then = {"error": ["CParserError", "ValueError", "Exception"]}

    assert not list(differences(then, {"error": ["ParserError", "ValueError", "Exception"]}))


def test_no_probe_is_there_twice_and_each_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "player"))
    player = importlib.import_module("probe_player")

    names = [player.name(str(table), probe) for table in TABLES for probe in player.read(str(table))]

    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert all(set(names) == outcomes.keys() for outcomes in recorded().values())
