"""The option of a run, and how a value of each kind is read. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass
from numbers import Integral, Real
from typing import Any, Final, Literal

from blobprep.errors import InvalidOption
from blobprep.formats import option_text

__all__ = ["EMPTY", "GROUPS", "NO_LIMIT", "Group", "Kind", "Option", "json_value", "read_value"]

NO_LIMIT: Final = "none"
"""The value that lifts a limit, in the settings and on the command line."""

Kind = Literal["input", "prefix", "text", "switch", "integer", "seconds", "size", "list", "pairs", "limits", "keys"]
Group = Literal["Inputs", "Outputs", "Script", "Isolation", "Access"]
GROUPS: Final[tuple[Group, ...]] = ("Inputs", "Outputs", "Script", "Isolation", "Access")
"""The sections of `--help`, in order."""

EMPTY: Final[Mapping[Kind, Callable[[], Any]]] = {"list": tuple, "pairs": dict, "limits": dict, "keys": dict}
"""The default of each kind that holds several values."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a run.

    Attributes:
        flag: its name on the command line; a name without dashes is an argument, given by its position.
        kind: the kind of its value: an `input` (the source for a port, or the script); a `prefix` for outputs; a
            `text`; a `switch`; an `integer`; `seconds` or a `size`, each a number or text; a `list` of texts; `pairs`
            of texts, given as NAME=VALUE one at a time; `limits`, pairs whose values are numbers or texts; `keys`,
            pairs given together as KEY=VALUE,….
        group: its section in `--help`.
        help: what it does for the user; lower case, without a period. If the flag turns it off, what that leaves out.
        metavar: the placeholder for its value in `--help`.
        choices: the values it takes; empty for any.
        default: its value if it is left out or None.
        setting: the setting that is used if the value is None; empty for none.
        lone: whether a single text may be given instead of a list.
        child: whether the child gets the value, in the field of `ChildRequest` with the same name.
        name: the field, the keyword argument and the key in `request`.
    """

    flag: str
    kind: Kind
    group: Group
    help: str
    metavar: str
    choices: tuple[Any, ...]
    default: Any
    setting: str
    lone: bool
    child: bool
    name: str = ""

    @property
    def positional(self) -> bool:
        """Whether the command line and `blobprep.run` take the option by its position."""
        return not self.flag.startswith("-")

    @property
    def required(self) -> bool:
        """Whether the option must be given."""
        return self.default is MISSING

    @property
    def negated(self) -> bool:
        """Whether the flag on the command line sets the option, which is on by itself, to false: `--no-NAME`."""
        return self.default is True

    @property
    def repeatable(self) -> bool:
        """Whether the command line takes the option several times."""
        return self.kind in ("list", "pairs", "limits")


def read_value(option: Option, value: object) -> Any:
    """Read the value of an option, from Python or from JSON.

    Returns:
        Plain data of the option's kind; the default for None, and for an empty text if the kind is text.

    Raises:
        InvalidOption: the value is of another kind, or not among the choices.
    """
    if value is None:
        return EMPTY[option.kind]() if option.kind in EMPTY else option.default
    read = _READERS[option.kind](option, value)
    if option.choices and read is not None and read not in option.choices:
        *most, last = map(str, option.choices)
        allowed = f"{', '.join(most)} or {last}" if most else last
        raise InvalidOption(f"{option.flag} does not take {value!r}", remedy=f"use {allowed}")
    return read


def json_value(value: object) -> Any:
    """Return an option's value as plain JSON: a list for a tuple, a dict for a mapping."""
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _wrong(option: Option, wanted: str, value: object) -> InvalidOption:
    # The value is not shown: it may be a secret in the wrong place.
    return InvalidOption(
        f"{option.name} must be {wanted}, not {type(value).__name__}", remedy=f"{option.name}: {option.help}"
    )


def _path(option: Option, value: object) -> str:
    plain = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(plain, str):
        raise _wrong(option, "a string", value)
    return plain


def _text(option: Option, value: object) -> Any:
    return _path(option, value) or option.default


def _switch(option: Option, value: object) -> bool:
    if not isinstance(value, int) or value not in (0, 1):
        raise _wrong(option, "true or false", value)
    return bool(value)


def _integer(option: Option, value: object) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise _wrong(option, "an integer", value)
    return int(value)


def _amount(option: Option, value: object) -> float | str:
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return value
    if not isinstance(value, Real) or isinstance(value, bool):
        raise _wrong(option, "a number or a string", value)
    return float(value)


def _list(option: Option, value: object) -> tuple[str, ...]:
    if isinstance(value, str) and option.lone:
        return (value,)
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise _wrong(option, "a list of strings", value)
    return tuple(map(str, value))


def _mapping(option: Option, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(option, "a mapping of names to values", value)
    return value


def _pairs(option: Option, value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in _mapping(option, value).items()}


def _limits(option: Option, value: object) -> dict[str, float | str]:
    given = _mapping(option, value).items()
    return {str(name): NO_LIMIT if amount is None else _amount(option, amount) for name, amount in given}


def _keys(option: Option, value: object) -> dict[str, str]:
    return {str(key): option_text(text) for key, text in _mapping(option, value).items()}


_READERS: Final[Mapping[Kind, Callable[[Option, object], Any]]] = {
    "input": _path,
    "prefix": _text,
    "text": _text,
    "switch": _switch,
    "integer": _integer,
    "seconds": _amount,
    "size": _amount,
    "list": _list,
    "pairs": _pairs,
    "limits": _limits,
    "keys": _keys,
}
