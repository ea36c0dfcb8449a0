"""What becomes of a script as it is: whether the classic runtime carries what breaks in it, or a person must decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal

from blobprep.lint import Finding

__all__ = ["VERDICTS", "Verdict", "judge"]

Verdict = Literal["works", "classic", "person"]
VERDICTS: Final[Mapping[Verdict, str]] = {
    "works": "it runs as it is",
    "classic": "it runs as it is: the classic runtime restores what is missing",
    "person": "it needs a person: the classic runtime does not restore all of this",
}
_PYTHON2: Final = frozenset(f"BP{number}" for number in (*range(101, 114), *range(117, 123), 124, 125, 126))
_READ: Final = frozenset({"BP002", "BP005", "BP212", "BP509"})
"""What is read as it was meant: encodings, spaces of web pages, arguments by position; a backend for a screen."""


def judge(findings: Iterable[Finding], translated: Iterable[str]) -> Verdict:
    """Return what becomes of a script with some findings.

    Args:
        findings: all of them.
        translated: the paths of the files that are translated from Python 2.
    """
    files = frozenset(translated)
    grave = [finding for finding in findings if finding.level != "note"]
    if not grave and not files:
        return "works"
    return "classic" if all(_is_carried(finding, finding.path in files) for finding in grave) else "person"


def _is_carried(finding: Finding, translated: bool) -> bool:
    if finding.code in _READ or (finding.code == "BP004" and finding.fixable):
        return True
    if finding.code.startswith("BP1"):
        return translated and (finding.code in _PYTHON2 or _has_python2(finding.gone))
    return bool(finding.gone) and _is_restored(finding.gone)


def _has_python2(name: str) -> bool:
    """Return whether translated code finds a builtin, a module or a name of one."""
    from blobprep.classic.python2.builtins import BUILTINS
    from blobprep.classic.python2.modules import has_name

    return (name in BUILTINS and name != "raw_input") or has_name(name)


def _is_restored(name: str) -> bool:
    """Return whether the registry has a name, or the form of a call: `pandas.read_csv(error_bad_lines)`."""
    names, modules, calls = _registry()
    path, _, keyword = name.rstrip(")").partition("(")
    if keyword:
        return any(keyword in words or "*" in words for at, words in calls if _is_like(path, at))
    below = any(path == module or path.startswith(f"{module}.") for module in modules)
    return below or any(_is_like(path, at) for at in names)


def _is_like(path: str, other: str) -> bool:
    """Return whether two paths are the same; `*` stands for any class."""
    if "*" not in path:
        return path == other
    start, _, end = path.partition("*")
    return other.startswith(start) and other.endswith(end)


@cache
def _registry() -> tuple[frozenset[str], frozenset[str], tuple[tuple[str, frozenset[str]], ...]]:
    """Return the restored names, modules, and for each path the arguments whose forms are restored."""
    from blobprep.classic.runtime.registry import CALLS, MODULES, NAMES

    names = frozenset(path for row in NAMES for path in row.paths.split())
    modules = frozenset(row.name for row in MODULES)
    calls = []
    for row in CALLS:
        words = {word.partition("=")[0] for word in f"{row.renamed} {row.dropped}".split()}
        calls += [(path, frozenset(words | ({"*"} if row.reading else set()))) for path in row.paths.split()]
    return names, modules, tuple(calls)
