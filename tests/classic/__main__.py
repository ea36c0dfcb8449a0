"""Play the probes from the command line.

    python -m tests.classic             plays them today, and compares with what was recorded
    python -m tests.classic --live      plays them in the environments of the time too; the recordings must be current
    python -m tests.classic --record    records anew what the environments of the time do
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.classic.environments import FOLDER, build
from tests.classic.probes import TABLES, Verdict, declared, differences, judge, play, record, recorded


def main() -> int:
    """Record, or compare; the status tells whether anything differs that was not declared."""
    parser = argparse.ArgumentParser(prog="python -m tests.classic")
    parser.add_argument("--record", action="store_true", help="record what the environments of the time do")
    parser.add_argument("--live", action="store_true", help="play the environments of the time as well")
    parser.add_argument("--environments", type=Path, default=FOLDER, metavar="FOLDER", help="where they are or go")
    parser.add_argument("--without", action="store_true", help="today's libraries as they are, nothing restored")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    parser.add_argument("tables", nargs="*", help="all of them, if none is named")
    asked = parser.parse_args()
    tables = [table for table in TABLES if not asked.tables or table.stem in asked.tables]
    if asked.record:
        for name, python in build(asked.environments).items():
            record(name, play(python))
            print(f"{name}: recorded")
        return 0
    stale = _stale(asked.environments, tables) if asked.live else 0
    found = play(sys.executable, *([] if asked.without else ["--classic"]), tables=tables)
    then = recorded()
    verdicts = {
        probe: judge({name: outcomes[probe] for name, outcomes in then.items()}, outcome)
        for probe, outcome in found.items()
    }
    return 1 if stale + _tell(verdicts, declared(), asked.quiet) else 0


def _stale(folder: Path, tables: list[Path]) -> int:
    """Play the probes in what there is of the time; return how many do something else than was recorded."""
    count = 0
    for name, python in build(folder).items():
        then = recorded()[name]
        for probe, outcome in play(python, tables=tables).items():
            lines = list(differences(then[probe], outcome)) if probe in then else ["it is not recorded"]
            if lines:
                print(f"{name}: {probe}", *(f"    {line}" for line in lines), sep="\n")
                count += 1
        print(f"{name}: " + (f"{count} recordings are not current" if count else "the recordings are current"))
    return count


def _tell(verdicts: dict[str, Verdict], reasons: dict[str, str], quiet: bool) -> int:
    counts: dict[str, Counter[str]] = {}
    for probe, verdict in verdicts.items():
        kind = _kind(probe in reasons, bool(verdict.like))
        if kind in ("different", "needless") and not quiet:
            lines = verdict.differing or ("declared in deviations.txt, and equal",)
            print(probe, *(f"    {line}" for line in lines[:4]), sep="\n")
        for table in (probe.split(":")[0].split()[0], "total"):
            counts.setdefault(table, Counter())[kind] += 1
    print(f"{'table':<14}{'probes':>8}{'equal':>8}{'declared':>10}{'different':>11}")
    for table in sorted(counts, key=lambda table: (table == "total", table)):
        one = counts[table]
        print(f"{table:<14}{one.total():>8}{one['equal']:>8}{one['declared']:>10}{one['different'] + one['needless']:>11}")
    return counts["total"]["different"] + counts["total"]["needless"]


def _kind(is_declared: bool, is_equal: bool) -> str:
    if is_declared:
        return "needless" if is_equal else "declared"
    return "equal" if is_equal else "different"


if __name__ == "__main__":
    sys.exit(main())
