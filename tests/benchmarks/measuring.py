"""Run whole commands and measure them."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Figures", "measure", "table"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold what one command took.

    Attributes:
        name: shown.
        seconds: one a round.
        peak: bytes of its own process, without its children.
        work: seconds of all processors a round, its children's too; they tell more than `seconds` on a busy machine.
    """

    name: str
    seconds: tuple[float, ...]
    peak: int = 0
    work: tuple[float, ...] = ()


def measure(
    commands: dict[str, Sequence[str]], *, rounds: int, environment: dict[str, str], folder: Path | None = None
) -> list[Figures]:
    """Run the commands in turn, A B A B, after one warm-up each, so that a drift of the machine hits all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    work: dict[str, list[float]] = {name: [] for name in commands}
    peaks = dict.fromkeys(commands, 0)
    for turn in range(rounds + 1):
        for name, command in commands.items():
            before = _worked()
            spent, peak = _run(command, environment, folder)
            if turn:
                seconds[name].append(spent)
                work[name].append(_worked() - before)
                peaks[name] = max(peaks[name], peak)
    return [Figures(name, tuple(seconds[name]), peaks[name], tuple(work[name])) for name in commands]


def _worked() -> float:
    """Return seconds of processors that ended children, and theirs, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(command: Sequence[str], environment: dict[str, str], folder: Path | None) -> tuple[float, int]:
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
        peak = 0
        while process.poll() is None:
            peak = _peak(process.pid) or peak
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        spent = time.perf_counter() - started
        if process.returncode:
            output.seek(0)
            sys.exit(f"{command} failed:\n{output.read().decode()[-3000:]}")
    return spent, peak


def _peak(pid: int) -> int:
    """Return the highest resident set so far of one process (VmHWM)."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def table(title: str, rows: list[Figures]) -> None:
    """Print the figures of one comparison."""
    print(f"\n{title}")
    for row in rows:
        low, middle, high = min(row.seconds), statistics.median(row.seconds), max(row.seconds)
        peak = f"{row.peak / 2**20:7.0f} MiB" if row.peak else ""
        work = f"  work {statistics.median(row.work):6.2f} s (least {min(row.work):.2f})" if row.work else ""
        print(f"  {row.name:<44} {middle:6.2f} s  ({low:.2f} to {high:.2f}) {peak}{work}")


def clean_environment(**extra: str) -> dict[str, str]:
    """Return this environment without what slows children down, or points them elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AZURE_", "PYTHON")) and not name.lower().endswith("_proxy")
    }
    return {**kept, **extra}
