"""Parsing, with every way in which it can fail. Pure."""

from __future__ import annotations

import ast
import warnings
from typing import Final

from blobprep.lint.source import Source

__all__ = ["Unreadable", "parse"]


# Compiling can take the square of the length: many functions that are alike take hours, and are parsed at once.
_COMPILED: Final = 128 * 1024


class Unreadable(Exception):
    """Say why Python does not read a text.

    Attributes:
        line, offset: where, the line from 1 and the offset of the whole text; 0 where Python does not say.
        tabs: only the mixture of tabs and spaces is at fault.
        deep: it is nested more deeply than Python takes.
    """

    def __init__(self, message: str, line: int = 1, offset: int = 0, *, tabs: bool = False, deep: bool = False) -> None:
        super().__init__(message)
        self.line, self.offset, self.tabs, self.deep = line, offset, tabs, deep


def parse(source: Source) -> ast.Module:
    """Parse a text as this Python would; nothing of it runs.

    Raises:
        Unreadable: it is not valid.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings, which are the script's business
        try:
            tree = ast.parse(source.text, source.path)
            if len(source.data) <= _COMPILED:
                compile(tree, source.path, "exec", dont_inherit=True)  # finds a return outside a function, and the like
            return tree
        except SyntaxError as error:
            line = min(error.lineno or 1, len(source.starts))
            raise Unreadable(error.msg, line, source.starts[line - 1], tabs=isinstance(error, TabError)) from error
        except (RecursionError, MemoryError) as error:
            raise Unreadable("it is nested too deeply to be read", deep=True) from error
        except (ValueError, OverflowError) as error:
            raise Unreadable(str(error)) from error
