"""Play the probes from the command line; see the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests import emulator
from tests.legacy.probes.comparing import GOLDEN, THEMES, Outcomes, differences, play, recorded


def main() -> int:
    """Record, or compare; the status tells whether anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.legacy.probes")
    parser.add_argument("--record", metavar="PYTHON", help="record what the real package of this interpreter does")
    parser.add_argument("--real", metavar="PYTHON", help="compare with the real package of this interpreter, live")
    parser.add_argument("--only", default="", metavar="TEXT", help="the probes that have this in their name")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    parser.add_argument("themes", nargs="*", help="all of them, if none is named")
    asked = parser.parse_args()
    themes = asked.themes or THEMES
    with tempfile.TemporaryDirectory() as folder, emulator.serve(Path(folder)) as azurite:
        if asked.record:
            return _record(play(asked.record, azurite, themes))
        if asked.real:
            expected = play(asked.real, azurite, themes, only=asked.only)
        else:
            expected = {theme: recorded(theme) for theme in themes}
        from blobprep.legacy import overlay_folder

        found = play(sys.executable, azurite, themes, Path(overlay_folder()), asked.only)
    return _tell(expected, found, asked.only, asked.quiet)


def _record(outcomes: Outcomes) -> int:
    GOLDEN.mkdir(exist_ok=True)
    for theme, told in outcomes.items():
        (GOLDEN / f"{theme}.json").write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        print(f"{theme:<14}{len(told):>5}")
    print(f"{'':<14}{sum(map(len, outcomes.values())):>5}")
    return 0


def _tell(expected: Outcomes, found: Outcomes, only: str, quiet: bool) -> int:
    table = []
    for theme, outcomes in expected.items():
        chosen = {probe: outcome for probe, outcome in outcomes.items() if only in probe}
        lines = {
            probe: differences(outcome, found[theme].get(probe, found[theme].get("(import)")))
            for probe, outcome in chosen.items()
        }
        unequal = {probe: told for probe, told in lines.items() if told}
        for probe, told in {} if quiet else unequal.items():
            print(f"{theme}: {probe}", *(f"    {line}" for line in told), sep="\n")
        table.append((theme, len(chosen), len(chosen) - len(unequal), len(unequal)))
    print(f"{'theme':<14}{'probes':>8}{'equal':>8}{'different':>11}")
    for row in [*table, ("", *(sum(column) for column in list(zip(*table, strict=True))[1:]))]:
        print("{:<14}{:>8}{:>8}{:>11}".format(*row))
    return 1 if any(row[3] for row in table) else 0


if __name__ == "__main__":
    sys.exit(main())
