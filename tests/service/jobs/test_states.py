from __future__ import annotations

from typing import get_args

import pytest

from blobprep.service.jobs.states import ACTIVE, ENDED, STATUS_CODES, TRANSITIONS, Event, State, next_state


def test_a_job_that_has_ended_stays_as_it_is() -> None:
    assert not [state for state, _ in TRANSITIONS if state in ENDED]


def test_every_state_can_be_reached_and_all_others_lead_to_an_end() -> None:
    reached: set[State] = {"NotStarted"}
    while new := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
        reached |= new
    assert reached == set(get_args(State))

    ending = set(ENDED)
    while new := {before for (before, _), after in TRANSITIONS.items() if after in ending} - ending:
        ending |= new
    assert ending == reached


@pytest.mark.parametrize("state", ACTIVE)
@pytest.mark.parametrize("event", ["finish", "fail", "release", "cancel"])
def test_what_a_server_says_of_a_job_that_it_has_is_never_refused(state: State, event: Event) -> None:
    assert next_state(state, event) is not None


def test_clients_are_told_five_codes() -> None:
    assert STATUS_CODES.keys() == set(get_args(State))
    assert set(STATUS_CODES.values()) == {"NotStarted", "Running", "Failed", "Cancelled", "Finished"}
