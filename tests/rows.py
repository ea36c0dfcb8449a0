"""Tests of which `make test` runs some rows only: each row starts processes, and shows of another value the same.

The others are slow: `make test-all` runs them. A test of the table fails when a name in it is no test any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

__all__ = ["EVERY", "Places", "left_out"]

Places = tuple[tuple[str, int], ...]

EVERY: Final[Mapping[str, int]] = {
    "tests/attacks/test_alone.py::test_a_run_survives": 2,
    "tests/attacks/test_attacks.py::test_in_a_pool_no_attack_comes_through": 2,
    "tests/attacks/test_elsewhere.py::test_no_attack_comes_through_there": 2,
    "tests/bridge/test_running.py::test_limits_hold_there": 2,
    "tests/cli/test_commands.py::test_no_secret_is_printed_whatever_goes_wrong": 3,
    "tests/cli/test_processes.py::test_a_pause_before_another_attempt_ends_with_the_signal": 2,
    "tests/cli/test_serve.py::test_the_command_that_is_shown_for_a_key_makes_one": 2,
    "tests/cli/test_show.py::test_figures_are_shown_by_the_protocol_of_the_terminal": 3,
    "tests/cli/test_terminal.py::test_a_terminal_that_is_wide_enough_shows_what_a_pipe_gets": 3,
    "tests/cli/test_terminal.py::test_what_strangers_wrote_neither_moves_the_cursor_nor_is_read_as_markup": 2,
    "tests/legacy/test_probes.py::test_the_overlay_does_what_the_real_package_did": 3,
    "tests/runs/test_faults.py::test_whatever_storage_does_nothing_is_lost": 2,
    "tests/runs/test_pool.py::test_a_process_that_cannot_be_cleaned_is_not_asked_again": 2,
    "tests/sandbox/test_guard_process.py::test_a_forked_child_looks_like_an_executed_one": 3,
    "tests/sandbox/test_limits.py::test_an_exception_that_a_limit_gave_is_that_limit_whatever_becomes_of_it": 2,
    "tests/sandbox/test_limits.py::test_what_goes_beyond_a_limit_is_ended_by_it": 2,
    "tests/sandbox/test_processes.py::test_a_script_that_does_not_end_is_stopped": 3,
    "tests/sandbox/test_processes.py::test_an_end_of_any_kind_is_a_failure_that_says_how": 2,
    "tests/sandbox/test_processes.py::test_nothing_outlives_a_parent_that_was_killed": 3,
    "tests/sandbox/test_processes.py::test_what_a_script_leaves_behind_does_not_spoil_its_results": 2,
    "tests/service/jobs/test_clients.py::test_a_start_has_whatever_body_a_client_gives_it": 3,
    "tests/service/test_tokens.py::test_a_token_for_something_else_is_refused": 3,
    "tests/service/test_tokens.py::test_what_is_no_token_is_refused": 2,
}
"""By test, which of its rows `make test` runs: of those that are not marked slow, the first and every n-th after it."""


def left_out(test: str, places: Collection[Places]) -> set[Places]:
    """Return which rows are left to `make test-all`.

    Args:
        test: its file and name, without the row.
        places: of its rows, but for those that are slow anyway: by each of their values, the row's place in its list.
    """
    every = EVERY.get(test, 1)
    return {place for at, place in enumerate(sorted(places)) if at % every}
