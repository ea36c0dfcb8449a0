"""The template of a pool: a process that has imported the libraries of a run, and forks a guard whenever it is asked.

It runs no code of a user, has no secret, and never more threads than its libraries started. A guard that is a fork of
it goes on as one that was executed (`blobprep.sandbox.guard.main`), and its child is a fork again.

Uses only the standard library, and little of it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
from contextlib import suppress

from blobprep.sandbox.guard.child_start import lend_fonts

__all__ = ["serve"]

_CHANNELS = 6  # life, control, log and broker, and the child's standard output and error
_MOST = 1 << 16  # bytes of a request


def serve(descriptor: int) -> list[str]:
    """Fork a guard for every request, until the parent lets go; return in a guard only, with its arguments.

    A request is JSON with the guard's `environment`, and carries its channels; the answer carries a descriptor of the
    guard's process. Or it has the names of `libraries` to import, and the folder of a list of `fonts` that they may
    use; the answer says that they are there, or cannot be.

    Args:
        descriptor: of the socket to the parent, which keeps messages apart.
    """
    # What a guard imports when it comes to it is there in all of its forks.
    import blobprep.sandbox.control_group
    import blobprep.sandbox.guard.lookout
    import blobprep.sandbox.guard.remove_tree

    parent, folder = socket.socket(fileno=descriptor), os.path.dirname(os.environ["HOME"])  # noqa: TID251
    while True:
        request, channels, _, _ = socket.recv_fds(parent, _MOST, _CHANNELS)
        if not request:
            blobprep.sandbox.guard.remove_tree.remove_tree(folder)
            os._exit(0)
        _reap()
        values = json.loads(request)
        if "libraries" in values:
            lend_fonts(values["fonts"])
            _import(values["libraries"])
            parent.send(b"imported")
            continue
        pid = os.fork()
        if not pid:
            parent.close()
            return _become_guard(values["environment"], channels)
        process = os.pidfd_open(pid)
        socket.send_fds(parent, [b"%d" % pid], [process])
        for number in (process, *channels):
            os.close(number)


def _import(names: list[str]) -> None:
    """Import libraries; one that cannot be imported is left to the script, which then says so."""
    for name in names:
        with suppress(Exception):
            importlib.import_module(name)
    gc.freeze()  # no child has to look for garbage in them


def _reap() -> None:
    """Let go of guards that have ended; their descriptors tell the parent, for whom nothing else of them matters."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become_guard(environment: dict[str, str], channels: list[int]) -> list[str]:
    """Make this process look as if it had been executed as a guard; return the arguments it would have."""
    os.setsid()
    *numbers, out, err = channels
    for target, source in ((1, out), (2, err)):
        os.dup2(source, target)
        os.close(source)
    os.environ.update(environment)  # noqa: TID251  the run's folders; all else is the same for every guard
    signal.set_wakeup_fd(-1)
    return list(map(str, numbers))
