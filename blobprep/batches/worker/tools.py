"""What a process keeps from one item to the next: accounts, children with the script loaded, the code that was read.

An engine has its own, which it closes. A worker of somebody else's, of Dask or of an executor, is never told that a
batch has ended: it gives up what it keeps when it has had no item for a while.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from blobprep.batches.worker.kept_code import KeptCode
from blobprep.runs.pool import usable_cores
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.launch import Children
from blobprep.settings.workspace import Workspace

__all__ = ["Tools", "ToolsBySettings", "tools_of_this_process"]

_UNUSED: Final = 60.0
"""Seconds after which a process gives up what no item has used: longer than a scheduler lets a worker of a batch wait,
and short where the cluster goes on to other work that needs the memory."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a process keeps for all items that it runs.

    Attributes:
        workspace: opens their accounts.
        children: run their scripts.
        code: scripts and bundles that were read.
    """

    workspace: Workspace
    children: Children
    code: KeptCode = field(default_factory=KeptCode)

    def close(self) -> None:
        """End the children of a pool, and forget what was read."""
        if isinstance(self.children, ChildPool):
            self.children.close()
        self.code.close()


class ToolsBySettings:
    """Tools for items that come with the settings to use, each made for the first and given up when none needs it.

    Threads: any may use them. `_lock` guards everything; tools are closed outside of it.

    Args:
        unused: seconds for which they are kept without an item.
    """

    def __init__(self, unused: float = _UNUSED) -> None:
        self._unused = unused
        self.forget()

    def forget(self) -> None:
        """Begin anew in a process that was forked: children are its parent's, and a thread may have held the lock."""
        self._lock = threading.Lock()
        self._tools: dict[tuple[object, ...], Tools] = {}
        self._at_work = 0
        self._timer: threading.Timer | None = None

    @contextmanager
    def using(self, asked: Mapping[str, str | None]) -> Iterator[Tools]:
        """Give the tools for some settings to an item, until it leaves.

        Raises:
            UsageError: the settings are wrong.
        """
        with self._lock:
            self._cancel()
            self._at_work += 1
        try:
            yield self._of(asked)
        finally:
            with self._lock:
                self._at_work -= 1
                if not self._at_work:
                    self._wait()

    def close(self) -> None:
        """Give up what is kept; an item that comes later has it made anew."""
        with self._lock:
            self._cancel()
            leaving, self._tools = list(self._tools.values()), {}
        for tools in leaving:
            tools.close()

    def _of(self, asked: Mapping[str, str | None]) -> Tools:
        key = tuple(sorted(asked.items()))
        with self._lock:
            if key not in self._tools:
                self._tools[key] = _opened(asked)
            return self._tools[key]

    def _wait(self) -> None:
        self._cancel()
        self._timer = timer = threading.Timer(self._unused, lambda: self._close_unused(timer))
        timer.name, timer.daemon = "blobprep-unused", True
        with suppress(RuntimeError):  # this process ends, and closes them then
            timer.start()

    def _cancel(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _close_unused(self, timer: threading.Timer) -> None:
        with self._lock:
            if self._timer is not timer:  # an item came while this began
                return
            self._timer = None
            leaving, self._tools = list(self._tools.values()), {}
        for tools in leaving:
            tools.close()


def _opened(asked: Mapping[str, str | None]) -> Tools:
    config, account, protocol = (asked.get(name) for name in ("config", "account", "protocol"))
    workspace = Workspace(config=config, account=account, protocol=protocol)
    return Tools(workspace, ChildPool(kept=usable_cores()))


tools_of_this_process: Final = ToolsBySettings()
atexit.register(tools_of_this_process.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=tools_of_this_process.forget)
