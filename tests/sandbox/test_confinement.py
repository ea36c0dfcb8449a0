"""Real children at level `strict`: each attempt is refused there and, as a control, works at `process`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from blobprep.errors import IsolationUnavailable
from blobprep.limits import Limits
from blobprep.protocol import ChildRequest
from blobprep.runs.limits import limits_of
from blobprep.sandbox import launch, process_host
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Confinement, describe_bounds
from blobprep.sandbox.kernel_support import detect
from blobprep.sandbox.namespaces import try_namespace
from blobprep.sandbox.run_log import RunLog
from blobprep.settings import Workspace
from tests.sandbox.running import Outcome, run_script

pytestmark = pytest.mark.landlock

ROOT = Path(__file__).parents[2]
ABIS = sorted({abi for abi in (1, 3, detect().landlock) if abi <= detect().landlock})


class World:
    """What is around a child: a file of the parent's, a server, a datagram socket; judged from here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outside = folder / "outside.txt"
        self.target = folder / "target"
        self.outside.write_text("secret")
        self.outside.chmod(0o644)
        os.utime(self.outside, (1_000_000, 1_000_000))
        self.server = socket.create_server(("127.0.0.1", 0))
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(folder / "socket"))
        for each in (self.server, self.datagrams):
            each.settimeout(0)

    def is_untouched(self) -> bool:
        status = self.outside.stat()
        return (
            self.outside.read_text() == "secret"
            and (status.st_mode & 0o777, status.st_mtime, status.st_nlink) == (0o644, 1_000_000, 1)
            and not self.target.exists()
            and not _arrives(self.server.accept)
            and not _arrives(lambda: self.datagrams.recv(1))
        )

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "outside": str(self.outside),
            "target": str(self.target),
            "socket": str(self.folder / "socket"),
            "port": str(self.server.getsockname()[1]),
            "parent": str(os.getpid()),
        }

    def attempts(self, **how: Any) -> tuple[dict[str, str], dict[str, Any], Outcome]:
        outcome = run_script("attempts.py", parameters=self.parameters, **how)
        (line,) = (line for line in outcome.lines if line.startswith("out | attempts "))
        told = json.loads(line.removeprefix("out | attempts "))
        return told["came"], told, outcome

    def close(self) -> None:
        self.server.close()
        self.datagrams.close()


def _arrives(receive: Any) -> bool:
    try:
        arrived = receive()
    except BlockingIOError:
        return False
    if isinstance(arrived, tuple):
        arrived[0].close()
    return True


@pytest.fixture
def world() -> Iterator[World]:
    folder = Path(mkdtemp(prefix="blobprep-tests-"))
    folder.chmod(0o755)
    made = World(folder)
    yield made
    made.close()
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()


@pytest.mark.parametrize("abi", ABIS)
def test_whatever_is_tried_is_refused_at_any_abi_of_landlock(world: World, abi: int) -> None:
    came, told, outcome = world.attempts(level="strict", means=Confinement(abi))

    assert {name for name, what in came.items() if what != "refused"} == set()
    assert world.is_untouched()
    assert (told["status"]["CapEff"], told["status"]["CapPrm"]) == ("0" * 16, "0" * 16)
    assert (told["status"]["NoNewPrivs"], told["status"]["Seccomp"]) == ("1", "2")
    assert told["status"]["dies by"] == 9  # when its guard does
    assert outcome.verdict.error is None
    assert outcome.measures[:3] == (f"landlock ABI {abi}", "seccomp", "no capabilities")


CONTROL = """
import pandas as pd, _socket, socket, os, sys
def azureml_main():
    p = blobprep_parameters
    print(open(p["outside"]).read())
    os.chmod(p["outside"], 0o777)
    open(p["target"], "x").close()
    past_the_broker = _socket.socket()
    past_the_broker.connect(("127.0.0.1", int(p["port"])))
    past_the_broker.close()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.sendto(b"x", p["socket"])
    print(len(open("/proc/%s/environ" % p["parent"]).read()) > 0)
    os.kill(os.getppid(), 0)
    if not os.fork():
        os._exit(0)
    os.wait()
    return pd.DataFrame({"a": [1]}),
"""


def test_the_same_things_work_without_confinement(world: World) -> None:
    outcome = run_script(CONTROL.encode(), level="process", parameters=world.parameters)

    assert outcome.verdict.error is None, outcome.message
    assert outcome.measures == (describe_bounds(detect().controller),)
    assert {"out | secret", "out | True"} <= set(outcome.lines)
    assert world.outside.stat().st_mode & 0o777 == 0o777
    assert world.target.exists()
    assert _arrives(world.server.accept)
    assert _arrives(lambda: world.datagrams.recv(1))


# With older ABIs it is the same filter, and fewer rights are known: a few seconds each that `make test` does not need.
@pytest.mark.slow
@pytest.mark.parametrize("abi", [*(pytest.param(abi, marks=pytest.mark.slow) for abi in ABIS[:-1]), *ABIS[-1:]])
def test_libraries_work_as_without_confinement_and_within_the_limits_of_the_settings(abi: int) -> None:
    limits = limits_of(Workspace(environment={}), {"timeout": 110})
    outcome = run_script("libraries.py", level="strict", means=Confinement(abi), limits=limits)

    assert outcome.verdict.error is None
    (line,) = (line for line in outcome.lines if line.startswith("out | libraries "))
    assert {name: value for name, (value, _) in json.loads(line.removeprefix("out | libraries ")).items()} == {
        "algebra": 150.022,
        "frames": 6,
        "arrow": [50_000, 50_000, 1_249_975_000],
        "threads": 328_350,
        "forest": 1.0,
        "clusters": 4,
        "search": 1.0,
        "parallel": [2, 45],
        "figure": True,
        "files": ["b", "linked.txt"],
        "database": 1,
        "machine": [True, True, True, "Europe/Berlin", True, True, True, True],
    }
    assert [image.name for image in outcome.images] == ["plot.png"]


def test_a_bundle_is_imported_and_read_by_its_windows_names_at_strict() -> None:
    from tests.child.test_bundle import zipped

    script = b"def azureml_main(df):\n import m\n print(open('.\\\\Script Bundle\\\\d.txt').read(), m.X)\n return df,\n"
    bundle = zipped({"m.py": "X = 'imported'", "d.txt": "data"})
    outcome = run_script(script, level="strict", bundle=bundle, datasets={"dataset1": b"a\n1\n"})

    assert outcome.verdict.error is None, outcome.message
    assert "out | data imported" in outcome.lines


def test_memory_beyond_the_limit_is_a_memory_error_at_strict_too() -> None:
    outcome = run_script("memory.py", level="strict", parameters={"how": "private"}, memory=400 << 20)

    assert outcome.verdict.error is not None
    assert outcome.verdict.error.code == "memory"


def refused_by(monkeypatch: pytest.MonkeyPatch, **grants: Any) -> str:
    """Start a child whose plan is spoiled, ask it to run, and return why it did not."""
    original = process_host.Plan

    def spoiled(*args: Any, canary: str, **kwargs: Any) -> Any:
        plan = original(*args, canary=canary, **kwargs)
        values = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
        return original(**{**values, **{name: change(values) for name, change in grants.items()}})

    monkeypatch.setattr(process_host, "Plan", spoiled)
    with launch.start("run", "strict", Limits()) as session, pytest.raises(IsolationUnavailable) as caught:
        session.call(ChildRequest("run"), {}, log=RunLog())
    return caught.value.message


def test_a_child_whose_canary_can_be_read_ends_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused_by(monkeypatch, readable=lambda plan: (*plan["readable"], plan["canary"]))

    assert "a confined process could open a file outside the working folder" in message
    assert "nothing was run" in message


def test_a_child_that_can_read_the_parents_environment_ends_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused_by(monkeypatch, processes=lambda plan: ("self",))

    assert "a confined process could open /proc/self/environ" in message


def test_a_canary_that_nobody_can_read_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused_by(monkeypatch, canary=lambda plan: "/nowhere/canary")

    assert "/nowhere/canary cannot be opened even before the confinement" in message


def test_a_child_without_any_wall_around_its_files_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "neither Landlock nor a namespace" in refused_by(monkeypatch, landlock=lambda plan: 0)


def test_a_child_with_an_abi_the_kernel_does_not_know_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ruleset of rights that do not exist is refused by the kernel, and that is not passed over."""
    from blobprep.confinement import kernel, landlock

    unknown = landlock.ruleset(7)[:-8] + b"\xff" * 8
    with pytest.raises(OSError, match="Invalid argument"):
        kernel.create_ruleset(unknown)


@pytest.mark.parametrize("script", ["probes", "threads"])
def test_what_the_probes_try_succeeds_in_an_unconfined_process(script: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.touch()
    code = {
        "probes": "import os, sys; from blobprep.confinement.self_test import what_succeeds; "
        "print(len(what_succeeds(sys.argv[1], (os.getppid(), os.getpid()))))",
        "threads": "import sys, threading\n"
        "from blobprep.confinement.confine import confine\n"
        "from blobprep.confinement.plan import NotConfined, Plan\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "try: confine(Plan(1, False, (), (), (), sys.argv[1], ()))\n"
        "except NotConfined as error: print(error)",
    }[script]
    done = subprocess.run(
        [sys.executable, "-c", code, str(canary)], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert (
        done.stdout.strip()
        == {
            "probes": "7",
            "threads": "the process already has 2 threads, but only one would be confined",
        }[script]
    )


@pytest.mark.parametrize("landlock", [0, 1, detect().landlock])
def test_a_namespace_confines_too_and_hides_what_landlock_shows(world: World, landlock: int) -> None:
    if missing := try_namespace():
        pytest.skip(missing)
    came, _, outcome = world.attempts(level="strict", means=Confinement(landlock, namespace=True))

    # Without Landlock there is a /proc to see, of the child and of bubblewrap, whose environment is the child's own.
    is_allowed = set() if landlock else {"processes", "environment of the guard"}
    assert {name for name, what in came.items() if what != "refused"} <= is_allowed
    assert world.is_untouched()
    assert "namespace" in outcome.measures
    assert outcome.verdict.error is None


SEEN = b"""
import pandas as pd, os
def azureml_main():
    outside, link = blobprep_parameters["outside"], blobprep_parameters["link"]
    for call, path in ((os.path.exists, outside), (os.stat, outside), (os.readlink, link), (os.listdir, "/proc/1"),
                       (os.listdir, os.path.dirname(link)), (open, outside)):
        try:
            came = bool(call(path))
        except OSError:
            came = False
        print(call.__name__, path, came)
    os.kill(os.getpid(), 11)
"""


@pytest.mark.parametrize("namespace", [False, True])
def test_only_a_namespace_hides_what_a_path_alone_gives_away_and_signals_are_told_in_both(
    world: World, tmp_path: Path, namespace: bool
) -> None:
    """As docs/security.md has it: existence, size and link targets are seen with Landlock only; contents never."""
    if namespace and (missing := try_namespace()):
        pytest.skip(missing)
    means = Confinement(detect().landlock, namespace=namespace)
    outside, link = str(world.outside), tmp_path / "link"
    link.symlink_to(outside)
    outcome = run_script(SEEN, level="strict", means=means, parameters={"outside": outside, "link": str(link)})

    assert [line for line in outcome.lines if line.startswith("out | ")] == [
        f"out | exists {outside} {not namespace}",
        f"out | stat {outside} {not namespace}",
        f"out | readlink {link} {not namespace}",
        "out | listdir /proc/1 False",
        f"out | listdir {link.parent} False",
        f"out | open {outside} False",
    ]
    assert "ended by SIGSEGV" in outcome.message


def test_strict_is_the_default_here() -> None:
    assert DEFAULT_LEVEL == "strict"
