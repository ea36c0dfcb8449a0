"""What a child makes of generated files: `head` and `run`, as the parent asks for them, in this process.

`python -m tests.fuzzing.commands FIRST COUNT` takes damaged files through both, and prints each seed before it is
tried, so that the last one is known where it ended the process.
"""

from __future__ import annotations

import os
import random
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from blobprep.child import main
from blobprep.formats import FORMATS, read_options, write_options
from blobprep.protocol import (
    FACTS_LIMIT,
    AskedDataset,
    AskedResults,
    ChildRequest,
    Facts,
    decode_facts,
    encode_frame,
    encode_request,
)
from blobprep.unnamed_files import memory_file
from tests.fuzzing import tables

__all__ = ["finding"]

_SCRIPT = b"def azureml_main(frame):\n    return frame,\n"
_WRITTEN = ("csv", "tsv", "json", "jsonl", "arff", "excel", "parquet", "arrow")


def finding(seed: int, *, damage: bool = False) -> str:
    """Take the file of a seed through `head` and `run`, its results in one format or another.

    Returns:
        What must not be: a defect, or an error that is said to be the script's, which does nothing. Else nothing.
    """
    rng = random.Random(seed)
    written = tables.file(rng, tables.table(rng))
    if written is None:
        return ""
    name, data = written
    if damage:
        data = tables.damaged(rng, data)
    options = {"decimals": rng.choice(("float", "keep")), "integers": rng.choice(("float", "nullable"))}
    asked = AskedDataset("dataset1", "az://raw/table", len(data), name, read_options(FORMATS[name], options))
    results = rng.choice(_WRITTEN)
    run = ChildRequest(
        "run",
        datasets=(asked,),
        script="script.py",
        script_kind="source",
        script_size=len(_SCRIPT),
        results=AskedResults(results, write_options(FORMATS[results], {})),
    )
    for ask in (ChildRequest("head", datasets=(asked,), rows=rng.choice((0, 2, 10))), run):
        failure = _facts(ask, {"dataset1": data, "script": _SCRIPT, "results": b"", "facts": b""}).failure
        if failure is not None and failure.kind in ("defect", "script"):
            return f"seed {seed}, {ask.operation} {name} as {results}: {failure.message}\n{failure.traceback}"
    return ""


def _facts(ask: ChildRequest, contents: Mapping[str, bytes]) -> Facts:
    """Ask this process as a parent asks a child, all inputs there, and return what the parent would read."""
    files = {name: memory_file(name) for name in contents}
    ours, theirs = socket.socketpair()
    log = os.open(os.devnull, os.O_WRONLY)
    try:
        with ours, theirs, tempfile.TemporaryDirectory() as folder:
            for name, data in contents.items():
                Path(f"/proc/self/fd/{files[name]}").write_bytes(data)
            frame = encode_request(replace(ask, number=1, descriptors=tuple(files), folder=folder))
            socket.send_fds(ours, [frame], [*files.values()])
            size = len(contents["dataset1"])
            ours.sendall(encode_frame("filled", number=1, port="dataset1", offset=0, end=size))
            main.serve(theirs, log)
        return decode_facts(os.pread(files["facts"], FACTS_LIMIT, 0))
    finally:
        for descriptor in (*files.values(), log):
            os.close(descriptor)


def _run(first: int, count: int) -> int:
    found = 0
    for seed in range(first, first + count):
        print(seed, flush=True)
        if text := finding(seed, damage=True):
            print(text, file=sys.stderr)
            found += 1
    return found


if __name__ == "__main__":
    sys.exit(min(_run(*map(int, sys.argv[1:3])), 100))
