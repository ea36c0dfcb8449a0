"""Tests of which `make test` runs some rows only: each row starts processes, and shows of another value the same.

The others are slow: `make test-all` runs them. A test of the table fails when a name in it is no test any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["EVERY", "is_left_out"]

EVERY: Final[Mapping[str, int]] = {
    "tests/attacks/test_alone.py::test_a_run_survives": 2,
    "tests/attacks/test_attacks.py::test_in_a_pool_no_attack_comes_through": 2,
    "tests/attacks/test_elsewhere.py::test_no_attack_comes_through_there": 2,
    "tests/bridge/test_running.py::test_limits_hold_there": 2,
    "tests/checks/test_verdict.py::test_a_script_and_the_modules_of_its_bundle_are_of_one_python": 3,
    "tests/checks/test_verdict.py::test_a_verdict_is_what_a_run_makes_of_the_script": 2,
    "tests/classic/python2/test_running.py::test_a_script_and_its_modules_are_of_one_python": 3,
    "tests/cli/test_commands.py::test_no_secret_is_printed_whatever_goes_wrong": 3,
    "tests/cli/test_terminal.py::test_a_terminal_that_is_wide_enough_shows_what_a_pipe_gets": 3,
    "tests/cli/test_terminal.py::test_what_strangers_wrote_neither_moves_the_cursor_nor_is_read_as_markup": 2,
    "tests/legacy/test_probes.py::test_the_overlay_does_what_the_real_package_did": 3,
    "tests/runs/test_execute.py::test_a_store_that_cannot_be_reached_is_raised_and_recorded_where_it_can_be": 2,
    "tests/runs/test_execute.py::test_an_interrupted_run_says_so": 2,
    "tests/runs/test_execute.py::test_any_ports_may_be_connected": 2,
    "tests/runs/test_faults.py::test_whatever_storage_does_nothing_is_lost": 2,
    "tests/runs/test_pool.py::test_a_process_that_cannot_be_cleaned_is_not_asked_again": 2,
    "tests/sandbox/test_guard_process.py::test_a_forked_child_looks_like_an_executed_one": 2,
    "tests/sandbox/test_limits.py::test_an_exception_that_a_limit_gave_is_that_limit_whatever_becomes_of_it": 3,
    "tests/sandbox/test_limits.py::test_what_goes_beyond_a_limit_is_ended_by_it": 2,
    "tests/sandbox/test_processes.py::test_a_script_that_does_not_end_is_stopped": 3,
    "tests/sandbox/test_processes.py::test_an_end_of_any_kind_is_a_failure_that_says_how": 2,
    "tests/sandbox/test_processes.py::test_nothing_outlives_a_parent_that_was_killed": 3,
    "tests/sandbox/test_processes.py::test_what_a_script_leaves_behind_does_not_spoil_its_results": 2,
    "tests/service/jobs/test_clients.py::test_a_start_has_whatever_body_a_client_gives_it": 3,
    "tests/service/test_tokens.py::test_a_token_for_something_else_is_refused": 3,
    "tests/service/test_tokens.py::test_what_is_no_token_is_refused": 2,
}
"""By test, which of its rows `make test` runs: those whose places, added up, are divisible by the number."""


def is_left_out(test: str, places: Mapping[str, int]) -> bool:
    """Return whether a row is left to `make test-all`.

    Args:
        test: its file and name, without the row.
        places: of the row in each of the test's lists of values.
    """
    return sum(places.values()) % EVERY.get(test, 1) != 0
