"""The classic names of one script: whether it needs them, what it used, and the end of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from blobprep.classic.modes import Mode
from blobprep.classic.needs import (
    find_needs,
    reaches_into_modules,
    reaches_without_asking,
    words_of,
    words_of_files,
    writes_columns,
    writes_values,
)
from blobprep.classic.waiting import Waiting

if TYPE_CHECKING:
    from blobprep.classic.runtime.usage import Use

__all__ = ["ClassicSession"]


class ClassicSession:
    """What is restored while one script runs; at its end, the libraries are as they were.

    Args:
        mode: when names are restored.
        bundle: the folder of the script's modules; None if there are none.
    """

    def __init__(self, mode: Mode, bundle: str | None = None) -> None:
        self._mode = mode
        self._bundle = bundle
        self._waiting: Waiting | None = None
        self._installed = False
        self._is_of_then = False

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
        self._is_of_then = (
            is_python2
            or bool(needs.gone and reaches_without_asking(text, needs.gone))
            or reaches_into_modules(words, text)
            or ("pandas" in words and writes_columns(text))
        )
        if self._mode == "on" or self._is_of_then or needs.gone or ("values" in words and writes_values(text)):
            self._install(self._is_of_then)
            return
        self._waiting = Waiting(lambda: self._install(False))
        self._waiting.begin(words)

    def frames(self, frames: Sequence[Any]) -> list[Any]:
        """Return the datasets as the script is given them: for one of then, texts are objects."""
        if not self._is_of_then:
            return list(frames)
        from blobprep.classic.runtime.texts_as_objects import as_objects

        return [as_objects(frame) for frame in frames]

    def end(self) -> list[Use]:
        """Take back what was restored; return what was used."""
        if self._waiting is not None:
            self._waiting.end()
        if not self._installed:
            return []
        from blobprep.classic import report, uninstall

        uninstall()
        return report()

    def _install(self, silent_changes: bool) -> None:
        from blobprep.classic import install

        self._installed = True
        install(silent_changes=silent_changes)


def _modules(folder: Path) -> Iterable[Path]:
    """Yield the files of a bundle that hold Python: its own modules before packages that came with it."""
    yield from sorted(folder.glob("*.py"))
    yield from sorted(folder.glob("*/*.py"))[:200]
