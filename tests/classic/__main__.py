"""Play the probes from the command line.

python -m tests.classic             plays them today, and compares with what was recorded
python -m tests.classic --live      plays them in the environments of the time too; the recordings must be current
python -m tests.classic --record    records anew what the environments of the time do
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.classic import whole
from tests.classic.environments import FOLDER, build
from tests.classic.probes import (
    GOLDEN,
    TABLES,
    Outcomes,
    Verdict,
    declared,
    differences,
    judge,
    play,
    prune,
    record,
    recorded,
)
from tests.classic.python2 import probing


def main() -> int:
    """Record, or compare; the status tells whether anything differs that was not declared."""
    parser = argparse.ArgumentParser(prog="python -m tests.classic")
    parser.add_argument("--record", action="store_true", help="record what the environments of the time do")
    parser.add_argument("--live", action="store_true", help="play the environments of the time as well")
    parser.add_argument("--prune", action="store_true", help="take out of deviations.txt what does not differ")
    parser.add_argument("--environments", type=Path, default=FOLDER, metavar="FOLDER", help="where they are or go")
    parser.add_argument("--without", action="store_true", help="today's libraries as they are, nothing restored")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    parser.add_argument("tables", nargs="*", help="all of them, if none is named")
    asked = parser.parse_args()
    tables = [table for table in TABLES if not asked.tables or table.stem in asked.tables]
    if asked.record:
        return _record(asked.environments)
    stale = _stale(asked.environments, tables) if asked.live else 0
    found = play(sys.executable, *([] if asked.without else ["--classic"]), tables=tables)
    then = recorded()
    verdicts = {
        probe: judge({name: outcomes[probe] for name, outcomes in then.items()}, outcome)
        for probe, outcome in found.items()
    }
    if asked.prune:
        prune({probe for probe, verdict in verdicts.items() if verdict.like})
    return 1 if stale + _tell(verdicts, declared(), asked.quiet) else 0


def _record(folder: Path) -> int:
    played = dict(whole.recorded()) if (GOLDEN / "scripts.json").exists() else {}
    for name, python in build(folder).items():
        record(name, play(python))
        played.update(_whole_scripts(name, python))
        print(f"{name}: recorded")
    whole.record({name: told for name, told in played.items() if name in whole.SCRIPTS})
    return 0


def _whole_scripts(environment: str, python: Path) -> Outcomes:
    return whole.play(python, [one for one in whole.SCRIPTS.values() if one.environment == environment])


def _printed(environment: str, python: Path | None = None) -> Outcomes:
    # The probes of the language are Python 2 alone.
    if environment != "py27":
        return {}
    return probing.record(str(python)) if python else dict(json.loads(probing.RECORDED.read_text()))


def _stale(folder: Path, tables: list[Path]) -> int:
    """Play all that there is of the time; return how many probes and scripts do something else than was recorded."""
    total = 0
    for name, python in build(folder).items():
        then = {**recorded()[name], **whole.recorded(), **_printed(name)}
        found = {**play(python, tables=tables), **_whole_scripts(name, python), **_printed(name, python)}
        count = 0
        for one, outcome in found.items():
            lines = list(differences(then[one], outcome)) if one in then else ["it is not recorded"]
            if lines:
                print(f"{name}: {one}", *(f"    {line}" for line in lines), sep="\n")
                count += 1
        print(f"{name}: {len(found)} recordings, " + (f"{count} of them not current" if count else "all current"))
        total += count
    return total


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
        print(
            f"{table:<14}{one.total():>8}{one['equal']:>8}{one['declared']:>10}{one['different'] + one['needless']:>11}"
        )
    return counts["total"]["different"] + counts["total"]["needless"]


def _kind(is_declared: bool, is_equal: bool) -> str:
    if is_declared:
        return "needless" if is_equal else "declared"
    return "equal" if is_equal else "different"


if __name__ == "__main__":
    sys.exit(main())
