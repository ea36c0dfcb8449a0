"""A guard that is started ahead, and the child that it forks, which is to be what an executed one would be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import blobprep
from blobprep.errors import UsageError
from blobprep.sandbox.guard_process import GuardProcess, guard_ahead
from blobprep.sandbox.isolation import Level
from tests.sandbox.running import run_script, survivors

LOOKING = b"""
import ctypes, faulthandler, json, os, resource, signal, sys, threading
import pandas

def stack():
    attributes, size = ctypes.create_string_buffer(64), ctypes.c_size_t()
    ctypes.CDLL(None).pthread_getattr_default_np(attributes)
    ctypes.CDLL(None).pthread_attr_getstacksize(attributes, ctypes.byref(size))
    return size.value

def azureml_main(frame1=None, frame2=None):
    with open("/proc/self/status") as file:
        status = dict(line.strip().partition(":\\t")[::2] for line in file)
    seen = {
        "arguments": len(sys.argv),
        "program": sys.argv[0],
        "original": len(sys.orig_argv),
        "flags": [sys.flags.isolated, sys.flags.no_site, sys.flags.dont_write_bytecode, sys.flags.hash_randomization],
        "unbuffered": [sys.__stdout__.write_through, sys.__stderr__.write_through],
        "faults": faulthandler.is_enabled(),
        "interrupt": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "default": [signal.getsignal(number) == signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGHUP)],
        "ignored": status["SigIgn"],
        "main": sorted(name for name in vars(sys.modules["__main__"]) if not name.startswith("__")),
        "own": os.stat("/proc/self/status").st_uid == os.getuid(),
        "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "home": os.environ["HOME"],
        "started with": "HOME=" + os.environ["HOME"] in open("/proc/self/environ").read(),
        "path": [place for place in sys.path if place.endswith(("site-packages", "python3.11"))] != [],
        "executable": sys.executable,
        "limits": [resource.getrlimit(number) for number in range(16)],
        "stack": stack(),
        "threads": [thread.name for thread in threading.enumerate()],
    }
    print("seen " + json.dumps(seen))
    return pandas.DataFrame({"a": [1]}),
"""
SEEDS = b"""
import random
import numpy, pandas

def azureml_main(frame1=None, frame2=None):
    print("seen", random.random(), numpy.random.random(), hash("text"))
    return pandas.DataFrame({"a": [1]}),
"""

KEEPING = """
import mmap, socket, sys, types
from blobprep.child.main import preload_run

guard, parent = socket.socketpair()
preload_run(guard.fileno())
from blobprep.child.confined.anonymous_maps import use_private_maps
from blobprep.child.confined.socket_shim import install

before = {(module, name): value for module in (mmap, socket) for name, value in vars(module).items()}
ours, theirs = socket.socketpair()
use_private_maps()
install(theirs.detach())
replaced = [value for (module, name), value in before.items() if vars(module)[name] is not value]
assert replaced
for module in list(sys.modules.values()):
    if isinstance(module, types.ModuleType) and module.__name__ not in ("mmap", "socket", "_socket", "__main__"):
        for name, value in vars(module).items():
            if any(value is old for old in replaced):
                print(f"{module.__name__}.{name}")
"""


def seen_at(level: Level, script: bytes = LOOKING, *, memory: int | None = None) -> str:
    outcome = run_script(script, level=level, memory=memory)
    assert outcome.verdict.error is None, outcome.log
    (line,) = (line for line in outcome.lines if "seen " in line)
    return line.partition("seen ")[2]


@pytest.mark.parametrize("memory", [None, 6 << 30], ids=["any memory", "memory for small stacks only"])
@pytest.mark.parametrize("level", ["strict", "process"])
def test_a_forked_child_looks_like_an_executed_one(
    level: Level, memory: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked = json.loads(seen_at(level, memory=memory))
    give = GuardProcess.give

    def execute(guard: GuardProcess, orders: dict[str, object]) -> None:
        give(guard, {**orders, "command": [*command(guard)]})

    monkeypatch.setattr(GuardProcess, "give", execute)
    executed = json.loads(seen_at(level, memory=memory))

    assert Path(forked.pop("home")).name == Path(executed.pop("home")).name
    assert forked == executed


def command(_: GuardProcess) -> list[str]:
    from blobprep.sandbox.guard_process import child_command

    return child_command(debug=False)


def test_the_libraries_that_a_guard_imports_keep_nothing_that_a_confined_child_replaces() -> None:
    kept = subprocess.run([sys.executable, "-I", "-c", KEEPING], capture_output=True, text=True, check=True)

    assert kept.stdout.split() == []


def test_a_guard_that_has_orders_leaves_blobpreps_own_modules_to_the_child() -> None:
    code = (
        "import socket, sys\n"
        "from blobprep.child.main import preload_run\n"
        "guard, parent = socket.socketpair()\n"
        "{orders}\n"
        "preload_run(guard.fileno())\n"
        "print('pandas' in sys.modules, 'blobprep.child.operations.table' in sys.modules)"
    )
    waiting, ordered = (
        subprocess.run(
            [sys.executable, "-I", "-c", code.format(orders=orders)], capture_output=True, text=True, check=True
        ).stdout.split()
        for orders in ("", "parent.send(b'{}')")
    )

    assert waiting == ["True", "True"]
    assert ordered == ["True", "False"]


def test_children_share_no_random_numbers() -> None:
    assert not set(seen_at("process", SEEDS).split()) & set(seen_at("process", SEEDS).split())


def test_a_guard_without_orders_has_made_nothing_and_ends_with_its_parent() -> None:
    guard = GuardProcess()
    guard.life.close()

    assert guard.process.wait(60) == 0
    assert not Path(guard.folder).exists()
    guard.dismiss()


def test_a_run_that_cannot_be_asked_for_leaves_no_guard() -> None:
    with guard_ahead(wanted=True) as ready:
        (guard,) = ready

    assert guard.process.returncode is not None
    assert not survivors(guard.folder)
    with pytest.raises(UsageError):
        blobprep.run("prep.py", "no://such/reference", output="out/")


def test_a_command_line_that_is_wrong_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; from blobprep.cli import main; sys.exit(main())"]
    done = subprocess.run(
        [*command, "run", "--no-such-option"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert not list(tmp_path.iterdir())
    assert not survivors(tmp_path)
