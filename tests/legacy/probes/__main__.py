"""Play the probes from the command line; see the package."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from blobprep.legacy import overlay_folder
from tests import emulator
from tests.legacy.lines import in_lines
from tests.legacy.probes.comparing import GOLDEN, THEMES, Outcomes, judge, play, recorded

# Where `make test-legacy` puts the real package.
_REAL = Path(__file__).parents[3] / ".venv" / "legacy" / "bin" / "python"


def main() -> int:
    """Record, or compare; the status tells whether anything differs that was not declared."""
    parser = argparse.ArgumentParser(prog="python -m tests.legacy.probes")
    parser.add_argument("--record", action="store_true", help="record what the real package does")
    parser.add_argument("--live", action="store_true", help="compare with the real package, not with what was recorded")
    parser.add_argument("--python", default=str(_REAL), help="the interpreter that has the real package")
    parser.add_argument("--only", default="", metavar="TEXT", help="the probes that have this in their name")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    parser.add_argument("themes", nargs="*", help="all of them, if none is named")
    asked = parser.parse_args()
    themes = asked.themes or THEMES
    with tempfile.TemporaryDirectory() as folder, emulator.serve(Path(folder)) as azurite:
        if asked.record:
            return _record(play(asked.python, azurite, themes))
        if asked.live:
            expected = play(asked.python, azurite, themes, only=asked.only)
        else:
            expected = {theme: recorded(theme) for theme in themes}
    # A second Azurite, as fresh as the first.
    with tempfile.TemporaryDirectory() as folder, emulator.serve(Path(folder)) as azurite:
        found = play(sys.executable, azurite, themes, [overlay_folder()], asked.only)
    return _tell(expected, found, asked.only, asked.quiet)


def _record(outcomes: Outcomes) -> int:
    GOLDEN.mkdir(exist_ok=True)
    for theme, told in outcomes.items():
        (GOLDEN / f"{theme}.json").write_text(in_lines(told))
        print(f"{theme:<14}{len(told):>8}")
    print(f"{'':<14}{sum(map(len, outcomes.values())):>8}")
    return 0


def _tell(expected: Outcomes, found: Outcomes, only: str, quiet: bool) -> int:
    rows = []
    for theme, outcomes in expected.items():
        verdicts = {
            probe: judge(theme, probe, outcome, found[theme].get(probe, found[theme].get("(import)")))
            for probe, outcome in outcomes.items()
            if only in probe
        }
        for probe, verdict in verdicts.items():
            lines = verdict.differing + [f"{place}: declared in deviations, and equal" for place in verdict.stale]
            if lines and not quiet:
                print(f"{theme}: {probe}", *(f"    {line}" for line in lines), sep="\n")
        different = sum(bool(verdict.differing or verdict.stale) for verdict in verdicts.values())
        declared = sum(bool(verdict.declared) for verdict in verdicts.values())
        equal = sum(not verdict.differing and not verdict.declared for verdict in verdicts.values())
        rows.append((theme, len(verdicts), equal, declared, different))
    rows.append(("", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    print(f"{'theme':<14}{'probes':>8}{'equal':>8}{'declared':>10}{'different':>11}")
    for row in rows:
        print("{:<14}{:>8}{:>8}{:>10}{:>11}".format(*row))
    return 1 if rows[-1][-1] else 0


if __name__ == "__main__":
    sys.exit(main())
