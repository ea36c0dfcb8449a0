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
import functools
import importlib.machinery
import inspect
import os
import shutil
import stat
import sys
import threading
import types
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from blobprep.child.process_hooks import channels_in_place, finders, hooks_in_place, open_descriptors
from blobprep.child.process_state import ProcessState, random_state, seed_anew
from blobprep.child.script.entry import IMPORT_FRAME, MODULE_NAME
from blobprep.classic.session import Decision
from blobprep.confinement.confine import confined_to
from blobprep.protocol import OUTPUTS

if TYPE_CHECKING:
    from blobprep.classic.waiting import Waiting
    from blobprep.tables.codecs.combination import Combination

__all__ = ["KeptScript", "has_children"]

_FOLDERS: Final = ("work", "home", "tmp")  # below the run's folder
_LIBRARY: Final = "matplotlib"  # in `home`
_FONTS: Final = "fontlist-"  # in there: the list that it was lent
_DEEPEST: Final = 100  # folders in each other that are removed here, each by a call in the call before
_NAMED: Final = 10  # globals
_RENEWED: Final = ("__warningregistry__", "blobprep_parameters")  # that are not the script's


class KeptScript:
    """The script of a child, from one request to the next.

    A request goes through `begin`, then `take` or `keep` once its inputs are read, then `ends_clean`.

    Args:
        results: where a run leaves the tables of its results, by port, if their profile is asked for next; a profile
            takes them out, and a run begins with none.

    Attributes:
        decision, waiting: about the names that the script needs restored, see `blobprep.classic.session`.
        combination: of datasets, in a child that runs no script.
    """

    def __init__(self, results: dict[str, Any] | None = None) -> None:
        self.results: dict[str, Any] = {} if results is None else results
        self.decision: Decision | None = None
        self.waiting: Waiting | None = None
        self._identity = ""
        self._entry: Callable[..., Any] | None = None
        self.combination: Combination | None = None
        self._before: ProcessState | None = None  # when no script was loaded yet
        self._loaded: ProcessState | None = None  # when it had just been loaded
        self._hooks: tuple[object, ...] = ()
        self._channels: tuple[object, ...] = ()
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
        self._failed, self._run = True, os.path.dirname(folder)
        self.results.clear()
        if self._before is not None:
            self._before.restore()
            _empty(self._run)
            _forget_modules(self._run)
        elif identity:
            self._before, self._hooks, self._finders = ProcessState(), hooks_in_place(), finders()
            self._channels = channels_in_place()
        seed_anew()
        # A script that is kept took none while it was loaded, and is not loaded again.
        self._random = random_state() if identity and self._entry is None else None

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

        watched.__code__ = watched.__code__.replace(co_filename=IMPORT_FRAME)
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

    def keep(self, identity: str, entry: Callable[..., Any], decision: Decision | None) -> None:
        """Keep a script that has just been loaded, for requests of the same identity.

        Args:
            identity: of the script; empty for one that is not kept.
            entry: its entry point.
            decision: about the names it needs restored, see `blobprep.classic.session`.
        """
        if not identity:
            return
        self._identity, self._entry, self.decision = identity, entry, decision
        if self._random != random_state():
            self._entry = None  # seeded, or drawn from: see `ends_clean`
        self._loaded = ProcessState()
        self._descriptors, self._threads = open_descriptors(), threading.active_count()
        self._globals = _bindings(entry)

    def succeed(self) -> None:
        """Note that the script has done its work."""
        self._failed = False

    def changed_globals(self) -> list[str]:
        """Return the names of the script's globals that this request set anew, which the next one will see."""
        now = _bindings(self._entry)
        changed = sorted(name for name in now.keys() | self._globals.keys() if now.get(name) != self._globals.get(name))
        self._globals = now
        return changed[:_NAMED]

    def ends_clean(self, closed: Collection[int]) -> bool:
        """Return whether this process can take another request for its script, once the streams are closed.

        A process that could not once cannot later: what was left may only be hidden by then.

        Args:
            closed: descriptors that came with this request.
        """
        self._descriptors = self._descriptors.difference(closed)
        self._failed = not self._is_clean()
        return not self._failed

    def _is_clean(self) -> bool:
        return (
            self._entry is not None
            and not self._failed
            and hooks_in_place() == self._hooks
            and channels_in_place() == self._channels
            and finders() <= self._finders
            and threading.active_count() <= self._threads
            and all(map(self._is_of_library, open_descriptors() - self._descriptors))
            and not has_children()
            and _can_be_emptied(self._run)
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


def _bindings(entry: Callable[..., Any] | None) -> dict[str, int]:
    """Return the globals of a script, or of a function that is one, with the identities of their values."""
    module = sys.modules.get(MODULE_NAME)
    innermost = inspect.unwrap(entry.func if isinstance(entry, functools.partial) else entry) if entry else None
    names = vars(module) if module is not None else getattr(innermost, "__globals__", {})
    return {str(name): id(value) for name, value in list(names.items()) if name not in _RENEWED}


def has_children() -> bool:
    """Return whether a process is left; the guard adopts those whose parents have ended."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except OSError:
        return confined_to() is None and _has_siblings()
    return True


def _has_siblings() -> bool:
    guard, found = os.getppid(), []
    try:
        for thread in os.listdir(f"/proc/{guard}/task"):
            with open(f"/proc/{guard}/task/{thread}/children") as file:
                found += file.read().split()
    except OSError:  # not on this system
        return False
    return len(found) > 1


def _can_be_emptied(run: str) -> bool:
    """Return whether the folders of the run are there, and none in them is closed to this process or too deep."""
    folders = [(os.path.join(run, name), 0) for name in _FOLDERS]
    while folders:
        folder, depth = folders.pop()
        if depth > _DEEPEST or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return False
        folders += [(entry.path, depth + 1) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]
    return True


def _empty(run: str) -> None:
    """Remove all that a request left in the folders of the run, but for the list of fonts."""
    for folder in _FOLDERS:
        for entry in _entries(os.path.join(run, folder)):
            if folder == "work" and entry.name == OUTPUTS and _is_as_made(entry):
                continue  # to remove a folder takes the system longer than all else here
            if folder == "home" and entry.name == _LIBRARY and entry.is_dir(follow_symlinks=False):
                for inner in _entries(entry.path):
                    if not inner.name.startswith(_FONTS):
                        _remove(inner)
            else:
                _remove(entry)


def _forget_modules(run: str) -> None:
    """Forget which modules are in the folders of the run, as `importlib.invalidate_caches` does for all there are."""
    known: dict[str, Any] = sys.path_importer_cache
    for place, found in [*known.items()]:
        if place.startswith(run) or not place.startswith("/") or found is None:
            del known[place]
    for finder in sys.meta_path:
        if finder is not importlib.machinery.PathFinder and hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def _is_as_made(entry: os.DirEntry[str]) -> bool:
    """Return whether a folder is empty, and as this process makes one."""
    status, mask = entry.stat(follow_symlinks=False), os.umask(0)
    os.umask(mask)
    return (
        stat.S_ISDIR(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o777 & ~mask
        and (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())
        and not _entries(entry.path)
        and not _has_attributes(entry.path)
    )


def _has_attributes(path: str) -> bool:
    """Return whether a folder has extended attributes; a confined script can set none, nor can they be listed there."""
    try:
        return bool(os.listxattr(path, follow_symlinks=False))
    except (OSError, AttributeError):  # there are none on this system
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path)
    else:
        with suppress(FileNotFoundError):
            os.unlink(entry.path)
