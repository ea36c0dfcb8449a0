"""Run whole commands in turn and measure them: wall time, processor time and memory of their process tree."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Command", "Figures", "clean_environment", "measure"]

_INTERVAL = 0.02  # seconds between two looks at the memory of a tree


@dataclass(frozen=True, slots=True)
class Command:
    """A command to measure.

    Attributes:
        name: whose it is.
        arguments: program and arguments.
        environment: added to the clean one.
        before: called before each round, outside the measured time.
        made: a file that it writes, below the working folder, whose size is a figure too; None for none.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    made: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one command took.

    Attributes:
        name: the command's.
        seconds: wall time of each round.
        work: seconds of all processors in each round, those of its own children included.
        first: bytes, the highest resident set of the process that was started.
        largest: bytes, the highest resident set of any process below it; 0 where it has none.
        tree: bytes, the highest sum over the tree, shared pages and memory files counted once (PSS).
        made: bytes of the file that it wrote last; 0 where that is not looked at.
    """

    name: str
    seconds: tuple[float, ...]
    work: tuple[float, ...] = ()
    first: int = 0
    largest: int = 0
    tree: int = 0
    made: int = 0

    @property
    def median(self) -> float:
        """Return the median wall time in seconds."""
        return statistics.median(self.seconds)


def clean_environment(**added: str) -> dict[str, str]:
    """Return an environment in which bytecode is kept and nothing of the caller's accounts is seen."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | added


def measure(commands: Sequence[Command], *, rounds: int, folder: Path) -> list[Figures]:
    """Run the commands in turn, A B C, B C A, C A B, after one round that warms up.

    In turn, so that a drift of the machine hits all alike. Another one begins each round: what one command leaves
    behind, such as memory that the system has yet to zero, is paid for by the one after it.

    Args:
        commands: each must end with exit status 0.
        rounds: that count.
        folder: the working folder.
    """
    seconds: dict[str, list[float]] = {command.name: [] for command in commands}
    work: dict[str, list[float]] = {command.name: [] for command in commands}
    memory = {command.name: _Memory() for command in commands}
    for turn in range(rounds + 1):
        first = turn % len(commands)
        for command in (*commands[first:], *commands[:first]):
            command.before()
            before = _processor_seconds()
            spent = _run(command, folder, memory[command.name])
            if turn:
                seconds[command.name].append(spent)
                work[command.name].append(_processor_seconds() - before)
    made = {command.name: (folder / command.made).stat().st_size for command in commands if command.made}
    return [
        Figures(
            name,
            tuple(spent),
            tuple(work[name]),
            memory[name].first,
            memory[name].largest,
            memory[name].tree,
            made.get(name, 0),
        )
        for name, spent in seconds.items()
    ]


@dataclass(slots=True)
class _Memory:
    first: int = 0
    largest: int = 0
    tree: int = 0

    def look(self, pid: int) -> None:
        total = 0
        for process in _tree(pid):
            highest, shared = _resident(process)
            total += shared
            if process == pid:
                self.first = max(self.first, highest)
            else:
                self.largest = max(self.largest, highest)
        self.tree = max(self.tree, total)


def _run(command: Command, folder: Path, memory: _Memory) -> float:
    environment = clean_environment() | dict(command.environment)
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command.arguments, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=folder
        )
        while True:
            try:
                process.wait(_INTERVAL)
                break
            except subprocess.TimeoutExpired:
                memory.look(process.pid)
        spent = time.perf_counter() - started
        if process.returncode:
            output.seek(0)
            sys.exit(f"{command.name} failed: {command.arguments}\n{output.read().decode()[-3000:]}")
    return spent


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it; those that end meanwhile are left out."""
    yield pid
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return


def _resident(pid: int) -> tuple[int, int]:
    """Return the highest resident set of a process, and its share of what it holds now; zeros when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0
    return _kibibytes(status, "VmHWM:"), _kibibytes(rollup, "Pss:")


def _kibibytes(text: str, label: str) -> int:
    for line in text.splitlines():
        if line.startswith(label):
            return int(line.split()[1]) * 1024
    return 0
