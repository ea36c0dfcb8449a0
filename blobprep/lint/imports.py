"""The modules that a file imports, and folders that it adds to the search path. Pure.

`blobprep.checks` compares them with the modules that exist.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.removal_table import REMOVED
from blobprep.lint.removals import Removal
from blobprep.lint.walk import Context

__all__ = ["ImportedModule", "Imports"]


@dataclass(frozen=True, slots=True)
class ImportedModule:
    """One module that must exist.

    Attributes:
        module: its full name.
        finding: where it is imported; code, message and remedy are filled in if it turns out to be missing.
        relative: edits that import it as a module beside the file; empty if a person must decide.
    """

    module: str
    finding: Finding
    relative: tuple[Edit, ...]


@dataclass(slots=True)
class Imports:
    """The imports found in a walk, except those whose failure is caught.

    Attributes:
        found: the imported modules, in order.
        folders: what is added to `sys.path`; None for what only a run shows.
    """

    found: list[ImportedModule] = field(default_factory=list)
    folders: list[str | None] = field(default_factory=list)

    def note_import(self, node: ast.AST, context: Context) -> Iterator[Finding]:
        """Record an import; a rule that never finds anything."""
        if isinstance(node, ast.ImportFrom):
            if not node.level and node.module:
                self._note(node.module, node, _relative_from(node, context), context)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self._note(alias.name, node, _relative(node, alias, context), context)
        return iter(())

    def _note(
        self, module: str, node: ast.Import | ast.ImportFrom, relative: tuple[Edit, ...], context: Context
    ) -> None:
        top = module.partition(".")[0]
        gone: Removal | None = found.row if (found := REMOVED.find_name(top)) else None
        if top not in ("azureml", "__future__") and gone is None:
            self.found.append(ImportedModule(module, context.finding("BP801", node, "", ""), relative))

    def note_search_path(self, node: ast.AST, context: Context) -> Iterator[Finding]:
        """Record what is added to `sys.path`; a rule that never finds anything."""
        assert isinstance(node, ast.Call)
        name = context.name(node.func)
        if name in ("sys.path.append", "sys.path.insert", "site.addsitedir", "sys.path.extend") and node.args:
            given = node.args[-1]
            text = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
            self.folders.append(text)
        return iter(())


def _relative(node: ast.Import, alias: ast.alias, context: Context) -> tuple[Edit, ...]:
    if len(node.names) > 1 or "." in alias.name:
        return ()
    named = f" as {alias.asname}" if alias.asname else ""
    return (Edit(context.start(node), context.end(node), f"from . import {alias.name}{named}"),)


def _relative_from(node: ast.ImportFrom, context: Context) -> tuple[Edit, ...]:
    start = context.start(node)
    index = context.source.data.find((node.module or "").encode(), start + len("from"), context.end(node))
    return () if index < 0 else (Edit(index, index, "."),)
