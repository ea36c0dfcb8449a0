"""The decision what a source is that may not be Python 3, and its compilation."""

from __future__ import annotations

import ast
import importlib.util
import os
import warnings
from collections.abc import Sequence
from typing import Final

from blobprep.classic.python2.loaded import Loaded, split_lines
from blobprep.classic.python2.translation import translate
from blobprep.lint import DecodingError, read_source
from blobprep.lint.conversion import find_foreign_lines
from blobprep.lint.evidence import find_evidence, fits_python2
from blobprep.lint.source import ParseError, Source, apply_edits, choose_disjoint
from blobprep.python2_names import MODULES

__all__ = ["compile_beside", "compile_if_python2", "compile_other", "is_python2"]

_INIT: Final = "__init__.py"


def compile_if_python2(source: bytes, name: str, *, forced: bool, folder: str = "") -> Loaded | None:
    """Translate a source that Python 3 accepts, if it is Python 2 for certain; else return None.

    Args:
        source: its bytes.
        name: of its file.
        forced: whether one of Python 2's names is enough that not every run reaches.
        folder: of the bundle: a source that imports Python 2 from there is Python 2 itself.
    """
    tree = ast.parse(source)
    present = [module for module in MODULES if module.encode() in source and _exists(module)]
    old = _find_old_modules(tree, folder) if folder else ()
    if (evidence := find_evidence(tree, present, old)) is not None:
        line, word = evidence
        return _translate(read_source(name, source), [f"it is Python 2: {word} on line {line}"])
    if forced and (evidence := find_evidence(tree, present, old, anywhere=True)) is not None:
        line, word = evidence
        why = f"it names what only Python 2 has, {word} on line {line}, and --classic is on"
        return _translate(read_source(name, source), [why])
    return None


def compile_beside(source: bytes, name: str) -> Loaded | None:
    """Translate a module that Python 3 accepts, and that a script in Python 2 has at its side; None if it is Python 3.

    Both ran in one interpreter, so what changed its meaning since is carried in it too.
    """
    if not fits_python2(ast.parse(source)):
        return None
    return _translate(read_source(name, source), ["it is Python 2, as what imports it"])


def is_python2(path: str) -> bool:
    """Return whether a file is Python 2 for certain, since Python 3 rejects it."""
    try:
        with open(path, "rb") as file:
            source = file.read()
        compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        loaded = compile_other(source, path, error)
        return loaded is not None and loaded.is_translated
    except (OSError, RecursionError, MemoryError):
        pass
    return False


def _find_old_modules(tree: ast.Module, folder: str) -> set[str]:
    """Return the modules that a source imports from a bundle and that are Python 2, or import such themselves."""
    old: set[str] = set()
    imports: dict[str, set[str]] = {}
    pending = _imported(tree)
    while pending:
        name = pending.pop()
        path = next(filter(os.path.isfile, (os.path.join(folder, f"{name}.py"), os.path.join(folder, name, _INIT))), "")
        if not path or name in imports:
            continue
        imports[name] = set()
        if is_python2(path):
            old.add(name)
            continue
        try:
            with open(path, "rb") as file:
                imports[name] = _imported(ast.parse(file.read()))
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue
        pending |= imports[name]
    while more := {name for name, inner in imports.items() if inner & old} - old:
        old |= more
    return old


def _imported(tree: ast.Module) -> set[str]:
    """Return the modules that the top of a source imports."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


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
        return loaded or _translate(text, [*reasons, f"it is Python 2: line {_find_rejected(text, name, error)}"])
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


def _find_rejected(text: Source, name: str, error: Exception) -> int:
    """Return the first line that Python 3 rejects, past what a word processor or notebook left."""
    edits = choose_disjoint(line.edits for line in find_foreign_lines(text) if line.fixable)
    try:
        compile(apply_edits(text, edits).text, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as other:
        error = other
    return getattr(error, "lineno", 0) or 1


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
