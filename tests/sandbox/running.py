"""Real children for tests: start one, have it run a script, and keep what came of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.outputs.collector import LeftFile, collect_images
from blobprep.protocol import AskedDataset, AskedResults, ChildRequest
from blobprep.runs.verdict import Verdict, judge
from blobprep.sandbox.call import CallResult, Ending, WholeInputs
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Confinement, Level, Namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession

SCRIPTS = Path(__file__).parents[1] / "scripts"


@dataclass
class Outcome:
    """What a child left; `folder` is gone by now."""

    ending: Ending
    verdict: Verdict
    log: str
    results: bytes
    folder: str
    images: list[LeftFile] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    attempts: tuple[ConnectionRecord, ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        return self.log.splitlines()

    @property
    def message(self) -> str:
        return self.verdict.error.message if self.verdict.error else ""


def run_script(
    script: str | bytes,
    *,
    datasets: Mapping[str, bytes] | None = None,
    bundle: bytes = b"",
    level: Level = DEFAULT_LEVEL,
    means: Confinement | None = None,
    namespace: Namespace = "auto",
    timeout: float | None = 60,
    memory: int | None = None,
    limits: Limits | None = None,
    rules: Rules | None = None,
    debug: bool = False,
    **asked: Any,
) -> Outcome:
    """Run a script of `tests/scripts/`, or a source, in a child; datasets are CSV.

    `means` force a way of confinement, as an older ABI of Landlock.
    """
    source = script if isinstance(script, bytes) else (SCRIPTS / script).read_bytes()
    name = "prep.py" if isinstance(script, bytes) else script
    inputs = {"script": source, **(datasets or {}), **({"bundle": bundle} if bundle else {})}
    limits = limits or Limits(timeout, memory)
    book = RunLog(kept=limits.log_kept)
    with start("run", level, limits, rules=rules, debug=debug, namespace=namespace, means=means) as session:
        measures = session.require_confined()
        asked = {"debugger": "pdb" if debug else "", **asked}
        result, results = feed(session, name, inputs, book, seconds=limits.timeout, **asked)
        verdict = judge(result.ending, result.facts, limits, lossless=asked.get("lossless", False))
        folder = session.folder
        found = list(collect_images(folder, verdict.facts.figures, limits)) if folder else []
    images = [each for each in found if isinstance(each, LeftFile)]
    return Outcome(
        result.ending,
        verdict,
        book.text(),
        results,
        folder,
        images,
        [each for each in found if isinstance(each, str)],
        result.attempts,
        measures,
    )


def feed(
    session: ChildSession,
    name: str,
    inputs: Mapping[str, bytes],
    log: RunLog,
    *,
    seconds: float | None = 60,
    last: bool = True,
    more: bool = False,
    files: Mapping[str, int] | None = None,
    **asked: Any,
) -> tuple[CallResult, bytes]:
    """Have a child run a script on inputs that are there; return what came of it, and the results.

    `files` are descriptors of more outputs, by name.
    """
    reading, writing = os.pipe()
    results = bytearray()
    drain = threading.Thread(target=_drain, args=(reading, results))
    drain.start()
    request = ChildRequest(
        "run",
        script=name,
        script_size=len(inputs["script"]),
        datasets=tuple(
            AskedDataset(port, f"az://c/{port}.csv", len(inputs[port]), "csv", csv_options())
            for port in ("dataset1", "dataset2")
            if port in inputs
        ),
        bundle="az://c/bundle.zip" if "bundle" in inputs else "",
        bundle_size=len(inputs.get("bundle", b"")),
        results=AskedResults("csv", csv_write_options()),
        **asked,
    )
    with ExitStack() as stack:
        stack.callback(os.close, reading)
        stack.callback(drain.join)
        spools = {port: stack.enter_context(InputSpool.holding(port, data)) for port, data in inputs.items()}
        result = session.call(
            request,
            {port: spool.readable for port, spool in spools.items()} | dict(files or {}),
            log=log,
            inputs=WholeInputs({port: len(data) for port, data in inputs.items() if port != "script"}),
            outputs=lambda _: _closing({"results": writing}),
            seconds=seconds,
            last=last,
            more=more,
        )
        drain.join()
        return result, bytes(results)


@contextmanager
def _closing(descriptors: dict[str, int]) -> Iterator[dict[str, int]]:
    try:
        yield descriptors
    finally:
        for descriptor in descriptors.values():
            os.close(descriptor)


def survivors(folder: str | Path) -> list[int]:
    """Processes of runs whose folder is, or is below, this one, guards too; all have it in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"HOME={folder}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _drain(descriptor: int, into: bytearray) -> None:
    while data := os.read(descriptor, 1 << 16):
        into += data


def csv_options() -> dict[str, str]:
    from blobprep.formats import FORMATS, read_options

    return read_options(FORMATS["csv"], {})


def csv_write_options() -> dict[str, str]:
    from blobprep.formats import FORMATS, write_options

    return write_options(FORMATS["csv"], {})
