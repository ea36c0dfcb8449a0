"""The scripts of services that stand ready, looked at again now and then, so that a changed one takes its place.

Threads: those of requests come in by `using`. The first one of a service resolves and fetches what it reads, and those
that come meanwhile wait for it. Later looks are made by a thread of their own, one at a time for each script, while
requests go on with what is there. `_lock` guards the entries; nothing is resolved or fetched under it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from blobprep.errors import BlobprepError
from blobprep.runs.arguments import read_arguments
from blobprep.runs.prepare import prepare
from blobprep.runs.standing_script import StandingScript
from blobprep.service.definitions import ServiceDefinition
from blobprep.settings.workspace import Workspace

__all__ = ["StandingScripts", "fill_in"]

_KEPT: Final = 64  # scripts; a parameter that stands in a reference may have any number of values
_REFRESH: Final = 5.0  # seconds after which it is looked whether an input has changed
_PLACE: Final = re.compile(r"\{([^{}]+)\}")


class _Entry:
    """A script that stands ready, or is about to.

    Args:
        service: the name of the service whose script it is.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.ready = threading.Lock()  # held while it is fetched for the first time
        self.script: StandingScript | None = None
        self.looked = 0.0
        self.looking = False
        self.trouble = ""  # why the last look failed; empty where it did not


class StandingScripts:
    """The scripts that stand ready, by the options that they are run with; a context manager that closes them all.

    Args:
        workspace: the settings in force.
        refresh: seconds after which it is looked whether an input has changed.
        on_change: called with the name of a service, a script of it, and the one that has come in its place.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        refresh: float = _REFRESH,
        on_change: Callable[[str, StandingScript, StandingScript], None] = lambda service, old, new: None,
    ) -> None:
        self._workspace, self._refresh, self._on_change = workspace, refresh, on_change
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}  # the one that was used last is the last
        self._closed = False

    def __enter__(self) -> StandingScripts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def using(self, service: ServiceDefinition, parameters: Mapping[str, str]) -> Iterator[StandingScript]:
        """Yield the script of a service as it stands now; it stays open in the block.

        Args:
            service: whose script.
            parameters: stand in for their names in braces in the options.

        Raises:
            UsageError, InputError, StoreError: it cannot be used.
        """
        options = fill_in(service.options, parameters)
        entry = self._entry(service.name, f"{service.name} {json.dumps(options, sort_keys=True, default=str)}")
        while True:
            script = self._current(entry, options)
            try:
                with script.used():
                    yield script
                    return
            except LookupError:
                if entry.script is script:
                    raise

    def look(self, service: str) -> None:
        """Have it looked whether a script of a service has changed, if that is due; returns at once.

        Args:
            service: its name.
        """
        with self._lock:
            entries = [entry for entry in self._entries.values() if entry.service == service]
        for entry in entries:
            if entry.script is not None:
                self._look_if_due(entry, entry.script)

    def troubles(self) -> list[str]:
        """Return why inputs could not be looked at last time, of each script of which that is so."""
        with self._lock:
            return sorted({entry.trouble for entry in self._entries.values() if entry.trouble})

    def notice(self) -> str:
        """Return how many scripts go on with inputs that could not be looked at last time; empty for none."""
        count = len(self.troubles())
        return f"{count} could not be looked at; those that were there before are used" if count else ""

    def close(self) -> None:
        """Close the scripts that are not in use, and each other one when it no longer is."""
        with self._lock:
            self._closed = True
            entries, self._entries = list(self._entries.values()), {}
        for entry in entries:
            if entry.script is not None:
                entry.script.retire()

    def _entry(self, service: str, key: str) -> _Entry:
        leaving = []
        with self._lock:
            entry = self._entries.pop(key, None) or _Entry(service)
            self._entries[key] = entry
            while len(self._entries) > _KEPT:
                leaving.append(self._entries.pop(next(iter(self._entries))))
        for former in leaving:
            if former.script is not None:
                former.script.retire()
        return entry

    def _current(self, entry: _Entry, options: Mapping[str, object]) -> StandingScript:
        if entry.script is None:
            with entry.ready:
                if entry.script is None:
                    asked, objects = read_arguments(options)
                    request = prepare(self._workspace, asked, objects, now=datetime.now(UTC))
                    entry.script, entry.looked = StandingScript.fetch(request), time.monotonic()
        script = entry.script
        self._look_if_due(entry, script)
        return script

    def _look_if_due(self, entry: _Entry, script: StandingScript) -> None:
        with self._lock:
            looks = not self._closed and not entry.looking and time.monotonic() - entry.looked > self._refresh
            entry.looking |= looks
        if looks:
            threading.Thread(target=self._look, args=(entry, script), name="blobprep-look", daemon=True).start()

    def _look(self, entry: _Entry, script: StandingScript) -> None:
        renewed, trouble = None, ""
        try:
            renewed = script.renewed()
        except BlobprepError as error:  # what is there goes on serving
            trouble = error.message
        with self._lock:
            entry.trouble, entry.looked, entry.looking = trouble, time.monotonic(), False
            replaces = renewed is not None and not self._closed
            if replaces:
                entry.script = renewed
        if renewed is None:
            return
        if replaces:
            script.retire()
            self._on_change(entry.service, script, renewed)
        else:
            renewed.retire()


def fill_in(options: Mapping[str, object], parameters: Mapping[str, str]) -> dict[str, object]:
    """Return options with the values of parameters in place of their names in braces: `az://raw/{day}.csv`."""
    return {name: _filled(value, parameters) for name, value in options.items()}


def _filled(value: object, parameters: Mapping[str, str]) -> object:
    if isinstance(value, str):  # in one pass: a value in braces is no name of a parameter
        return _PLACE.sub(lambda place: parameters.get(place[1], place[0]), value)
    if isinstance(value, Mapping):
        return {name: _filled(inner, parameters) for name, inner in value.items()}
    return value
