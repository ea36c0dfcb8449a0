"""Real children for tests: start one, have it run a script, and keep what came of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blobprep.inputs.spool import InputSpool, bounded_file, read_bounded
from blobprep.limits import Limits
from blobprep.outputs.collector import LeftFile, collect_images
from blobprep.protocol import FACTS_LIMIT, Ask, AskedDataset, AskedResults
from blobprep.runs.verdict import Verdict, judge
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Confinement, Level, Namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import Child, Ending

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
    with start("run", level, limits, book, rules=rules, debug=debug, namespace=namespace, means=means) as child:
        measures = child.require_confined()
        asked = {"debugger": "pdb" if debug else "", **asked}
        ending, facts, results = _feed(child, name, inputs, limits.timeout, asked)
        verdict = judge(ending, facts, limits, lossless=asked.get("lossless", False))
        found = list(collect_images(child.host.folder, verdict.facts.figures, limits)) if child.host.folder else []
        folder = child.host.folder
        attempts = child.hang_up()
    images = [each for each in found if isinstance(each, LeftFile)]
    return Outcome(
        ending,
        verdict,
        book.text(),
        results,
        folder,
        images,
        [each for each in found if isinstance(each, str)],
        attempts,
        measures,
    )


def _feed(
    child: Child, name: str, inputs: Mapping[str, bytes], timeout: float | None, asked: Mapping[str, Any]
) -> tuple[Ending, bytes, bytes]:
    files = {port: InputSpool(port, len(data)) for port, data in inputs.items()}
    for port, data in inputs.items():
        files[port].write(0, data)
    facts = bounded_file("facts", FACTS_LIMIT)
    reading, writing = os.pipe()
    results = bytearray()
    drain = threading.Thread(target=_drain, args=(reading, results))
    drain.start()
    ask = Ask(
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
    try:
        try:
            child.ask(
                ask, {**{port: each.readable for port, each in files.items()}, "results": writing, "facts": facts}
            )
        finally:
            os.close(writing)
        for port, data in inputs.items():
            if port != "script":  # it is whole from the start, and not announced
                child.filled(port, 0, len(data))
        ending = child.wait(timeout)
        drain.join()
        return ending, read_bounded(facts), bytes(results)
    finally:
        child.kill()
        drain.join()
        os.close(reading)
        os.close(facts)
        for each in files.values():
            each.close()


def survivors(folder: str | Path) -> list[int]:
    """Processes of runs whose folder is, or is below, this one: all of them have it in their environment."""
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
