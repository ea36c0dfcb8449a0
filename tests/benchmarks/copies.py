"""What copies from one container to another take, made by the service and through this machine.

`.venv/bin/python -m tests.benchmarks.copies [COUNT [BYTES]]`; over Azurite, which copies a block by reading it from
itself, over a connection.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from blobprep.batches.copies.jobs import cp
from blobprep.settings import Workspace
from blobprep.transfer.server_route import ServerMode
from tests import emulator

_ROUNDS = 3
_MODES: tuple[ServerMode, ...] = ("never", "always")


def measure(count: int, size: int, folder: Path, report: Callable[[str], object]) -> None:
    """Report each of some rounds: seconds, processor time of this process, and bytes that it read and wrote."""
    with emulator.serve(folder) as endpoint:
        settings = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(endpoint)}
        workspace = Workspace(environment=settings, folder=folder)
        _fill(workspace, count, size)
        for number in range(_ROUNDS):
            for mode in _MODES:
                began, worked = time.perf_counter(), time.process_time()
                copies = cp("az://source/**", f"az://target/{mode}{number}/", server_side=mode, workspace=workspace)
                seconds, processor = time.perf_counter() - began, time.process_time() - worked
                assert copies.counts.copied == count
                passed = 2 * size * (count - copies.server_side)
                report(
                    f"{mode:>6}  {seconds:6.2f} s  processor {processor:5.2f} s  through here {passed / 1e6:,.0f} MB"
                )


def _fill(workspace: Workspace, count: int, size: int) -> None:
    store, data = workspace.store(), os.urandom(size)
    for container in ("source", "target"):
        store.create_container(container)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _write(store.write, number, data), range(count)))


def _write(write: Callable[..., str], number: int, data: bytes) -> None:
    write("source", f"{number:06}", data, content_type="application/octet-stream")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    with TemporaryDirectory() as directory:
        measure(*(given + [500, 1_000_000][len(given) :]), Path(directory), lambda line: print(line, flush=True))
