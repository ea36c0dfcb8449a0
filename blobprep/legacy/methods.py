"""Methods with the old SDK's parameters, each written as one line of text; what a parameter means is written once.

    @takes(f"container_name, blob_name, lease_id, {CONDITIONS}, timeout=None")
    def renew_blob_lease(self, asked: Arguments) -> Any:
        # its docstring: what it does
        return self._perform(_lease(BLOB, "renew"), asked, reading.lease)["id"]

Its callers see a method with these parameters, by position or by name: Python itself binds them, fills in the defaults
and refuses what does not fit. The body gets all of them by name, in a new dict: it may take some out and pass the rest
to the next method. What it `needs` is not None. The docstring is completed from `ARGUMENTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from blobprep.legacy.arguments import ARGUMENTS
from blobprep.legacy.wire.failures import not_none

__all__ = [
    "BLOB_NAMES",
    "CONDITIONS",
    "DESTINATION",
    "MODIFIED",
    "SEQUENCE",
    "SOURCE",
    "Arguments",
    "hand_on",
    "need",
    "takes",
]

S = TypeVar("S")
R = TypeVar("R")
Arguments = dict[str, Any]

BLOB_NAMES: Final = ("container_name", "blob_name")
_LATER: Final = ("cpk", "standard_blob_tier", "premium_page_blob_tier")

# Parameters that stand together in many methods.
MODIFIED: Final = "if_modified_since=None, if_unmodified_since=None"
CONDITIONS: Final = f"{MODIFIED}, if_match=None, if_none_match=None"
SOURCE: Final = CONDITIONS.replace("if_", "source_if_")
DESTINATION: Final = CONDITIONS.replace("if_", "destination_if_")
SEQUENCE: Final = "if_sequence_number_lte=None, if_sequence_number_lt=None, if_sequence_number_eq=None"


def takes(parameters: str, needs: Collection[str] = ()) -> Callable[[Callable[[S, Arguments], R]], Callable[..., R]]:
    """Give a method these parameters.

    Args:
        parameters: those after `self`, as in a `def`; defaults are literals.
        needs: those that are refused if they are None, in the order in which they are checked.
    """

    def with_parameters(body: Callable[[S, Arguments], R]) -> Callable[..., R]:
        name = body.__name__
        # A real function, as dataclasses makes its own: what does not fit is refused by Python, in Python's words.
        definition = f"def {name}(self, {parameters}):\n    return _body(self, _asked(locals()))"
        namespace: dict[str, Any] = {"_body": body, "_asked": partial(_asked, needs)}
        exec(compile(definition, f"<parameters of {name}>", "exec"), namespace)  # noqa: S102 - texts of this package
        method: Any = namespace[name]
        method.__module__, method.__qualname__ = body.__module__, body.__qualname__
        if body.__doc__:
            method.__doc__ = _documented(body.__doc__, method.__code__.co_varnames[1:])
        return method  # type: ignore[no-any-return]

    return with_parameters


def hand_on(method: Callable[..., R], asked: Mapping[str, Any], *names: str, **changed: Any) -> R:
    """Call another public method as the old SDK did, since a script's subclass may have one with other parameters.

    Args:
        method: may be the subclass's.
        asked: the arguments by name; of those that only later versions had, the ones that are not None.
        names: those that are given by position, in their order.
        changed: further arguments, and those with other values.
    """
    given = {**asked, **changed}
    by_position = [given.pop(name) for name in names]
    return method(
        *by_position, **{name: given[name] for name in given if name not in _LATER or given[name] is not None}
    )


def need(arguments: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse None for these arguments, in their order, with ValueError."""
    for name in names:
        not_none(name, arguments[name])


def _asked(needs: Collection[str], arguments: Mapping[str, Any]) -> Arguments:
    """Copy what a method was given, since a debugger adds to `locals()`, if nothing that it needs is None."""
    need(arguments, needs)
    return {name: value for name, value in arguments.items() if name != "self"}


def _documented(text: str, names: Iterable[str]) -> str:
    meanings = [f"{' ' * 12}{name}: {ARGUMENTS[name].meaning}" for name in names if name in ARGUMENTS]
    return "\n".join([text, "", f"{' ' * 8}Args:", *meanings]) if meanings else text
