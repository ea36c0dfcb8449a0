"""The decision what a source is that may not be Python 3, and its compilation."""

from __future__ import annotations

import ast
import importlib.util
import warnings
from collections.abc import Sequence

from blobprep.classic.python2.loaded import Loaded, split_lines
from blobprep.classic.python2.translation import translate
from blobprep.lint import DecodingError, read_source
from blobprep.lint.conversion import find_foreign_lines
from blobprep.lint.evidence import find_evidence
from blobprep.lint.source import ParseError, Source, apply_edits, choose_disjoint
from blobprep.python2_names import MODULES

__all__ = ["compile_if_python2", "compile_other"]


def compile_if_python2(source: bytes, name: str, *, forced: bool) -> Loaded | None:
    """Translate a source that Python 3 accepts, if it is Python 2 for certain; else return None.

    Args:
        source: its bytes.
        name: of its file.
        forced: whether one of Python 2's names anywhere is enough.
    """
    tree = ast.parse(source)
    present = [module for module in MODULES if module.encode() in source and _exists(module)]
    evidence = find_evidence(tree, present)
    if evidence is None and not forced:
        return None
    why = "it names what only Python 2 has, and --classic is on"
    if evidence is not None:
        line, word = evidence
        why = f"it is Python 2: {word} on line {line}"
    return _translate(read_source(name, source), [why])


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def compile_other(source: bytes, name: str, error: Exception) -> Loaded | None:
    """Compile what Python 3 rejects; None if nothing makes it valid.

    Args:
        source: its bytes.
        name: of its file.
        error: what Python 3 raised.
    """
    try:
        text = read_source(name, source)
    except DecodingError:
        return None
    reasons = []
    if text.foreign:
        reasons.append(f"line {text.foreign} is not UTF-8 and no encoding is declared: it is read as {text.guessed}")
    try:
        loaded = _compile_cleaned(text, name, reasons)
        return loaded or _translate(text, [*reasons, f"it is Python 2: line {getattr(error, 'lineno', 0) or 1}"])
    except (ParseError, RecursionError):
        return None


def _compile_cleaned(text: Source, name: str, reasons: list[str]) -> Loaded | None:
    """Compile a text whose only faults are its encoding, and what a word processor or notebook left; else None."""
    try:
        lines = [] if text.foreign and _compiles(text, name) else find_foreign_lines(text)
        if any(not line.fixable for line in lines):
            return None
        made = apply_edits(text, choose_disjoint(line.edits for line in lines))
        code = compile(made.text, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, ParseError):
        return None
    told = [f"line {line.line}: {line.message}" for line in lines]
    return Loaded(code, tuple(split_lines(text.text)), (*reasons, *told))


def _compiles(text: Source, name: str) -> bool:
    try:
        compile(text.text, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _translate(text: Source, reasons: Sequence[str]) -> Loaded:
    translation = translate(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 2 had none of these
        code = compile(translation.tree, text.path, "exec", dont_inherit=True)
    return Loaded(code, tuple(split_lines(text.text)), tuple(reasons), translation.changes, True)
