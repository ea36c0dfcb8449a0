"""Have a group of attacks run as scripts, confined or not, and hear the judge; also a program, for other circumstances.

Confined means by the whole of the product: a store, a request, a run with everything it publishes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from blobprep.errors import BlobprepError
from blobprep.limits import Limits
from blobprep.runs.execute import execute
from blobprep.runs.result import Run
from blobprep.sandbox import kernel_support
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.network.rules import Rules
from blobprep.stores import BlobProperties
from tests.attacks.elsewhere import LEFT_OUT, bundle_for, expressible
from tests.attacks.plain import SCRIPTS, attack_plainly
from tests.attacks.table import ATTACKS, Attack
from tests.attacks.world import World
from tests.runs.arranging import CONTAINER, ask, memory, put
from tests.sandbox.running import survivors

__all__ = ["Aftermath", "Report", "attack_alone", "attack_confined", "attack_unconfined", "confined_run", "published"]


@dataclass
class Report:
    """Say what a group of attacks did.

    Attributes:
        through: of each attack that did something, the evidence.
        said: what the script said of each.
        error: the run's, empty where it succeeded.
        measures: by which it was confined.
        left: names in the folder of temporary files afterwards, and processes.
        unsaid: names of attacks that the interpreter's Python cannot express.
    """

    through: dict[str, list[str]]
    said: dict[str, str]
    error: str = ""
    measures: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()


def attack_unconfined(group: str) -> Report:
    """Run a group as a careless program would."""
    with World(ATTACKS[group]) as world:
        out = attack_plainly(group, world.aims, world.inherited)
        said = {name: json.loads(line.removeprefix(b"attack "))[1] for name, line in out.items()}
        return Report(world.came_through(out, said), said)


def attack_confined(
    group: str,
    landlock: int | None = None,
    *,
    rules: Callable[[dict[str, Any]], Rules] = lambda aims: Rules(),
    interpreter: str = "",
    namespace: str = "auto",
    pooled: bool = False,
) -> Report:
    """Run a group at `strict`, with what this machine offers or an older ABI of Landlock, here or in an interpreter.

    In a pool the group attacks twice: in a forked child that was asked nothing, and in one that was asked before, if
    the first attack left it clean.
    """
    with World(ATTACKS[group]) as world:
        source = expressible(group) if interpreter else (SCRIPTS / f"{group}.py").read_bytes()
        asked = {
            "landlock": landlock,
            "rules": rules(world.aims),
            "interpreter": interpreter,
            "namespace": namespace,
            "pooled": pooled,
        }
        run, left = confined_run(source, {"aims": json.dumps(world.aims)}, **asked)
        lines = (
            line.removeprefix("out | attack ") for line in run.log.splitlines() if line.startswith("out | attack ")
        )
        said = dict(json.loads(line) for line in lines)
        error = run.manifest.error.message if run.manifest.error else ""
        through = world.came_through(dict.fromkeys(world.aims, published(run)), said)
        return Report(through, said, error, run.manifest.isolation.measures, left, _unsaid(run))


def _unsaid(run: Run) -> tuple[str, ...]:
    """Name what the interpreter could not compile."""
    start = f"out | {LEFT_OUT}"
    return tuple(name for line in run.log.splitlines() if line.startswith(start) for name in line[len(start) :].split())


@dataclass
class Aftermath:
    """Say what was left of a run whose script was one attack.

    Attributes:
        run: None where it raised.
        raised: what it raised.
        evidence: of what it did outside.
        left: names in the folder of temporary files, and processes.
        leaked: descriptors and threads of the parent.
        grown: bytes by which the parent's memory grew in between.
    """

    run: Run | None
    raised: BlobprepError | None
    evidence: list[str]
    left: tuple[str, ...]
    leaked: list[str]
    grown: int


def attack_alone(
    group: str,
    name: str,
    *,
    landlock: int | None = None,
    controlled: bool = True,
    pooled: bool = False,
    how: Mapping[str, Any] = MappingProxyType({}),
) -> Aftermath:
    """Run one attack at `strict` as a script of its own; in a pool twice, see `confined_run`."""
    with World((Attack(name, group),)) as world:
        (aim,) = world.aims.values()
        parameters = {"attack": name, "secret": aim["file"], "plant": f"{aim['folder']}/planted"}
        source = expressible(group) if how.get("interpreter") else (SCRIPTS / f"{group}.py").read_bytes()
        before, size = _held(), _memory_from_now_on()
        run, raised, left = None, None, ()
        try:
            asked = {"landlock": landlock, "controlled": controlled, "pooled": pooled, **how}
            run, left = confined_run(source, parameters, **asked)
        except BlobprepError as error:
            raised = error
        leaked = [f"{each} more" for each, number in _held().items() if number > before[each]]
        grown = _memory("VmHWM") - size
        artefacts = published(run) if run else b""
        evidence = world.came_through({name: artefacts}, {name: ""}).get(name, [])
        return Aftermath(run, raised, evidence, left, leaked, grown)


def _memory_from_now_on() -> int:
    """Have the kernel forget this process's highest use of memory; return what it uses now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))


def _held() -> dict[str, int]:
    return {"descriptors": len(os.listdir("/proc/self/fd")), "threads": threading.active_count()}


def confined_run(
    source: bytes,
    parameters: dict[str, str],
    *,
    store: Any = None,
    landlock: int | None = None,
    controlled: bool = True,
    pooled: bool = False,
    **asked: Any,
) -> tuple[Run, tuple[str, ...]]:
    """Run a script by the whole product, with `attacking` to import; return the run, and what it left behind.

    In a pool it is run twice, and the second run is returned.
    """
    store = store or memory()
    bundle = bundle_for(asked.get("interpreter", ""))
    asked = {"isolation": "strict", "limits": Limits(timeout=60), "bundle": put(store, "bundle.zip", bundle), **asked}
    with _own_temporary_folder() as folder, _offering(landlock, controlled):
        request = ask(store, source, parameters=parameters, **asked)
        if pooled:
            with closing(ChildPool(kept=1)) as children:
                for overwrite in (False, True):
                    options = replace(request.options, overwrite=overwrite)
                    run = execute(replace(request, options=options), children=children)
        else:
            run = execute(request)
        return run, tuple(each.name for each in folder.iterdir()) + tuple(map(str, survivors(folder)))


def published(run: Run) -> bytes:
    """Return all that a run published, and what it says of itself."""
    store: Any = run.output.store
    blobs = (each.blob for each in store.list(CONTAINER, "out/") if isinstance(each, BlobProperties))
    return b"".join([run.log.encode(), *(store.read(CONTAINER, blob) for blob in blobs)])


@contextmanager
def _own_temporary_folder() -> Iterator[Path]:
    before = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="temporary-") as made:
        Path(made).chmod(0o777)
        tempfile.tempdir = made
        try:
            yield Path(made)
        finally:
            tempfile.tempdir = before


@contextmanager
def _offering(abi: int | None, controlled: bool) -> Iterator[None]:
    """Have this machine offer an older ABI, or no controller."""
    detect = kernel_support.detect
    offered = detect() if abi is None else replace(detect(), landlock=abi)
    if not controlled:
        offered = replace(offered, controller="", no_controller="it is not to be used")
    kernel_support.detect = lambda: offered  # type: ignore[assignment]
    try:
        yield
    finally:
        kernel_support.detect = detect


def main(group: str, landlock: str, where: str = "here") -> None:
    """Print the report of a group; `landlock` is an ABI, or `unconfined`, `where` here or in another interpreter."""
    interpreter = sys.executable if where == "elsewhere" else ""
    if landlock == "unconfined":
        report = attack_unconfined(group)
    else:
        report = attack_confined(group, int(landlock), interpreter=interpreter)
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main(*sys.argv[1:])
