"""The rows of the registry: what a name was called, which version no longer has it, what stands for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Call", "Kind", "Module", "Name"]

Kind = Literal["value", "method", "property", "own"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a library no longer has.

    Attributes:
        paths: the full names it had, separated by spaces: `pandas.DataFrame.append pandas.Series.append`.
        gone: the version without it.
        target: what stands for it: the full name of an object, looked up when the name is reached. A name that starts
            with a dot is below this package.
        how: what it does, in one sentence.
        kind: a `value` is the object itself; a `method` is bound to the object it is reached on; a `property` is called
            with that object; `own` is the object's attribute of another name, which is the target.
        choice: what it decides where then and now differ; empty if there is nothing to decide.
    """

    paths: str
    gone: str
    target: str
    how: str
    kind: Kind = "value"
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A module that a library no longer has.

    Attributes:
        name: its full name. Modules below it are there too if they are below a target.
        gone: the version without it.
        targets: the modules its names are looked up in, one after the other, separated by spaces; a name that starts
            with a dot is below this package.
        how: what it does, in one sentence.
    """

    name: str
    gone: str
    targets: str
    how: str


@dataclass(frozen=True, slots=True)
class Call:
    """A form of calling a function that it no longer takes; the order of its parameters then is in `then.txt`.

    Attributes:
        paths: the full names of the functions, separated by spaces.
        gone: the version that refuses the form.
        how: what is done instead, in one sentence.
        renamed: arguments and their present names: `old=new`, separated by spaces.
        dropped: arguments that are left out, because they ask for what always happens now, or for nothing.
        reading: the full name of a function that takes the present function and the arguments by their names then, and
            returns what the call returned; empty if renaming and leaving out are enough.
        raises: the names of the errors with which the present function refuses the form.
        before: arguments that tell the form before the function is called, because it would begin before it refuses.
        choice: as in `Name`.
        through_libraries: whether the script calls a library that calls the function.
    """

    paths: str
    gone: str
    how: str
    renamed: str = ""
    dropped: str = ""
    reading: str = ""
    raises: str = "TypeError"
    before: str = ""
    choice: str = ""
    through_libraries: bool = False
