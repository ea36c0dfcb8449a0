"""The templates of a pool: one for the libraries of every run, and one for each set that scripts name besides.

A child must not find imported what its script does not name: its record would tell of libraries that it never used.
"""

from __future__ import annotations

import threading
from typing import Final

from blobprep.sandbox.template import Template, can_fork

__all__ = ["Templates"]

_MOST: Final = 4  # besides the plain one; each takes the memory of its libraries


class Templates:
    """Templates by the libraries that they import; any thread may ask for one. None where this system cannot fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[frozenset[str], Template] = {}  # the one that was asked for last is the last
        self._closed = False
        self.get(frozenset())

    def __contains__(self, libraries: frozenset[str]) -> bool:
        return libraries in self._made

    def get(self, libraries: frozenset[str]) -> Template | None:
        """Return the template that imports these libraries, or has begun to; None where there can be none."""
        leaving: list[Template] = []
        with self._lock:
            if self._closed or not can_fork():
                return None
            template = self._made.pop(libraries, None) or Template(libraries)
            self._made[libraries] = template
            others = [names for names in self._made if names]
            leaving += [self._made.pop(names) for names in others[:-_MOST]]
        for former in leaving:
            former.close()
        return template

    def give_up(self, template: Template | None) -> None:
        """Close a template that no longer answers; the next one who asks gets another."""
        with self._lock:
            found = [names for names, made in self._made.items() if made is template]
            for names in found:
                del self._made[names]
        if template is not None:
            template.close()

    def close(self) -> None:
        """Close them all; there are no more."""
        with self._lock:
            self._closed = True
            made, self._made = self._made, {}
        for template in made.values():
            template.close()
