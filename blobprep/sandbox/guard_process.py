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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

__all__ = ["MESSAGES", "GuardProcess", "child_command", "dismiss_waiting", "guard_ahead", "start_waiting"]

MESSAGES: Final = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
"""The kind of the broker's sockets, which keep one message apart from the next."""

_ROOT: Final = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir, os.pardir))
_PATH: Final = "import sys; sys.path.append(sys.argv[1]); "
_GUARD: Final = (
    # What the child needs before it is confined is imported before the orders come.
    "import blobprep.child.main, blobprep.confinement.confine; {preload}"
    "from blobprep.sandbox.guard.main import main; main(sys.argv[2:]); del blobprep; "
)
_PRELOAD: Final = "blobprep.child.main.preload_run(int(sys.argv[2])); "
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


class GuardProcess:
    """A guard that waits for its orders, with the channels of the child that it will start.

    Args:
        debug: leave it, and the child, this terminal.
        ahead: import the libraries of a run while there are no orders, so that the child has them when it is forked.

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

    def __init__(self, *, debug: bool = False, ahead: bool = False) -> None:
        self.life, life = socket.socketpair()
        self.control, control = socket.socketpair()
        self.network, network = socket.socketpair(socket.AF_UNIX, MESSAGES)
        self.log, log = os.pipe()
        self.out, out = _pipe(debug)
        self.err, err = _pipe(debug)
        forks = sys.platform == "linux"  # see `blobprep.sandbox.process_host`
        guard = _GUARD.format(preload=_PRELOAD if ahead and forks else "")
        self.folder = os.path.join(tempfile.gettempdir(), f"blobprep-{os.urandom(8).hex()}")
        numbers = [life.fileno(), control.fileno(), log, network.fileno()]
        try:
            self.process = subprocess.Popen(
                [*_interpreter(debug), _PATH + guard + _CHILD, _ROOT, *map(str, numbers)],
                stdin=None if debug else subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=_environment(self.folder),
                pass_fds=numbers,
                start_new_session=not debug,
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


def _environment(folder: str) -> dict[str, str]:
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
