"""What a row in the table of removed names says. Pure data; the rows are in `removed_*`.

A row gives the full names of what was removed: `numpy.float`; `pandas.DataFrame.ix`, an attribute of an instance;
`pandas.read_csv(squeeze)`, an argument; `sklearn.svm.*(loss='l1')`, a value of an argument. `*` stands for any name; in
`pandas.*.ix`, for DataFrame and Series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["EITHER", "Removal"]

EITHER: Final = "pandas.NDFrame"
"""A frame or a series, if the text does not show which."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that was removed, and what replaces it.

    Attributes:
        code: the code of the finding.
        names: the full names of what was removed, separated by spaces.
        since: the first version of the library without it.
        instead: what to write, as in "use numpy.prod"; begins with `nothing` if it should be left out.
        rewrite: how `--fix` does it: a key of `REWRITES`, and after `:` its argument; empty if a person must decide.
        new: full names of the replacement; a test checks that they exist.
        loose: whether the name is unique to the library, so that it is found on objects of unknown class too.
    """

    code: str
    names: str
    since: str
    instead: str
    rewrite: str = ""
    new: str = ""
    loose: bool = False
