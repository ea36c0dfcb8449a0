"""Programs for the kernel's filter of system calls, compiled from decisions. Pure.

A program is a binary search over the call's number, so every call is decided in about a dozen steps, however many
decisions there are. Source of the instructions: the kernel's documentation, "Seccomp BPF" and "Linux Socket Filtering".
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["ALLOW", "KILL", "Decision", "Instruction", "Match", "Rule", "encode", "program", "refuse"]

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000

_LOAD: Final = 0x20
_AND: Final = 0x54
_JUMP: Final = 0x05
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06

_NUMBER: Final = 0  # offsets in `struct seccomp_data`
_AUDIT: Final = 4
_ARGUMENTS: Final = 16
_ALL: Final = 0xFFFFFFFF
_LONGEST: Final = 4096

Instruction = tuple[int, int, int, int]
"""Code, steps to skip if a comparison is true, steps to skip if it is false, operand."""


@dataclass(frozen=True, slots=True)
class Match:
    """A decision by one argument of a call.

    Only the argument's lower half is compared, because the kernel reads no more of an `int`.

    Attributes:
        argument: the argument's position, from 0.
        values: the values to match, after `mask` is applied.
        action: the action if the argument has one of these values.
        mask: the bits that are compared.
        other: whether the action is for every value except these.
    """

    argument: int
    values: tuple[int, ...]
    action: int
    mask: int = _ALL
    other: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision by several arguments: the action of the first match, or `otherwise` if there is none."""

    matches: tuple[Match, ...]
    otherwise: int


Decision = int | Rule


def refuse(number: int) -> int:
    """Return the action that skips the call and returns an `errno`; 0 pretends success."""
    return _ERRNO | number


def program(audit: int, decisions: Mapping[int, Decision], default: int) -> list[Instruction]:
    """Compile decisions into a filter program.

    Args:
        audit: the calling convention of the numbers; a call by any other convention ends the process.
        decisions: decisions by the call's number.
        default: the action for all other numbers.
    """
    starts = sorted(_segments(decisions, default).items())
    made = [
        (_LOAD, 0, 0, _AUDIT),
        (_IF_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER),
        *_search(starts),
    ]
    assert len(made) <= _LONGEST
    return made


def encode(instructions: Iterable[Instruction]) -> bytes:
    """Encode a program as an array of `struct sock_filter`."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _segments(decisions: Mapping[int, Decision], default: int) -> dict[int, Decision]:
    """Return the first number of each range of numbers with the same decision."""
    points = sorted({0, *decisions, *(number + 1 for number in decisions)})
    starts: dict[int, Decision] = {}
    last: Decision | None = None
    for number in points:
        decision = decisions.get(number, default)
        if decision != last:
            starts[number] = last = decision
    return starts


def _search(starts: list[tuple[int, Decision]]) -> list[Instruction]:
    if len(starts) == 1:
        return _decide(starts[0][1])
    middle = len(starts) // 2
    below, above = _search(starts[:middle]), _search(starts[middle:])
    # The long jump is a separate step, because a comparison can skip at most 255 steps.
    return [(_IF_AT_LEAST, 0, 1, starts[middle][0]), (_JUMP, 0, 0, len(below)), *below, *above]


def _decide(decision: Decision) -> list[Instruction]:
    if isinstance(decision, int):
        return [(_RETURN, 0, 0, decision)]
    made = [step for match in decision.matches for step in _match(match)]
    return [*made, (_RETURN, 0, 0, decision.otherwise)]


def _match(match: Match) -> list[Instruction]:
    made = [(_LOAD, 0, 0, _ARGUMENTS + 8 * match.argument)]
    if match.mask != _ALL:
        made.append((_AND, 0, 0, match.mask))
    count = len(match.values)
    made += [(_IF_EQUAL, count - position, 0, value) for position, value in enumerate(match.values)]
    # Two steps follow the comparisons: one for no match, and the one that all matches jump to.
    act = (_RETURN, 0, 0, match.action)
    return [*made, act] if match.other else [*made, (_JUMP, 0, 0, 1), act]
