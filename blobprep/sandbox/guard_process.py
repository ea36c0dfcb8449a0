"""A guard's process, which can be started before anything is known about its child.

It takes an interpreter longer to start and to import what it needs than the caller to say what for. So a run starts its
guard first, and gives it its orders when they are known. Until then the guard has made nothing and decides nothing; one
that is not needed is ended, and leaves no trace.

Imports little: the command line loads this before anything else.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Protocol

__all__ = [
    "MESSAGES",
    "GuardProcess",
    "Launch",
    "Process",
    "child_command",
    "dismiss_waiting",
    "environment_of",
    "guard_ahead",
    "start_template",
    "start_waiting",
]

MESSAGES: Final = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
"""The kind of the broker's sockets, which keep one message apart from the next."""

_ROOT: Final = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, os.pardir))
_PATH: Final = "import sys; sys.path.append(sys.argv[1]); "
# What the child needs before it is confined is imported before the orders come.
_IMPORTS: Final = "import blobprep.child.main, blobprep.confinement.confine; "
_PRELOAD: Final = "blobprep.child.main.preload_run(int(sys.argv[2])); "
_GUARD: Final = "from blobprep.sandbox.guard.main import main; main({arguments}); del blobprep; "
_TEMPLATE: Final = "blobprep.child.main.preload_run(); from blobprep.sandbox.guard.template import serve; "
_CHILD: Final = "from blobprep.child.main import main; main()"
_ENVIRONMENT: Final = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "USER": "blobprep",
    "LOGNAME": "blobprep",
    "MPLBACKEND": "Agg",
    # Threads of numpy's OpenBLAS sleep once they have had nothing to do for 2**20 cycles, not 2**26: as it starts, they
    # would keep a core busy that the parent needs. Removed before a script runs, see `blobprep.child.main`.
    "OPENBLAS_THREAD_TIMEOUT": "20",
}


class Process(Protocol):
    """A guard's process, executed (`subprocess.Popen`) or forked."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; `subprocess.TimeoutExpired` after so many seconds."""
        ...

    def kill(self) -> None:
        """End it; harmless when it has ended."""
        ...


class Launch(Protocol):
    """A way to start a guard's process."""

    def __call__(self, channels: Sequence[int], out: int | None, err: int | None, folder: str) -> Process:
        """Start it.

        Args:
            channels: life, control, log and network, which it gets.
            out: its standard output; None for this process's.
            err: its standard error, likewise.
            folder: the run's.
        """
        ...


class GuardProcess:
    """A guard that waits for its orders, with the channels of the child that it will start.

    Args:
        debug: leave it, and the child, this terminal.
        ahead: import the libraries of a run while there are no orders, so that the child has them when it is forked.
        launch: starts the process; an interpreter of its own if None.

    Attributes:
        life: the parent's end of the socket to the guard.
        control: the parent's end of the control socket.
        log: the reading end of the child's log.
        out: the reading end of its standard output, None where it has the terminal.
        err: the same of standard error.
        network: the parent's end of the broker's socket.
        process: the guard.
        folder: the run's, which the guard makes.
    """

    def __init__(self, *, debug: bool = False, ahead: bool = False, launch: Launch | None = None) -> None:
        self.life, life = socket.socketpair()
        self.control, control = socket.socketpair()
        self.network, network = socket.socketpair(socket.AF_UNIX, MESSAGES)
        self.log, log = os.pipe()
        self.out, out = _pipe(debug)
        self.err, err = _pipe(debug)
        self.folder = os.path.join(tempfile.gettempdir(), f"blobprep-{os.urandom(8).hex()}")
        channels = [life.fileno(), control.fileno(), log, network.fileno()]
        try:
            self.process: Process = (
                launch(channels, out, err, self.folder)
                if launch is not None
                else _execute(channels, out, err, self.folder, debug=debug, ahead=ahead)
            )
        except BaseException:
            self._close()
            raise
        finally:
            _close_all((life, control, network), (log, out, err))

    def give(self, orders: Mapping[str, object]) -> None:
        """Give the guard its orders, see `blobprep.sandbox.guard.main`."""
        import json  # later than the guard is started

        line = json.dumps(orders).encode()
        with suppress(OSError):  # it has ended, which the listener reports
            self.life.sendall(b"%08d%b" % (len(line), line))

    def dismiss(self) -> None:
        """End a guard that got no orders, and has made nothing."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        _close_all((self.life, self.control, self.network), (self.log, self.out, self.err))


def _execute(
    channels: Sequence[int], out: int | None, err: int | None, folder: str, *, debug: bool, ahead: bool
) -> subprocess.Popen[bytes]:
    forks = sys.platform == "linux"  # see `blobprep.sandbox.process_host`
    code = (_PRELOAD if ahead and forks else "") + _GUARD.format(arguments="sys.argv[2:]")
    return _start(code, channels, out, err, folder, debug=debug)


def start_template(channel: int, folder: str) -> subprocess.Popen[bytes]:
    """Start a template, see `blobprep.sandbox.guard.template`.

    Args:
        channel: of the socket by which it is asked.
        folder: what its libraries take for their own; it need not be there.
    """
    code = _TEMPLATE + _GUARD.format(arguments="serve(int(sys.argv[2]))")
    return _start(code, [channel], subprocess.DEVNULL, subprocess.DEVNULL, folder)


def _start(
    code: str, channels: Sequence[int], out: int | None, err: int | None, folder: str, *, debug: bool = False
) -> subprocess.Popen[bytes]:
    """Start an interpreter that runs `code`, and then goes on as a child if that returns.

    Args:
        code: what comes before the child's part.
        channels: it gets them, and their numbers as its arguments.
        out: its standard output; None for this process's.
        err: its standard error, likewise.
        folder: the run's.
        debug: leave it this terminal.
    """
    return subprocess.Popen(
        [*_interpreter(debug), _PATH + _IMPORTS + code + _CHILD, _ROOT, *map(str, channels)],
        stdin=None if debug else subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        env=environment_of(folder),
        pass_fds=channels,
        start_new_session=not debug,
    )


def environment_of(folder: str) -> dict[str, str]:
    """Return the environment of guard and child. Nothing of the parent's reaches a script: it may hold credentials."""
    home = os.path.join(folder, "home")
    own = {"HOME": home, "TMPDIR": os.path.join(folder, "tmp"), "MPLCONFIGDIR": os.path.join(home, "matplotlib")}
    return _ENVIRONMENT | own


def child_command(*, debug: bool) -> list[str]:
    """Return the command of a child that is executed instead of forked."""
    return [*_interpreter(debug), _PATH + _CHILD, _ROOT]


_waiting: list[GuardProcess] = []


def start_waiting() -> None:
    """Start the guard of this process's first run, before anything else is known; does nothing where it cannot be."""
    if sys.platform != "win32":
        with suppress(OSError):  # whoever needs one tries again, and reports it
            _waiting.append(GuardProcess(ahead=True))


def dismiss_waiting() -> None:
    """End a guard that was started and not taken."""
    while _waiting:
        _waiting.pop().dismiss()


@contextmanager
def guard_ahead(*, wanted: bool) -> Iterator[list[GuardProcess]]:
    """Yield a list of a guard, which may have been started before; it is ended afterwards if it is still there.

    Args:
        wanted: whether to start one.
    """
    if wanted and not _waiting:
        start_waiting()
    ready: list[GuardProcess] = []
    with suppress(IndexError):  # another thread took it
        ready.append(_waiting.pop())
    try:
        yield ready
    finally:
        for guard in ready:
            guard.dismiss()


def _close_all(sockets: Iterable[socket.socket], descriptors: Iterable[int | None]) -> None:
    for end in sockets:
        end.close()
    for descriptor in descriptors:
        if descriptor is not None:
            os.close(descriptor)


def _pipe(debug: bool) -> tuple[int | None, int | None]:
    return (None, None) if debug else os.pipe()


def _interpreter(debug: bool) -> list[str]:
    frozen = ["-X", "frozen_modules=off"] if debug else []  # else debugpy warns that it may miss some
    return [sys.executable, "-I", "-B", "-u", "-X", "faulthandler", *frozen, "-c"]
