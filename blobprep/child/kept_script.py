"""The script that a child keeps loaded for the next request, and all that is done so that nothing else stays.

A child that is asked for one script again and again need not load it each time. What the script sets while it is loaded
belongs to it, and is there for every one of its requests, as if it had been loaded for that request: its import path,
its options of pandas, its handlers of logs. What a request sets is undone. Where that cannot be, because threads,
processes, hooks or open files are left, or where the script was loaded with random numbers or seeded them, the child
is not asked again.

The globals of the script and of its modules stay as a request leaves them; the log says which of them were set anew.
"""

from __future__ import annotations

import builtins
import fcntl
import importlib
import os
import shutil
import stat
import sys
import threading
import types
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from blobprep.child.process_state import (
    ProcessState,
    finders,
    hooks_in_place,
    open_descriptors,
    random_state,
    seed_anew,
)
from blobprep.child.script.entry import MODULE_NAME

__all__ = ["KeptScript"]

_FOLDERS: Final = ("work", "home", "tmp")  # below the run's folder
_SPARED: Final = "matplotlib"  # in `home`: its list of fonts
_NAMED: Final = 10  # globals


class KeptScript:
    """The script of a child, from one request to the next.

    A request goes through `begin`, then `take` or `keep` once its inputs are read, then `ends_clean`.
    """

    def __init__(self) -> None:
        self._identity = ""
        self._entry: Callable[..., Any] | None = None
        self._before: ProcessState | None = None  # when no script was loaded yet
        self._loaded: ProcessState | None = None  # when it had just been loaded
        self._hooks: tuple[object, ...] = ()
        self._finders: frozenset[int] = frozenset()
        self._random: object = None
        self._descriptors: frozenset[int] = frozenset()
        self._threads = 0
        self._globals: dict[str, int] = {}
        self._failed, self._run = True, ""

    def begin(self, identity: str, folder: str) -> None:
        """Make this process and its folders what they were before there was a script; then the inputs are read.

        Args:
            identity: of the request's script; empty for one that is not kept.
            folder: the working folder.
        """
        seed_anew()
        self._failed, self._run = True, os.path.dirname(folder)
        if self._before is not None:
            self._before.restore()
            _empty(self._run)
            importlib.invalidate_caches()
        elif identity:
            self._before, self._hooks, self._finders = ProcessState(), hooks_in_place(), finders()
        self._random = random_state() if identity else None

    def take(self, identity: str) -> Callable[..., Any] | None:
        """Return the entry point that was kept, with the settings it was loaded with in force; None if there is none.

        Raises:
            RuntimeError: another script was kept, and this process is that script's.
        """
        if self._entry is None:
            return None
        if identity != self._identity:
            raise RuntimeError("this child keeps another script")
        assert self._loaded is not None
        self._loaded.restore(now=self._before)
        return self._entry

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Load the script in the block; random numbers that a library takes while it is imported are not the script's.

        Every import is watched meanwhile. One that brought in a module of the bundle is the script's own.
        """
        usual, within = builtins.__import__, False

        def watched(name: str, *arguments: Any, **named: Any) -> Any:
            nonlocal within
            if within:  # imported by what is being imported
                return usual(name, *arguments, **named)
            before, loaded, within = random_state(), set(sys.modules), True
            try:
                return usual(name, *arguments, **named)
            finally:
                within = False
                new = (sys.modules.get(name) for name in sys.modules.keys() - loaded)
                if before == self._random and not any(map(self._is_own, new)):
                    self._random = random_state()

        if self._random is not None:
            builtins.__import__ = watched
        try:
            yield
        finally:
            if builtins.__import__ is watched:
                builtins.__import__ = usual

    def _is_own(self, module: object) -> bool:
        place = vars(module).get("__file__") if isinstance(module, types.ModuleType) else None
        return isinstance(place, str) and os.path.abspath(place).startswith(os.path.join(self._run, ""))

    def keep(self, identity: str, entry: Callable[..., Any]) -> None:
        """Keep a script that has just been loaded, for requests of the same identity."""
        if not identity:
            return
        self._identity, self._entry = identity, entry
        if self._random != random_state():
            self._entry = None  # seeded, or drawn from: see `ends_clean`
        self._loaded = ProcessState()
        self._descriptors, self._threads = open_descriptors(), threading.active_count()
        self._globals = _bindings()

    def succeed(self) -> None:
        """Note that the script has done its work."""
        self._failed = False

    def changed_globals(self) -> list[str]:
        """Return the names of the script's globals that this request set anew, which the next one will see."""
        now = _bindings()
        changed = sorted(name for name in now.keys() | self._globals.keys() if now.get(name) != self._globals.get(name))
        self._globals = now
        return changed[:_NAMED]

    def ends_clean(self, closed: Collection[int]) -> bool:
        """Return whether this process can take another request for its script, once the streams are closed.

        Args:
            closed: descriptors that came with this request.
        """
        return (
            self._entry is not None
            and not self._failed
            and hooks_in_place() == self._hooks
            and finders() <= self._finders
            and threading.active_count() <= self._threads
            and all(map(self._is_of_library, open_descriptors() - self._descriptors.difference(closed)))
            and not _has_children()
        )

    def _is_of_library(self, descriptor: int) -> bool:
        """Return whether a descriptor only reads a file that is not of this run: libraries keep their fonts open."""
        try:
            place, status = os.readlink(f"/proc/self/fd/{descriptor}"), os.fstat(descriptor)
            reads = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        except OSError:
            return False
        is_left = not status.st_nlink or place.startswith(os.path.join(self._run, ""))
        return reads and stat.S_ISREG(status.st_mode) and not is_left


def _bindings() -> dict[str, int]:
    module = sys.modules.get(MODULE_NAME)
    names = {} if module is None else vars(module)
    return {str(name): id(value) for name, value in list(names.items()) if name != "__warningregistry__"}


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except OSError:
        return False
    return True


def _empty(run: str) -> None:
    """Remove all that a request left in the folders of the run."""
    for folder in _FOLDERS:
        place = os.path.join(run, folder)
        with os.scandir(place) as entries:
            for entry in list(entries):
                if entry.name == _SPARED and folder == "home":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    _open_up(entry.path)
                    shutil.rmtree(entry.path)
                else:
                    with suppress(FileNotFoundError):
                        os.unlink(entry.path)


def _open_up(folder: str) -> None:
    """Let this user into a folder and all below it, whatever mode a script gave to them."""
    os.chmod(folder, 0o700)
    for parent, names, _ in os.walk(folder):
        for name in names:
            if not os.path.islink(path := os.path.join(parent, name)):
                os.chmod(path, 0o700)
