"""Children for those who run more than once: forked from a template, and asked again where the script is the same.

A run takes a child from the pool and gives it back. It gets one that keeps its script loaded if there is one that is
idle; else a spare one, which was forked and has confined itself in advance; else a new one. A child serves one script,
at one level and within one set of limits and rules, as long as it lives.

Threads: any may take and give back. `_lock` guards what is idle; children are started and ended outside of it, the
spare ones and those that are given up by a thread of the pool's own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from blobprep.errors import IsolationUnavailable
from blobprep.limits import Limits
from blobprep.protocol import ChildRequest, Operation
from blobprep.sandbox.call import CallResult, Inputs, OpenOutputs
from blobprep.sandbox.isolation import Level, Namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.pooled_child import Bounds, Place, PooledChild
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.script_libraries import libraries_at_top
from blobprep.sandbox.session import ChildSession
from blobprep.sandbox.templates import Templates
from blobprep.spare_threads import KeptThreads

__all__ = ["ChildPool", "PooledSession"]

_Kind = tuple[Place, frozenset[str]]
"""What decides which new child a run is given; the libraries are those it has besides those of every run."""

_NO_LIBRARIES: Final[frozenset[str]] = frozenset()
_ATTEMPTS: Final = 2  # to have a child forked: a template that has died is made anew once


class ChildPool:
    """A source of children (`blobprep.sandbox.launch.Children`) that keeps some; ends them all when it is closed.

    Args:
        kept: how many idle children that keep a script there may be.
        fresh: give each run a child that was asked nothing, and ask it nothing more.
        bounds: how long a child is kept.
    """

    def __init__(self, *, kept: int, fresh: bool = False, bounds: Bounds | None = None) -> None:
        self.fresh = fresh
        self._kept, self._bounds = kept, bounds or Bounds()
        self._lock = threading.Lock()
        self._idle: list[PooledChild] = []  # the one that was used last is the last
        self._spare: dict[_Kind, Future[PooledChild]] = {}  # of the kind that was used last only
        self._measures: dict[Place, tuple[str, ...]] = {}
        self._largest = 0
        self._retired: set[str] = set()  # beginnings of identities
        self._closed = False
        self._templates = Templates()
        self._helper = ThreadPoolExecutor(2, "blobprep-pool")
        self._threads = KeptThreads()  # of the runs that the children are for

    def __call__(
        self,
        operation: Operation,
        level: Level,
        limits: Limits,
        *,
        rules: Rules | None = None,
        debug: bool = False,
        namespace: Namespace = "auto",
        interpreter: str = "",
    ) -> PooledSession | ChildSession:
        """Return a session with a child of the pool.

        At level `off`, under the debugger, with another interpreter, whose state nobody cleans up, and once the pool is
        closed, it is with a child of its own.
        """
        if level == "off" or debug or interpreter or self._closed:
            return start(
                operation, level, limits, rules=rules, debug=debug, namespace=namespace, interpreter=interpreter
            )
        return PooledSession(self, Place(operation, level, limits, rules or Rules(), namespace))

    @property
    def largest(self) -> int:
        """Return the bytes of memory of the largest child so far, after its request."""
        return self._largest

    def measures(self, place: Place) -> tuple[str, ...]:
        """Return how children of a place are confined; the first one is started for it.

        Raises:
            IsolationUnavailable: they cannot be.
        """
        if place not in self._measures:
            child = self._started((place, _NO_LIBRARIES))
            try:
                measures = child.session.require_confined()
            except BaseException:
                child.session.close()
                raise
            with self._lock:
                self._measures[place] = measures
            self._put_aside(child)
        return self._measures[place]

    def take(self, place: Place, identity: str, libraries: frozenset[str]) -> PooledChild:
        """Return a child that is asked nothing at the moment.

        Args:
            place: what holds for it.
            identity: of the script; empty for one that is not kept.
            libraries: that the script names at its top, which the child may have imported.
        """
        child = self._taken_idle(place, identity)
        if child is None:
            # A template for them takes as long as the script itself to import them: only runs that follow have it.
            has_template = self.fresh or libraries in self._templates
            kind = (place, libraries if has_template else _NO_LIBRARIES)
            child = self._taken_spare(kind) or self._started(kind)
        child.identity = identity
        if self.fresh or not child.requests:
            self._prepare_spare((place, libraries))
        return child

    def give_back(self, child: PooledChild, *, reusable: bool) -> None:
        """Take back a child, and keep it for the next run of its script if that can be."""
        child.requests += 1
        usage = child.session.usage()
        worn = child.is_worn(usage, self._bounds) or child.identity.startswith(tuple(self._retired))
        given_up: list[PooledChild] = []
        with self._lock:
            self._largest = max(self._largest, usage.memory)
            if not reusable or worn or self._closed or not child.session.lives:
                given_up.append(child)
            else:
                self._idle.append(child)
                if len(self._idle) > self._kept:
                    given_up.append(self._idle.pop(0))
        for leaving in given_up:
            self._end(leaving)

    def retire(self, script: str) -> None:
        """End the children of a script that is out of date: those that are idle now, others when they are given back.

        Args:
            script: what their identities begin with; once one is asked for again, they are kept again.
        """
        with self._lock:
            self._retired.add(script)
            leaving = [child for child in self._idle if child.identity.startswith(script)]
            self._idle = [child for child in self._idle if child not in leaving]
        for child in leaving:
            self._end(child)

    def close(self) -> None:
        """End all children that are idle, and the template; those that are at work end when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            spare, self._spare = self._spare, {}
        for future in spare.values():
            with suppress(OSError, IsolationUnavailable):
                idle.append(future.result())
        for child in idle:
            self._end(child)
        self._helper.shutdown()
        self._templates.close()
        self._threads.close()

    def _taken_idle(self, place: Place, identity: str) -> PooledChild | None:
        dead: list[PooledChild] = []
        found = None
        with self._lock:
            self._retired = {script for script in self._retired if not identity.startswith(script)}
            for child in reversed(self._idle):
                if not child.session.lives:
                    dead.append(child)
                elif identity and child.identity == identity and child.place == place:
                    found = child
                    break
            self._idle = [child for child in self._idle if child is not found and child not in dead]
        for child in dead:
            self._end(child)
        return found

    def _taken_spare(self, kind: _Kind) -> PooledChild | None:
        with self._lock:
            future = self._spare.pop(kind, None)
        if future is None:
            return None
        try:
            child = future.result()
        except (OSError, IsolationUnavailable):  # the next attempt says so
            return None
        except BaseException:  # this wait was interrupted; nobody else knows of the child
            future.add_done_callback(self._end_result)
            raise
        if child.session.lives:
            return child
        self._end(child)
        return None

    def _prepare_spare(self, kind: _Kind) -> None:
        """See that there is a spare child of a kind, and none of another."""
        with self._lock:
            if self._closed or kind in self._spare or kind[0].operation != "run":
                return
            others, self._spare = self._spare, {kind: self._helper.submit(self._started, kind)}
        for future in others.values():
            future.add_done_callback(self._end_result)

    def _put_aside(self, child: PooledChild) -> None:
        """Make a child that was asked nothing the spare one."""
        ready: Future[PooledChild] = Future()
        ready.set_result(child)
        with self._lock:
            given_up = [ready] if self._closed else list(self._spare.values())
            if not self._closed:
                self._spare = {(child.place, _NO_LIBRARIES): ready}
        for future in given_up:  # never the one that was put aside: another run may have it by now
            future.add_done_callback(self._end_result)

    def _end_result(self, future: Future[PooledChild]) -> None:
        if future.exception() is None:
            self._end(future.result())

    def _started(self, kind: _Kind) -> PooledChild:
        place, libraries = kind
        for _ in range(_ATTEMPTS):
            template = self._templates.get(libraries)
            try:
                return place.start(template)
            except ConnectionError:
                self._templates.give_up(template)
        return place.start(None)  # no template lives here; a child of its own may

    def _end(self, child: PooledChild) -> None:
        """End a child, which takes the kernel a while, without waiting for it."""
        try:
            self._helper.submit(child.session.close)
        except RuntimeError:  # the pool is closed
            child.session.close()


class PooledSession:
    """A session with a child of a pool: one call, and those about what it left; a context manager that gives it back.

    Args:
        pool: has the child.
        place: what holds for it.
    """

    def __init__(self, pool: ChildPool, place: Place) -> None:
        self._pool, self._place = pool, place
        self._child: PooledChild | None = None
        self._reusable = self._killed = False
        self._observer: Callable[[str], None] = lambda name: None

    def __enter__(self) -> PooledSession:
        return self

    def __exit__(self, *_: object) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._pool.give_back(child, reusable=self._reusable)

    @property
    def folder(self) -> str:
        """Return the path of the child's working folder; empty before the first call.

        Between two calls to the same child, processes of its script may still change what is in it.
        """
        return "" if self._child is None else self._child.session.folder

    def require_confined(self) -> tuple[str, ...]:
        """Return how the child is confined, in words; before the first call, how one of this kind is.

        Raises:
            IsolationUnavailable: it cannot be confined.
        """
        child = self._child
        return self._pool.measures(self._place) if child is None else child.session.require_confined()

    def observe(self, observer: Callable[[str], None]) -> None:
        """Have a function called with what the child begins to do; see `ChildSession.observe`."""
        self._observer = observer

    def call(
        self,
        request: ChildRequest,
        descriptors: Mapping[str, int],
        *,
        log: RunLog,
        inputs: Inputs | None = None,
        outputs: OpenOutputs | None = None,
        seconds: float | None = None,
        more: bool = False,
    ) -> CallResult:
        """Ask a child, which the first call takes from the pool; see `ChildSession.call`."""
        child = self._child = self._child or self._taken(request, descriptors)
        if self._killed:  # before there was a child to end
            child.session.kill()
        last = self._pool.fresh or not request.identity
        self._reusable = False  # until it has answered
        result = child.session.call(
            request, descriptors, log=log, inputs=inputs, outputs=outputs, seconds=seconds, last=last, more=more
        )
        self._reusable = result.ending.goes_on and not last and not more  # which still has what the next call is about
        return result

    def _taken(self, request: ChildRequest, descriptors: Mapping[str, int]) -> PooledChild:
        libraries = _NO_LIBRARIES
        if request.script_kind == "source" and not request.bundle and request.script_size:
            libraries = libraries_at_top(os.pread(descriptors["script"], request.script_size, 0))
        child = self._pool.take(self._place, request.identity, libraries)
        child.session.observe(self._observer)
        return child

    def kill(self) -> None:
        """End the child now, or once there is one, and never ask it again; from any thread."""
        self._reusable, self._killed = False, True
        if (child := self._child) is not None:
            child.session.kill()
