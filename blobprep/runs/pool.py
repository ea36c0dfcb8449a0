"""`blobprep.Pool`: many runs from one program, without the start of a process for each."""

from __future__ import annotations

import _thread
import os
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TextIO, Unpack

from blobprep.errors import InvalidOption, UsageError
from blobprep.progress import Progress
from blobprep.runs.arguments import read_arguments, spell_out_options
from blobprep.runs.execute import execute
from blobprep.runs.options import RunKeywords
from blobprep.runs.prepare import prepare
from blobprep.runs.result import Run
from blobprep.sandbox.admission import Admission
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.pooled_child import Bounds
from blobprep.settings.workspace import Workspace

__all__ = ["Pool", "usable_cores"]

_USUAL: Final = Bounds()


class Pool:
    """Processes that wait for runs; a context manager that ends them all.

    A run of `blobprep.run` starts a process and imports pandas in it. Here that is done once: the process of a run is
    forked from one that has imported the libraries, and confines itself as always. It is asked again by the next run
    with the same script, bundle and parameters, for which the script stays loaded; other parameters will do where the
    script plainly looks at them in its functions alone, and these keep nothing. All else of a run is gone before the
    next one: its folder, streams, figures, arguments, environment, settings, random state. The globals of the script,
    and what it registers with a library or replaces in one, stay as the run leaves them; with `fresh` nothing does. A
    run that fails ends its process.

    Any thread may run; as many runs go on at a time as `workers` says, and as there is memory for. A pool belongs to
    the process that made it; a fork of that process needs a pool of its own.

    Args:
        workspace: the settings in force; None for those of the working folder and this process.
        workers: runs at a time; None for one on each core that this process may use.
        fresh: give every run a process in which nothing ran before.
        max_runs: runs of one process, which is then replaced.
        max_age: seconds after which a process is replaced.
        max_growth: bytes of memory that a process may have more than after its first run; then it is replaced.

    Raises:
        InvalidOption: a number is not positive.

    >>> import blobprep
    >>> with blobprep.Pool() as pool:  # doctest: +SKIP
    ...     for day in days:
    ...         pool.run("prep.py", f"az://raw/{day}.csv", output=f"az://prepared/{day}/")
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        workers: int | None = None,
        fresh: bool = False,
        max_runs: int = _USUAL.requests,
        max_age: float = _USUAL.age,
        max_growth: int = _USUAL.growth,
    ) -> None:
        workers = usable_cores() if workers is None else workers
        for name, value in (("workers", workers), ("max_runs", max_runs), ("max_age", max_age)):
            if value <= 0:
                raise InvalidOption(f"{name} of a pool is {value}", remedy="use a number above 0")
        if max_growth < 0:
            raise InvalidOption(f"max_growth of a pool is {max_growth}", remedy="use 0 or a number of bytes above it")
        self._workspace = workspace or Workspace()
        children = ChildPool(kept=workers, fresh=fresh, bounds=Bounds(max_runs, max_age, max_growth))
        self._children, self._owner = children, os.getpid()
        self._admission = Admission(workers, lambda: children.largest)
        self._forgotten = weakref.finalize(self, _end_forgotten, children, self._owner)
        self._forgotten.atexit = False  # then the children see that this process is gone

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @spell_out_options
    def run(
        self,
        script: str | os.PathLike[str] | Callable[..., Any],
        dataset1: object = None,
        dataset2: object = None,
        *,
        echo: TextIO | None = None,
        progress: Callable[[int, int], None] | None = None,
        stage: Callable[[str], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        **options: Unpack[RunKeywords],
    ) -> Run:
        """Run a script on datasets and write its results to storage, as `blobprep.run` does.

        Args:
            script: as for `blobprep.run`, and so is all that follows.
            dataset1: the input of port Dataset1.
            dataset2: the input of port Dataset2.
            echo: a stream that gets the script's output as it is written.
            progress: called with bytes fetched and bytes in all.
            stage: called as each stage begins.
            on_progress: called with a `Progress` now and then, from a thread of its own.
            **options: the options of a run by name:

        Returns:
            The run, also if the script fails or exceeds a limit.

        Raises:
            UsageError, InputError, StoreError, OutputError, IsolationUnavailable: as `blobprep.run`; the first also in
                a process that was forked from the pool's own.
        """
        if os.getpid() != self._owner:
            raise UsageError(
                f"this pool belongs to process {self._owner}, which this one was forked from",
                remedy="make a Pool in each process",
            )
        asked, objects = read_arguments({"script": script, "dataset1": dataset1, "dataset2": dataset2, **options})
        request = prepare(self._workspace, asked, objects, now=datetime.now(UTC))
        with self._admission.admitted():
            return execute(
                request, children=self._children, echo=echo, progress=progress, stage=stage, on_progress=on_progress
            )

    def close(self) -> None:
        """End the processes that wait; harmless when that is done, and in a process that was forked."""
        if os.getpid() == self._owner:
            self._forgotten.detach()
            self._children.close()


def _end_forgotten(children: ChildPool, owner: int) -> None:
    """End the processes of a pool that nobody has any more, and that was not closed.

    Any thread may collect garbage, in the middle of anything it does and with any lock, so another one does the work;
    it is started without `threading`, which has a lock too.
    """
    if os.getpid() == owner:
        with suppress(RuntimeError):  # this process is ending
            _thread.start_new_thread(_close_apart, (children,))


def _close_apart(children: ChildPool) -> None:
    threading.Thread(target=children.close, name="blobprep-pool-end", daemon=True).start()


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
