"""Programs decide as they were told, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.confinement.bpf import ALLOW, KILL, Match, Rule, encode, program, refuse
from tests.confinement.machine import run

AUDIT = 0xC000003E
NUMBERS = st.integers(0, 0xFFFFFFFF)
ACTIONS = st.sampled_from([ALLOW, *map(refuse, range(5))])


@given(st.dictionaries(NUMBERS, ACTIONS, max_size=300), NUMBERS)
def test_every_number_is_decided_as_it_was_told_and_all_others_by_default(decisions, other):
    made = program(AUDIT, decisions, refuse(38))

    for number, action in decisions.items():
        assert run(made, AUDIT, number) == action
    for number in (other, *(number + 1 for number in decisions), 0, 0xFFFFFFFF):
        assert run(made, AUDIT, number) == decisions.get(number & 0xFFFFFFFF, refuse(38))


@given(NUMBERS.filter(lambda audit: audit != AUDIT), st.sampled_from([0, 1, 2]))
def test_a_call_by_another_convention_ends_the_process(audit, number):
    assert run(program(AUDIT, {1: ALLOW}, ALLOW), audit, number) == KILL


@pytest.mark.parametrize("distance", [3, 100, 255, 256, 500])
def test_far_jumps_arrive(distance):
    decisions = {number: refuse(number % 2 + 1) for number in range(0, 2 * distance, 2)}
    made = program(AUDIT, decisions, ALLOW)

    assert all(run(made, AUDIT, number) == action for number, action in decisions.items())
    assert all(run(made, AUDIT, number) == ALLOW for number in range(1, 2 * distance, 2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, refuse(1)), (5, refuse(1)), (0x15, refuse(1)), (2, refuse(2)), (0xFFFFFFFF_00000001, refuse(1))],
)
def test_an_argument_is_held_against_values_after_its_mask(value, expected):
    rule = Rule((Match(2, (1, 5), refuse(1), mask=0xF),), refuse(2))

    assert run(program(AUDIT, {9: rule}, ALLOW), AUDIT, 9, 0, 0, value) == expected


@pytest.mark.parametrize(("first", "second", "expected"), [(1, 7, ALLOW), (2, 7, refuse(1)), (1, 8, refuse(2))])
def test_tests_are_tried_in_order_and_may_mean_every_other_value(first, second, expected):
    rule = Rule((Match(0, (1,), refuse(1), other=True), Match(1, (7,), ALLOW)), refuse(2))

    assert run(program(AUDIT, {9: rule}, ALLOW), AUDIT, 9, first, second) == expected


def test_an_instruction_has_eight_bytes():
    assert encode([(0x15, 1, 2, 0x01020304)]) == bytes([0x15, 0, 1, 2, 4, 3, 2, 1])
