from __future__ import annotations

import json

import pytest

from tests.classic.python2.probing import RECORDED, play, probes

OUTCOMES = json.loads(RECORDED.read_text())
PROBES = probes()
DIFFERENCES = {
    "classes/div-fallback": ("true\n", "a class that divides only by __truediv__ could not be divided; now it can"),
}
"""What differs, and why."""


def test_every_probe_is_recorded() -> None:
    assert PROBES.keys() == OUTCOMES.keys()
    assert len(PROBES) >= 150


@pytest.mark.parametrize("name", PROBES)
def test_a_translated_script_prints_what_it_printed_in_python_2(name: str) -> None:
    expected, _ = DIFFERENCES.get(name, (OUTCOMES[name], ""))
    assert play(PROBES[name]) == expected
