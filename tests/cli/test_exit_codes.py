from __future__ import annotations

import signal
from typing import get_args

import pytest

from blobprep import errors
from blobprep.cli.exit_codes import EXIT_CODES, RUN_CODES, Interrupted, code_of, code_of_run
from blobprep.limits import DEFAULTS, LIMITS
from blobprep.protocol import Facts, Failure, FailureKind, encode_facts
from blobprep.runs.verdict import judge
from blobprep.sandbox.call import Ending

DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 75, 129, 130, 143}


def test_every_error_has_an_exit_code_of_its_own_row():
    assert set(EXIT_CODES) == {getattr(errors, name) for name in errors.__all__}
    assert {*EXIT_CODES.values(), *RUN_CODES.values()} <= DOCUMENTED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidReference("x"), 2),
        (errors.ProtocolForbidden("x"), 2),
        (errors.BlobNotFound("x"), 3),
        (errors.BlobChanged("x"), 3),
        (errors.HttpsRequired("x"), 4),
        (errors.LimitError("x"), 5),
        (errors.OutputExists("x"), 6),
        (errors.ConditionNotMet("x"), 6),
        (errors.IsolationUnavailable("x"), 7),
        (errors.RunFailed("x", code="0085"), 1),
        (errors.RunFailed("x", code="memory"), 5),
        (errors.RunFailed("x"), 1),
        (errors.StoreUnavailable("x"), 75),
        (errors.Defect("x"), 70),
        (ValueError("x"), 70),
        (KeyboardInterrupt(), 130),
        (Interrupted(signal.SIGINT), 130),
        (Interrupted(signal.SIGTERM), 143),
    ],
)
def test_an_error_ends_with_its_code(error, code):
    assert code_of(error) == code


def test_an_error_below_one_of_ours_ends_with_the_code_above_it():
    class Nearer(errors.AccessError):
        """A leaf that nobody has decided on yet."""

    assert code_of(Nearer("x")) == 4


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("0085", 1),
        ("lossless", 1),
        ("dataset", 3),
        ("bundle", 3),
        ("time", 5),
        ("memory", 5),
        ("disk", 5),
        ("interrupted", 130),
        ("BlobChanged", 3),
        ("StoreUnavailable", 75),
        ("Defect", 70),
        ("ZeroDivisionError", 70),
    ],
)
def test_a_run_that_did_not_succeed_ends_with_the_code_of_its_manifest(code, number):
    assert code_of_run(code) == number


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_every_failure_a_child_can_name_has_a_code(kind):
    facts = encode_facts(Facts(Failure(kind, "what happened")))

    error = judge(Ending(0, "", asked=True, complete=True), facts, DEFAULTS, lossless=True).error

    assert error.code == "Defect" if kind == "defect" else error.code in RUN_CODES


@pytest.mark.parametrize("limit", [row for row in LIMITS.values() if row.excess], ids=lambda row: row.name)
def test_every_limit_that_ends_a_script_has_a_code_and_an_error_that_end_with_5(limit):
    assert (code_of_run(limit.error.code), code_of(limit.error("x"))) == (5, 5)
