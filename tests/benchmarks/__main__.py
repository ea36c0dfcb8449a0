"""Measure blobprep beside what people use instead, in one run: `make bench`.

Every work is done by blobprep and its peers in turn, over the same fast account on this machine, with the same script
and the same output. The peers live in an environment of their own, so that none of them slows another's imports.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.data import make_data
from tests.benchmarks.measuring import measure
from tests.benchmarks.table import print_comparison, print_figures, record_ratios
from tests.benchmarks.works import WORKS, Place, serve

RATIOS = Path(__file__).with_name("ratios.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "works", nargs="*", help=f"of {', '.join(WORKS)}; by default all but those that are marked long"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=2_000_000, help="of the large table (2 million: 135 MB of CSV)")
    parser.add_argument("--peers", default=".venv/bench/bin/python", help="the interpreter that has the peers")
    parser.add_argument(
        "--reports", default=".venv/reports/bin/python", help="the interpreter that has makers of pages"
    )
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="where the figures go")
    parser.add_argument("--record", action="store_true", help="keep the ratios as those to compare with")
    given = parser.parse_args()
    if unknown := set(given.works) - set(WORKS):
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    chosen = given.works or [name for name, work in WORKS.items() if not work.long]
    measured = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(folder, chosen, given.rows)
        for work_name in chosen:
            work = WORKS[work_name]
            with serve(folder / "account", work.link) as endpoint:
                # Not resolved: the interpreters are links.
                place = Place(folder, endpoint, *(str(Path(name).absolute()) for name in (given.peers, given.reports)))
                figures = measure(work.commands(place), rounds=given.rounds, folder=folder)
            measured[work_name] = figures
            print_figures(work_name, work.title, figures)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(_document(measured, given.rounds, given.rows), indent=2) + "\n")
    print_comparison(measured, RATIOS)
    if given.record:
        record_ratios(measured, RATIOS)


def _document(measured: dict, rounds: int, rows: int) -> dict:
    return {
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "rounds": rounds,
        "rows": rows,
        "works": {
            name: {
                each.name: {
                    "seconds": each.seconds,
                    "median": each.median,
                    "work": each.work,
                    "memory": {"first": each.first, "largest": each.largest, "tree": each.tree},
                    "made": each.made,
                }
                for each in figures
            }
            for name, figures in measured.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
