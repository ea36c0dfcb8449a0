"""Notebooks: the code of their cells, as one script. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["code_in_notebook"]


def code_in_notebook(data: bytes) -> bytes | None:
    """Return the code of a notebook in Python, cell by cell in their order; None if it is no such notebook.

    Args:
        data: the whole file.

    Returns:
        The cells, each behind a comment with its number among all cells; None also if there is no code at all.
    """
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return None
    try:
        notebook = json.loads(data)
        cells = [*_find_cells(notebook)] if isinstance(notebook, dict) and "nbformat" in notebook else []
        if not cells or _language(notebook) != "python":
            return None
        return "\n".join(f"# cell {number}\n{code}\n" for number, code in cells).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata") or {}
    named = (metadata.get(part, {}).get(name) for part, name in (("language_info", "name"), ("kernelspec", "language")))
    return str(next(filter(None, named), "python")).lower()


def _find_cells(notebook: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the cells of code, which older notebooks keep in worksheets."""
    sheets = [notebook, *(notebook.get("worksheets") or [])]
    cells = [cell for sheet in sheets for cell in sheet.get("cells") or []]
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            code = source if isinstance(source, str) else "".join(source)
            if code.strip():
                yield number, code
