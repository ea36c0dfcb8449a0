"""Start the children that play probes, keep what the real package did, and find what differs."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.legacy.probes.deviations import DEVIATIONS
from tests.legacy.probes.normalising import requests_unnamed

__all__ = ["GOLDEN", "THEMES", "Outcomes", "Verdict", "differences", "judge", "play", "recorded"]

_ROOT = Path(__file__).parents[3]
GOLDEN = _ROOT / "tests" / "legacy" / "golden"
THEMES = tuple(sorted(path.stem for path in (Path(__file__).parent / "themes").glob("[a-z]*.py")))

Outcomes = dict[str, dict[str, Any]]


def play(python: str, azurite: str, themes: Iterable[str], path: Sequence[Path] = (), only: str = "") -> Outcomes:
    """Play themes in a child of an interpreter and return, by theme and probe, what came of them.

    Args:
        azurite: an endpoint, such as `http://127.0.0.1:10000/devstoreaccount1`.
        themes: names of modules; those outside of `themes` with their package, such as `neighbors.queues`.
        path: folders that come first on the child's path.
        only: play the probes that have this in their name.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    if path:
        environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcomes.json"
        netloc = azurite.split("/")[2] if "://" in azurite else azurite
        told = ["--azurite", netloc, "--out", str(out), "--only", only, *themes]
        ended = subprocess.run(
            [python, "-m", "tests.legacy.probes.playing", *told],
            check=False,
            cwd=_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if ended.returncode or not out.exists():
            raise RuntimeError(f"the child failed with {ended.returncode}:\n{ended.stderr[-4000:]}")
        outcomes: Outcomes = json.loads(out.read_text())
        return outcomes


def recorded(theme: str) -> dict[str, Any]:
    """Return what the real package did."""
    # The requests of the day it was recorded is not the one that is installed.
    found: dict[str, Any] = json.loads(requests_unnamed((GOLDEN / f"{theme}.json").read_text()))
    return found


class Verdict(NamedTuple):
    """How one probe of the overlay compares with the real package."""

    differing: list[str]  # lines of differences that are nobody's purpose
    declared: list[str]  # lines of those that `deviations` declares
    stale: list[str]  # declared places that do not differ


def judge(theme: str, probe: str, expected: Any, found: Any) -> Verdict:
    """Compare two outcomes of a probe, and sort the differences by whether they were declared."""
    where = DEVIATIONS[f"{theme}: {probe}"].where if f"{theme}: {probe}" in DEVIATIONS else ()
    lines = differences(expected, found)
    return Verdict(
        [line for line in lines if not line.startswith(where or ("\0",))],
        [line for line in lines if line.startswith(where or ("\0",))],
        [place for place in where if not any(line.startswith(place) for line in lines)],
    )


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Say in lines where two outcomes differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        lines = []
        for key in sorted(expected.keys() | found.keys()):
            inner = f"{where}.{key}" if where else key
            if key not in found:
                lines.append(f"{inner}: missing, expected {_short(expected[key])}")
            elif key not in expected:
                lines.append(f"{inner}: not expected, found {_short(found[key])}")
            else:
                lines += differences(expected[key], found[key], inner)
        return lines
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for index, pair in enumerate(zip(expected, found, strict=True))
            for line in differences(*pair, f"{where}[{index}]")
        ]
    if type(expected) is type(found) and expected == found:
        return []
    return [f"{where}: expected {_short(expected)}, found {_short(found)}"]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 300 else text[:297] + "..."
