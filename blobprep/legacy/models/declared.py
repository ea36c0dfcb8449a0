"""Classes that are a list of attributes: each is declared once, with its type and the value that it starts with.

    @model                                    @answer
    class ContentSettings:                    class LeaseProperties:
        content_type: str | None = None           status: str | None = None

`ContentSettings(content_type)` takes what it declares; `LeaseProperties()` takes nothing, and reading an answer sets
its attributes. Both compare by identity, and an attribute that was deleted is gone, as in the old SDK.
"""

from __future__ import annotations

from abc import ABC
from dataclasses import Field, dataclass, field
from typing import Any, Literal, TypeVar, dataclass_transform

__all__ = ["Shared", "answer", "fixed", "model"]

T = TypeVar("T")


def fixed(value: Any, *, init: Literal[False] = False) -> Any:
    """Declare an attribute of a model that its constructor does not take.

    Args:
        value: what it starts with; a class for a new instance of it.
        init: always False; for type checkers.
    """
    return field(init=init, default_factory=value if isinstance(value, type) else lambda: value)


@dataclass_transform(eq_default=False, field_specifiers=(fixed,))
def model(kind: type[T]) -> type[T]:
    """Make a constructor that takes what the class declares, in that order."""
    made = dataclass(eq=False, repr=False, match_args=False)(kind)
    for name in _own(kind):
        if name in vars(made):
            delattr(made, name)  # the default: an attribute is the instance's alone
    # To pandas, say, a dataclass is a row of a table, and these never were.
    del made.__dataclass_fields__, made.__dataclass_params__  # type: ignore[attr-defined]
    return made


def answer(kind: type[T]) -> type[T]:
    """Make a constructor that takes nothing and sets what the class declares, but for what it inherits."""
    for name in _own(kind):
        start = vars(kind)[name]
        if not isinstance(start, Field):
            setattr(kind, name, fixed(start))
    return model(kind)


def _own(kind: type) -> list[str]:
    return [name for name, type_ in vars(kind).get("__annotations__", {}).items() if "ClassVar" not in str(type_)]


_CURRENT = "azure.storage.blob."


class Shared(ABC):  # noqa: B024 - an ABC for its hook alone
    """A class whose name the current SDK uses as well, in its synchronous or its asynchronous half."""

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        """Count the current SDK's classes of the same name as subclasses."""
        same = (base for base in other.__mro__ if base.__name__ == cls.__name__)
        return True if any(base.__module__.startswith(_CURRENT) for base in same) else NotImplemented
