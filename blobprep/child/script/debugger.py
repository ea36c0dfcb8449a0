"""The debuggers of a script: pdb on this terminal, or debugpy, to which an editor attaches.

Both stop at `breakpoint()`, at breakpoints that are set, and where an exception left the script. pdb also stops at the
first line of the entry point; an editor sets its breakpoints before the script begins. debugpy runs any code that its
client sends, so it listens on this machine only.
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

__all__ = ["debug_script"]

_HOST: Final = "127.0.0.1"
_LEFT: Final = "the debugger was quit before the script returned"

Call = Callable[[Callable[..., Any], Sequence[Any]], Any]


class _Debugger(Protocol):
    def call(self, entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
        """Call the entry point."""
        ...

    def examine(self, error: Exception) -> None:
        """Stop where the error left the script."""
        ...


@contextmanager
def debug_script(name: str) -> Iterator[Call]:
    """Yield a function that calls the entry point; code loaded and called in this context runs under the debugger.

    Args:
        name: as `blobprep.protocol.ChildRequest.debugger`.

    Raises:
        ScriptFailed: the user quit the debugger before the script returned.
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
    except bdb.BdbQuit:  # the user quit at a `breakpoint()`
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

            def set_quit(self) -> None:  # a script may catch the exception that this raises, and return
                self.left = True
                super().set_quit()

        # Not `runcall`: up to Python 3.12 it returns None if the user quits at a `breakpoint()`, as a script may too.
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
    """A debugger to which an editor attaches; at level `off` one may already be attached to this process."""

    def __init__(self, port: int) -> None:
        import debugpy  # noqa: T100  this too

        if debugpy.is_client_connected():
            return
        host, port = debugpy.listen((_HOST, port))  # noqa: T100
        # Written to the terminal, even if the log is not shown there.
        sys.stderr.write(f"blobprep: debugpy waits at {host}:{port} for an editor to attach\n")
        sys.stderr.flush()
        debugpy.wait_for_client()  # noqa: T100

    def call(self, entry: Callable[..., Any], frames: Sequence[Any]) -> Any:
        return call(entry, frames)

    def examine(self, error: Exception) -> None:
        """Stop as the client would for an uncaught exception."""
        import pydevd

        debugger, thread = pydevd.get_global_debugger(), threading.current_thread()
        if debugger is None:
            return
        state = debugger.set_additional_thread_info(thread)
        state.is_tracing += 1
        debugger.disable_tracing()  # `sys.monitoring` ignores `is_tracing`, so it would stop in our own frames
        try:
            raised = (type(error), error, users_frames(error))
            debugger.stop_on_unhandled_exception(debugger, thread, state, raised)
        finally:
            debugger.enable_tracing()
            state.is_tracing -= 1
