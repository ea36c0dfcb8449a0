"""The probes: small scripts over every restored name, played in an interpreter, and compared with what was recorded.

A probe's outcome today must be that of one of the environments of the time. Where it was a value in one and an error in
another, the value counts: a script of 2015 that sorts by `sort` worked, though its name was gone in 2017.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.classic.environments import ENVIRONMENTS, variables

__all__ = [
    "GOLDEN",
    "TABLES",
    "Outcomes",
    "Verdict",
    "compact",
    "declared",
    "differences",
    "judge",
    "play",
    "prune",
    "record",
    "recorded",
]

_HOME = Path(__file__).parent
GOLDEN = _HOME / "golden"
TABLES = sorted((_HOME / "tables").glob("*.txt"))
_PLAYER = _HOME / "player" / "probe_player.py"
_DEVIATIONS = _HOME / "deviations.txt"
# Numbers agree to this many digits. The digits after depend on the order in which numpy and BLAS add, which is the
# processor's choice in the old libraries too.
_DIGITS = 12
_BUILTIN = {name for name, value in vars(__import__("builtins")).items() if isinstance(value, type)}

Outcomes = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What one probe came to: the environments whose outcome it has, else in what it differs from the nearest."""

    like: tuple[str, ...]
    differing: tuple[str, ...] = ()


def play(python: str | Path, *options: str, tables: list[Path] = TABLES, seconds: float = 600) -> Outcomes:
    """Play tables in an interpreter; return the outcome of each probe by its name."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcomes.json"
        command = [str(python), "-W", "ignore", str(_PLAYER), *options, str(out), *map(str, tables)]
        done = subprocess.run(command, env=variables(), capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode:
            raise RuntimeError(f"the probes could not be played in {python}:\n{done.stderr[-1500:]}")
        return dict(json.loads(out.read_text()))


def recorded() -> dict[str, Outcomes]:
    """Return what was recorded: by environment, then by probe."""
    return {one.name: json.loads((GOLDEN / f"{one.name}.json").read_text()) for one in ENVIRONMENTS}


def record(environment: str, outcomes: Outcomes) -> None:
    """Write what came of the probes in an environment of the time: one line for each."""
    (GOLDEN / f"{environment}.json").write_text(compact(outcomes))


def compact(recorded: dict[str, Any]) -> str:
    """Return a recording as JSON of one line for each name, so that a difference shows which one."""
    lines = (f"{json.dumps(name)}:{_dense(recorded[name])}" for name in sorted(recorded))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def declared() -> dict[str, str]:
    """Return the declared differences: the reason by probe."""
    reasons: dict[str, str] = {}
    reason = ""
    for line in _DEVIATIONS.read_text().splitlines():
        if line.startswith("=="):
            reason = line[2:].strip()
        elif line and not line.startswith("#"):
            reasons[line] = reason
    return reasons


def prune(equal: set[str]) -> None:
    """Take probes out of the declared differences, and reasons that hold for none."""
    kept = [line for line in _DEVIATIONS.read_text().splitlines() if line not in equal]
    reasons = [
        line
        for line, after in zip(kept, [*kept[1:], ""], strict=True)
        if not (line.startswith("==") and (not after or after.startswith("==")))
    ]
    _DEVIATIONS.write_text(re.sub(r"\n{3,}", "\n\n", "\n".join(reasons)).rstrip() + "\n")


def judge(then: dict[str, Any], now: Any) -> Verdict:
    """Compare a probe's outcome with those of the time, by environment."""
    worked = {name: outcome for name, outcome in then.items() if not _failed(outcome)}
    told = {name: list(differences(outcome, now)) for name, outcome in (worked or then).items()}
    like = tuple(name for name, lines in told.items() if not lines)
    return Verdict(like, () if like else tuple(min(told.values(), key=len)))


def differences(then: Any, now: Any, place: str = "") -> Iterator[str]:
    """Tell in what two outcomes differ: the place, what it was and what it is."""
    if _failed(then) or _failed(now):
        if not (_failed(then) and _failed(now) and _caught_alike(then["error"], now["error"])):
            yield f"{place or 'outcome'}: was {_short(then)}, is {_short(now)}"
    elif isinstance(then, dict) and isinstance(now, dict) and then.keys() == now.keys():
        for key, value in then.items():
            yield from differences(value, now[key], f"{place}.{key}" if place else key)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for position, value in enumerate(then):
            yield from differences(value, now[position], f"{place}[{position}]")
    elif not _is_same(then, now):
        yield f"{place or 'outcome'}: was {_short(then)}, is {_short(now)}"


def _failed(outcome: Any) -> bool:
    return isinstance(outcome, dict) and outcome.keys() == {"error"}


def _caught_alike(then: list[str], now: list[str]) -> bool:
    # By its name a script catches what Python has; the names that pandas gave its own errors came and went.
    return {name for name in then if name in _BUILTIN} <= set(now)


def _is_same(then: Any, now: Any) -> bool:
    if type(then) is not type(now):
        return False
    if isinstance(then, float):
        return math.isclose(then, now, rel_tol=10**-_DIGITS, abs_tol=10**-_DIGITS)
    return bool(then == now)


def _dense(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _short(value: Any) -> str:
    if _failed(value):
        return str(value["error"][0])
    told = json.dumps(value)
    return told if len(told) <= 160 else told[:157] + "..."
