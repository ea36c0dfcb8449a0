"""Play themes in the interpreter at hand, and write what came of each probe as JSON.

python -m tests.legacy.probes.playing --azurite 127.0.0.1:10000 --out FILE THEME…
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import secrets
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

# The services pause before they try again. No probe waits: the pauses asked for are noted, by replacing `sleep`
# before anything takes hold of it.
_pauses: list[float] = []
time.sleep = _pauses.append

Probe = Callable[[Any], Any]


def main() -> None:
    """Play the themes named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--azurite", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("themes", nargs="+")
    asked = parser.parse_args()
    outcomes = {theme: play(theme, asked.azurite, asked.only) for theme in asked.themes}
    asked.out.write_text(json.dumps(outcomes))


def probes(theme: ModuleType) -> dict[str, Probe]:
    """Return the probes of a theme: its public functions, and those of its table if it has one."""
    own = {
        name: value
        for name, value in vars(theme).items()
        if inspect.isfunction(value) and value.__module__ == theme.__name__ and not name.startswith("_")
    }
    return own | getattr(theme, "TABLE", {})


def play(name: str, azurite: str, only: str = "") -> dict[str, Any]:
    """Play one theme; a theme that cannot even be imported has that as its only outcome."""
    from tests.legacy.probes.recorder import recording

    run = f"run{secrets.token_hex(3)}"
    try:
        theme = importlib.import_module(f"tests.legacy.probes.{name if '.' in name else f'themes.{name}'}")
    except Exception as error:
        return {"(import)": f"{type(error).__name__}: {error}"}
    chosen = {probe: function for probe, function in probes(theme).items() if only in probe}
    with recording(azurite) as recorder:
        return {probe: _outcome(function, recorder, run, probe) for probe, function in chosen.items()}


def _outcome(function: Probe, recorder: Any, run: str, name: str) -> dict[str, Any]:
    from tests.legacy.probes.describing import described
    from tests.legacy.probes.environment import Environment, tried

    _pauses.clear()
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(recorder, run, name, Path(folder))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = tried(function, environment)
        outcome: dict[str, Any] = {"value": tried(described, value, environment.places)}
        if isinstance(outcome["value"], Exception):
            outcome["value"] = f"not described: {outcome['value']!r}"
        outcome["requests"] = environment.requests()
    # Those of the compiler come once per machine; those of resources, when the collector finds them.
    told = [one for one in caught if not issubclass(one.category, (SyntaxWarning, ResourceWarning))]
    outcome["warnings"] = [f"{one.category.__name__}: {one.message}" for one in told]
    outcome["waits"] = [round(pause, 3) for pause in _pauses]
    return {key: part for key, part in outcome.items() if part or key == "value"}


if __name__ == "__main__":
    main()
