"""The classic names of one script: whether it needs them, what it used, and the end of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from blobprep.classic.modes import Mode
from blobprep.classic.needs import (
    find_needs,
    lines_that_write_columns,
    words_of,
    words_of_files,
    writes_values,
)
from blobprep.classic.waiting import Waiting

if TYPE_CHECKING:
    from blobprep.classic.runtime.columns_written import Places
    from blobprep.classic.runtime.usage import Use

__all__ = ["ClassicSession", "Decision"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a look at a script led to.

    Attributes:
        installs: whether names are restored at once, or only when it reaches for them.
        words: by which that is told.
        places: lines that may write to a column of a frame; none in a script of then, where all do.
    """

    installs: bool
    words: frozenset[str]
    places: Places = frozenset()


class ClassicSession:
    """What is restored while one script runs; at its end, the libraries are as they were, or do as they did.

    Args:
        mode: when names are restored.
        bundle: the folder of the script's modules; None if there are none.

    Attributes:
        stays: whether what waits is left in place at the end, in a process that is the script's alone.
        waiting: what waits until the script reaches for a name that is missing; None if nothing does.
        decision: what was decided when the script was looked at; None until then.
        carried: whether something was restored that the script used, or it is of then; known at the end.
    """

    def __init__(self, mode: Mode, bundle: str | None = None) -> None:
        self._mode = mode
        self._bundle = bundle
        self.stays = False
        self.waiting: Waiting | None = None
        self._installed = False
        self._is_of_then = False
        self.decision: Decision | None = None
        self.carried = False

    def begin(self, code: CodeType | None, text: str = "", *, is_python2: bool = False) -> None:
        """Look at a script before it runs, and restore what it needs.

        Args:
            code: the compiled script; None for a function that the caller passed.
            text: its source.
            is_python2: whether it is of then for certain.
        """
        if self._mode == "off":
            return
        words = words_of(code) if code is not None else set()
        if self._bundle:
            words |= words_of_files(_modules(Path(self._bundle)))
        needs = find_needs(words)
        is_suspect = is_python2 or self._mode == "on" or bool(needs.gone or needs.of_modules)
        self._is_of_then = is_python2 or (is_suspect and self._is_surely_of_then(text))
        installs = self._mode == "on" or self._is_of_then or bool(needs.gone)
        installs = installs or ("values" in words and writes_values(text))
        places: Places = frozenset()
        if code is not None and "pandas" in words and not self._is_of_then:
            places = frozenset((code.co_filename, line) for line in lines_that_write_columns(text))
        self.follow(Decision(installs or bool(places), frozenset(words), places))

    def follow(self, decision: Decision | None, resting: Waiting | None = None) -> None:
        """Do what was decided for a script when it was looked at, now or for an earlier run of it.

        Args:
            decision: None for a script that was not looked at.
            resting: what an earlier run of it has left in place.
        """
        self.decision = decision
        if decision is None:
            return
        if decision.installs:
            self._install(self._is_of_then)
            if decision.places:
                from blobprep.classic.runtime.install import RUNTIME

                RUNTIME.write_columns(decision.places)
            return
        if resting is not None and resting.resume(self._wake, decision.words):
            self.waiting = resting
            return
        self.waiting = Waiting(self._wake)
        self.waiting.begin(decision.words)

    def _wake(self) -> None:
        self._install(False)

    def frames(self, frames: Sequence[Any]) -> list[Any]:
        """Return the datasets as the script is given them: for one of then, texts are objects."""
        if not self._is_of_then:
            return list(frames)
        from blobprep.classic.runtime.texts_as_objects import as_objects

        return [as_objects(frame) for frame in frames]

    def end(self) -> list[Use]:
        """Take back what was restored; return what was used."""
        if self.waiting is not None:
            (self.waiting.rest if self.stays else self.waiting.end)()
        if not self._installed:
            return []
        from blobprep.classic import report, uninstall

        uninstall()
        used = report()
        self.carried = self._is_of_then or bool(used)
        return used

    def _is_surely_of_then(self, text: str) -> bool:
        from blobprep.classic.evidence import is_surely_of_then

        return is_surely_of_then(text, self._bundle)

    def _install(self, silent_changes: bool) -> None:
        from blobprep.classic import install

        self._installed = True
        install(silent_changes=silent_changes)


def _modules(folder: Path) -> Iterable[Path]:
    """Yield the files of a bundle that hold Python: its own modules before packages that came with it."""
    yield from sorted(folder.glob("*.py"))
    yield from sorted(folder.glob("*/*.py"))[:200]
