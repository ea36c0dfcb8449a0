"""What a client is told when a request fails."""

from __future__ import annotations

import pytest

from blobprep.manifest import ErrorRecord
from blobprep.runs.verdict import error_0085
from blobprep.service.failures import FAILURES, failure, failure_body, script_failure


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("BadArgument", 400),
        ("BadUserArgument", 400),
        ("InvalidOperation", 400),
        ("LibraryExecutionError", 400),
        ("ModuleExecutionError", 400),
        ("Unauthorized", 401),
        ("NotFound", 404),
        ("RequestTimeout", 408),
        ("Conflict", 409),
        ("MemoryQuotaViolation", 413),
        ("InternalError", 500),
        ("InternalErrorSystemLowOnMemory", 500),
        ("InitializingContainers", 503),
        ("ServiceUnavailable", 503),
        ("GatewayTimeout", 504),
    ],
)
def test_a_class_has_its_status(code: str, status: int) -> None:
    assert failure(code).status == FAILURES[code].status == status


def test_the_body_of_a_refused_key_is_the_classic_one() -> None:
    assert failure_body(failure("Unauthorized", "ScoreRequestUnauthorized")) == {
        "error": {
            "code": "Unauthorized",
            "message": "Request is unauthorized to access resource.",
            "details": [{"code": "ScoreRequestUnauthorized", "message": "Invalid credentials provided."}],
        }
    }


def test_details_are_a_list_even_where_there_are_none() -> None:
    assert failure_body(failure("InitializingContainers"))["error"]["details"] == []


def test_places_in_a_text_are_filled_in() -> None:
    given = failure("ServiceUnavailable", "RequestThrottled", "iris", 20, retry_after=1.0)

    assert given.details[0].message == (
        "Request was throttled for iris endpoint. The maximum concurrency for the endpoint is 20."
    )
    assert given.retry_after == 1.0


def test_a_detail_without_a_text_says_what_its_class_says() -> None:
    given = failure("InternalError", "ModuleLoadFailed", more="See the log.")

    assert given.details[0].message == "Execution encountered an internal error. See the log."


def test_a_failed_script_is_error_85_with_the_text_that_clients_parse() -> None:
    text = error_0085('Traceback (most recent call last):\n  File "prep.py", line 2\nImportError: No module named x\n')

    body = failure_body(script_failure(ErrorRecord("0085", text, "Traceback …")))["error"]

    assert body["code"] == "ModuleExecutionError"
    (detail,) = body["details"]
    assert detail["code"] == "85"
    assert detail["target"] == "Execute Python Script RRS"
    assert detail["message"].startswith("Error 0085: The following error occurred during script evaluation")
    assert "\r\n---------- Start of error message from Python interpreter ----------\r\n" in detail["message"]
    assert "Traceback (most recent call last):\n" in detail["message"]
    assert detail["message"].endswith("---------- End of error message from Python  interpreter  ----------")
