"""The script under a debugger: pdb on this terminal, or debugpy, to which an editor attaches.

Either stops where the script asks for it with `breakpoint()`, at the breakpoints it is given, and where an exception
left the script. pdb stops at the first line of the entry point besides; an editor sets its breakpoints before the
script begins. debugpy runs what its client says, so it listens on this machine alone.
"""

from __future__ import annotations

import bdb
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from blobprep.child.script.entry import ScriptFailed, call, users_frames
from blobprep.child.windows import functions, path_entries

__all__ = ["debugged"]

_HOST: Final = "127.0.0.1"
_LEFT: Final = "the debugger was left before the script returned"

Call = Callable[[Callable[..., Any], Sequence[Any]], Any]


class _Debugger(Protocol):
    def call(self, entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
        """Call the entry point."""
        ...

    def examine(self, error: Exception) -> None:
        """Stop where the error left the script."""
        ...


@contextmanager
def debugged(name: str) -> Iterator[Call]:
    """Give what calls the entry point; what is loaded and called inside of this is under the debugger.

    Args:
        name: as `blobprep.protocol.ChildRequest.debugger`.

    Raises:
        ScriptFailed: the user left the debugger before the script returned.
    """
    if not name:
        yield call
        return
    kind, _, port = name.partition(":")
    debugger: _Debugger = _Debugpy(int(port)) if kind == "debugpy" else _Pdb()
    try:
        yield debugger.call
    except ScriptFailed:
        raise
    except bdb.BdbQuit:  # left where `breakpoint()` had stopped it
        raise ScriptFailed(_LEFT) from None
    except Exception as error:
        if users_frames(error) is not None:
            debugger.examine(error)
        raise


class _Pdb:
    def call(self, entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
        import pdb  # noqa: T100  this is what --debug asks for

        class Debugger(pdb.Pdb):
            left = False

            def set_quit(self) -> None:  # a script may catch what this raises, and return
                self.left = True
                super().set_quit()

        # Not `runcall`: up to Python 3.12 it returns None where a debugger of `breakpoint()` was left, as a script may.
        debugger = Debugger(skip=[path_entries.__name__, functions.__name__], nosigint=True)
        debugger.reset()
        sys.settrace(debugger.trace_dispatch)
        try:
            returned = entry(*frames)
        finally:
            debugger.quitting = True
            sys.settrace(None)
        if debugger.left:
            raise ScriptFailed(_LEFT)
        return returned

    def examine(self, error: Exception) -> None:
        import pdb  # noqa: T100

        pdb.post_mortem(users_frames(error))


class _Debugpy:
    """Wait for an editor; one that is attached to this process already, at level `off`, is taken as it is."""

    def __init__(self, port: int) -> None:
        import debugpy  # noqa: T100  this too

        if debugpy.is_client_connected():
            return
        host, port = debugpy.listen((_HOST, port))  # noqa: T100
        # On the terminal, whatever is shown of the log there.
        sys.stderr.write(f"blobprep: debugpy waits at {host}:{port} for an editor to attach\n")
        sys.stderr.flush()
        debugpy.wait_for_client()  # noqa: T100

    def call(self, entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
        return call(entry, frames)

    def examine(self, error: Exception) -> None:
        """Stop where the client's filter for uncaught exceptions would, had nobody caught it."""
        import pydevd

        debugger, thread = pydevd.get_global_debugger(), threading.current_thread()
        if debugger is None:
            return
        state = debugger.set_additional_thread_info(thread)
        state.is_tracing += 1
        debugger.disable_tracing()  # events of `sys.monitoring` mind no `is_tracing`: it would stop here, in our frames
        try:
            raised = (type(error), error, users_frames(error))
            debugger.stop_on_unhandled_exception(debugger, thread, state, raised)
        finally:
            debugger.enable_tracing()
            state.is_tracing -= 1
