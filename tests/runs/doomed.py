"""A process that runs a script and stops at a stage, to be killed or interrupted there; started by `test_crashes`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from blobprep.cli.exit_codes import Interrupted, code_of
from blobprep.runs.execute import execute
from blobprep.stores.folder.store import FolderStore
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, ask, dataset

SCRIPT = b"""
import time

import matplotlib.pyplot as plt

def azureml_main(frame):
    plt.figure(figsize=(1, 1)).savefig("first.png")
    with open("outputs/model.bin", "w") as file:
        file.write("model")
    print("running")
    if blobprep_parameters.get("waits"):
        time.sleep(1000)
    return frame
"""

INTERRUPTED = threading.Event()
STAGES: dict[str, Callable[[str, str, set[str]], bool]] = {
    "resolve": lambda operation, blob, seen: blob == "a.csv" and operation == "properties",
    "claim": lambda operation, blob, seen: blob == "out/manifest.json" and operation == "write",
    "fetch": lambda operation, blob, seen: blob == "a.csv" and operation == "read",
    "results": lambda operation, blob, seen: blob == "out/results.parquet" and operation == "write",
    "figure": lambda operation, blob, seen: blob == "out/figures/first.png" and operation == "write",
    "artifact": lambda operation, blob, seen: blob == "out/artifacts/model.bin" and operation == "write",
    "manifest": lambda operation, blob, seen: (
        blob == "out/manifest.json" and {"out/log.txt", "out/script.py", "out/results.parquet"} <= seen
    ),
    "report": lambda operation, blob, seen: blob == "out/report.html" and operation == "write",
}
"""After which operation to stop; `seen` are the blobs written before."""


def main(folder: str, stage: str) -> None:
    seen: set[str] = set()
    lock, claimed = threading.Lock(), threading.Event()

    def after(operation: str, blob: str) -> None:
        # The last manifest is stopped before it is written, everything else after.
        if stage != "manifest":
            stop(operation, blob)
        if operation == "write":
            with lock:
                seen.add(blob)
            if blob == "out/manifest.json":
                claimed.set()

    def before(operation: str, blob: str) -> None:
        if stage == "manifest":
            stop(operation, blob)

    def stop(operation: str, blob: str) -> None:
        if stage in STAGES and STAGES[stage](operation, blob, seen):
            if stage == "fetch":  # which begins before the outputs are claimed
                claimed.wait()
            print("reached", flush=True)
            INTERRUPTED.wait()

    inner = FolderStore(Path(folder))
    store = Hooked(inner)
    request = ask(
        store,
        SCRIPT,
        dataset1=dataset(store, "a.csv"),
        parameters={"waits": "yes"} if stage == "script" else {},
        overwrite=True,
        artifacts=("model.bin",),
    )
    store.before, store.after = before, after
    execute(request, echo=sys.stdout)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Do as the command line does, and let the operation that was stopped go on: its answer is late and not lost."""
    INTERRUPTED.set()
    raise Interrupted(number)


if __name__ == "__main__":
    # A shell that starts its jobs in the background has them ignore interrupts, and so this process too.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, interrupt)
    FolderStore(Path(sys.argv[1])).create_container(CONTAINER)
    try:
        main(sys.argv[1], sys.argv[2])
    except Interrupted as error:
        sys.exit(code_of(error))
