"""The overlay does what the real azure-storage-blob 2.1.0 was recorded to do."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blobprep.legacy import overlay_folder
from tests import emulator
from tests.legacy.probes.comparing import GOLDEN, THEMES, differences, judge, play, recorded
from tests.legacy.probes.deviations import DEVIATIONS

_THEMES = Path(__file__).parent / "probes" / "themes"
_PROBES = 300
_CHILDREN = 6


# A child takes a second to start: each plays several themes. `make test` plays the first group and the fourth.
_ALWAYS = ("replaced", "sisters")
_OTHERS = [theme for theme in THEMES if theme not in _ALWAYS]
_GROUPS = [(*_OTHERS[start::_CHILDREN], *(_ALWAYS if start == 0 else ())) for start in range(_CHILDREN)]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulator of their own: the account's settings are among what is compared."""
    with emulator.serve(tmp_path_factory.mktemp("azurite")) as endpoint:
        yield endpoint


@pytest.mark.parametrize("themes", _GROUPS, ids="-".join)
def test_the_overlay_does_what_the_real_package_did(themes: tuple[str, ...], untouched: str) -> None:
    played = play(sys.executable, untouched, themes, [overlay_folder()])

    told = [line for theme in themes for line in _unlike(theme, recorded(theme), played[theme])]
    assert not told, "\n".join(told)


def test_each_deviation_belongs_to_a_probe_and_says_why() -> None:
    probes = {f"{theme}: {probe}" for theme in THEMES for probe in recorded(theme)}

    assert DEVIATIONS.keys() <= probes
    assert all(deviation.why and deviation.where for deviation in DEVIATIONS.values())


def test_there_is_a_recording_of_each_theme_and_no_other() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == list(THEMES)
    assert sum(len(recorded(theme)) for theme in THEMES) >= _PROBES


def test_every_public_method_is_called_with_what_it_needs_with_all_it_takes_and_with_none() -> None:
    calls, misuse = recorded("calls").keys(), recorded("misuse").keys()

    methods = [f"{kind}.{name}" for kind, names in _methods().items() for name in names]

    assert len(methods) == 77
    assert [name for name in methods if f"{name} plain" not in calls or f"{name} full" not in calls] == []
    assert [name for name in methods if name not in misuse] == []


def test_every_public_method_is_called_by_a_probe_of_its_theme_too() -> None:
    themes = [path for path in _THEMES.glob("*.py") if path.stem not in ("calls", "misuse", "signatures")]
    named = {name for path in themes for name in _attributes(path)}

    assert sorted({name for names in _methods().values() for name in names} - named) == []


def test_no_recording_tells_a_place_of_the_machine_that_made_it() -> None:
    told = "".join(path.read_text() for path in GOLDEN.glob("*.json"))

    assert "/tmp/" not in told
    assert "/home/" not in told
    assert "127.0.0.1:" not in told.replace("127.0.0.1:10000", "").replace("127.0.0.1:1234", "")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"a": 1}, []),
        ({"a": 2}, ["a: expected 1, found 2"]),
        ({"a": True}, ["a: expected 1, found true"]),
        ({}, ["a: missing, expected 1"]),
        ({"a": 1, "b": None}, ["b: not expected, found null"]),
    ],
)
def test_differences_are_named_by_their_place(found: Any, expected: list[str]) -> None:
    assert differences({"a": 1}, found) == expected


def test_differences_within_lists_are_named_by_their_index() -> None:
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == ["a[1].b: expected 2, found 3"]


def _unlike(theme: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    if found.keys() != expected.keys():
        yield f"{theme}: played {sorted(found.keys() ^ expected.keys())} or recorded them, and not both"
    for probe in expected.keys() & found.keys():
        verdict = judge(theme, probe, expected[probe], found[probe])
        yield from (f"{theme}: {probe}: {line}" for line in verdict.differing)
        yield from (f"{theme}: {probe}: {place} is declared and does not differ" for place in verdict.stale)


def _methods() -> dict[str, list[str]]:
    signatures: dict[str, Any] = json.loads((GOLDEN / "signatures.json").read_text())
    kinds = ("BaseBlobService", "BlockBlobService", "AppendBlobService", "PageBlobService")
    return {kind: list(signatures[kind]["value"]) for kind in kinds}


def _attributes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value  # a method named in a table
