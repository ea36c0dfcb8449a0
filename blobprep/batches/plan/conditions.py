"""`--where`: conditions on the blobs that match a pattern. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from blobprep.errors import InvalidOption
from blobprep.reference.wildcards import name_matcher

__all__ = ["Condition", "Subject", "read_conditions"]

_CONDITION: Final = re.compile(r"\s*([^=!<>]*[^=!<>\s])\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B?|B?)", re.IGNORECASE)
_SIGNS: Final = frozenset("*?")


@dataclass(frozen=True, slots=True)
class Subject:
    """What conditions are about: the parts of a blob, its size, and when it was last written."""

    parts: Mapping[str, str]
    size: int
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Attributes:
        text: as it was given.
        part: what it is about.
        holds: returns whether it holds; None for a blob that does not have the part.
    """

    text: str
    part: str
    holds: Callable[[Subject], bool | None]


def read_conditions(texts: Sequence[str]) -> tuple[Condition, ...]:
    """Read conditions: `PART=VALUE`, and likewise with `!=`, `<`, `<=`, `>` and `>=`.

    `size` is compared in bytes, `modified` as a time; any part as a number if both sides are numbers without leading
    zeros, else as text. `*`, `**` and `?` are wildcards in a text that must be equal, or must not.

    Raises:
        InvalidOption: a text is not a condition.
    """
    return tuple(map(_read, texts))


def _read(text: str) -> Condition:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise InvalidOption(
            f"--where {text!r} is not a condition",
            remedy="write PART=VALUE, or with !=, <, <=, > or >=, such as 'year>=2023', 'size>0' or 'name!=*_old.csv'",
        )
    part, sign, value = match.groups()
    if part == "size":
        size = _read_size(text, value)
        return Condition(text, part, lambda subject: _OPERATORS[sign](subject.size, size))
    if part == "modified":
        return Condition(text, part, _compare_times(text, sign, value))
    return Condition(text, part, _compare_parts(text, part, sign, value))


def _read_size(text: str, value: str) -> int:
    from blobprep.settings.sizes import parse_size

    if not _SIZE.fullmatch(value):
        raise InvalidOption(f"--where {text!r}: {value!r} is not a size", remedy="write bytes, or 500MB, 2GiB")
    return 0 if not float(re.sub(r"[^\d.]", "", value)) else parse_size(value, 0)


def _compare_times(text: str, sign: str, value: str) -> Callable[[Subject], bool | None]:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidOption(
            f"--where {text!r}: {value!r} is not a time",
            remedy="write a date or a time, 2024-05-30 or 2024-05-30T18:07Z",
        ) from None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    compare = _OPERATORS[sign]
    if len(value) == len("2024-05-30") and sign in ("=", "!=", "<=", ">"):  # of a day, all of it
        return lambda subject: None if subject.modified is None else compare(_day(subject.modified), moment)
    return lambda subject: None if subject.modified is None else compare(subject.modified, moment)


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _compare_parts(text: str, part: str, sign: str, value: str) -> Callable[[Subject], bool | None]:
    if sign in ("=", "!=") and _SIGNS.intersection(value):
        try:
            matches = name_matcher(value)
        except ValueError as error:
            raise InvalidOption(f"--where {text!r}: {error}", remedy="percent-encoded bytes must be UTF-8") from None
        wanted = sign == "="

        def holds(subject: Subject) -> bool | None:
            given = subject.parts.get(part)
            return None if given is None else matches(given) is wanted

        return holds
    compare, number = _OPERATORS[sign], _number(value)

    def compared(subject: Subject) -> bool | None:
        given = subject.parts.get(part)
        if given is None:
            return None
        if number is not None and (own := _number(given)) is not None:
            return compare(own, number)
        return compare(given, value)

    return compared


def _number(text: str) -> float | int | None:
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)
