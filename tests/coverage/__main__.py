"""Run the quick tests in `.venv/coverage`, and report what they reach: `python -m tests.coverage`."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import coverage

ROOT: Final = Path(__file__).parents[2]
HOUSE: Final = ROOT / "blobprep"
DATA: Final = ROOT / ".venv" / "coverage" / "data"
LEAST: Final = 96.0
"""Percent of lines and branches that the tests must reach; as root it is 96.9, and a user cannot try all of it."""

# It looks at what a process has imported, which the measurement adds to.
_DISTURBED: Final = "tests/runs/test_execute.py::test_the_parent_imports_no_parser_and_never_unpickles"

_NEVER_RUN: Final = [
    "if TYPE_CHECKING:",
    r"^\s*(def .*)?\.\.\.$",
    r"\braise NotImplementedError\b",
    r"\bassert_never\(",
]
# Names that the old SDK had, for scripts to import: nothing happens there.
_LEFT_OUT: Final = [str(HOUSE / "legacy" / "overlay" / "*")]


class Reached(NamedTuple):
    """How many lines and branches there are, and how many were reached."""

    there: int
    reached: int

    @property
    def percent(self) -> float:
        """The part that was reached."""
        return 100 * self.reached / self.there if self.there else 100.0


def main(arguments: list[str]) -> int:
    """Measure; return 0 where enough was reached and no test failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage")
    parser.add_argument("--report-only", action="store_true", help="report what was measured before")
    parser.add_argument(
        "--missing", metavar="TEXT", help="name what was not reached in modules with this in their path"
    )
    parser.add_argument("tests", nargs="*", help="instead of all quick ones; then any coverage is enough")
    options = parser.parse_args(arguments)
    failed = 0 if options.report_only else _run(options.tests)
    measured = coverage.Coverage(data_file=None, branch=True, config_file=False)
    measured.set_option("report:exclude_also", _NEVER_RUN)
    _gather(measured.get_data())
    files = _files(measured)
    modules = {path: _reached(file) for path, file in files.items()}
    if options.missing is not None:
        _print_missing(files, options.missing)
    _print(modules)
    total = _sum(modules.values())
    if not options.tests and total.percent < LEAST:
        print(f"{total.percent:.1f} % of lines and branches are reached; at least {LEAST:g} % must be", file=sys.stderr)
        return 1
    return failed


def _run(tests: list[str]) -> int:
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    DATA.chmod(0o1777)  # a child may be another user
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "2", "--dist", "worksteal"]
    command += ["--deselect", _DISTURBED]
    # Tracing takes time, which a test's limit does not know of.
    return subprocess.run([*command, "--timeout", "600", *tests], cwd=ROOT, check=False).returncode


def _gather(into: coverage.CoverageData) -> None:
    """Put together what each process left."""
    for path in DATA.iterdir():
        if data := path.read_bytes():  # one that was killed has left nothing
            part = coverage.CoverageData(no_disk=True)
            part.loads(data)
            into.update(part)
    into.touch_files(map(str, HOUSE.rglob("*.py")))


def _files(measured: coverage.Coverage) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "coverage.json")
        measured.json_report(outfile=str(out), omit=_LEFT_OUT)
        files: dict[str, Any] = json.loads(out.read_text())["files"]
    return {Path(path).resolve().relative_to(HOUSE).as_posix(): file for path, file in files.items()}


def _reached(file: dict[str, Any]) -> Reached:
    summary = file["summary"]
    return Reached(
        summary["num_statements"] + summary["num_branches"], summary["covered_lines"] + summary["covered_branches"]
    )


def _sum(parts: Iterable[Reached]) -> Reached:
    there, reached = zip(*parts, strict=True)
    return Reached(sum(there), sum(reached))


def _print(modules: dict[str, Reached]) -> None:
    rooms = defaultdict(list)
    for path, reached in modules.items():
        rooms[path.partition("/")[0] if "/" in path else "(top)"].append(reached)
    for room, parts in sorted(rooms.items()):
        whole = _sum(parts)
        print(f"{room:16}{whole.percent:7.1f} %  of {whole.there}")
    print(f"{'all':16}{_sum(modules.values()).percent:7.1f} %  of {_sum(modules.values()).there}")


def _print_missing(files: dict[str, Any], text: str) -> None:
    for path, file in sorted(files.items()):
        if text in path and (file["missing_lines"] or file["missing_branches"]):
            branches = " ".join(f"{start}->{max(end, 0) or 'end'}" for start, end in file["missing_branches"])
            print(f"{path}: {' '.join(map(str, file['missing_lines']))}; {branches}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
