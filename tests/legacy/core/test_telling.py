"""What is sent and what comes back is told to the old SDK's logger, in its words and without secrets."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest
from azure.common import AzureException

from blobprep.legacy.retry import LinearRetry
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.telling import scrubbed_headers, scrubbed_query
from tests.legacy.core.conftest import Answer, Answering, offline, refusal, written

LOGGER = "azure.storage.common.storageclient"
TOLD = {"Date": "now", "x-ms-request-id": "7"}

_LAST_RESORT = """
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.retry import no_retry
service = BaseBlobService("contoso", custom_domain="http://127.0.0.1:1")
service.retry = no_retry
try:
    service.create_container("c")
except Exception:
    pass
"""


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, LOGGER)
    return caplog


def lines(told: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"^Client-Request-ID=[-0-9a-f]{36} ", "", record.getMessage()) for record in told.records]


def test_a_request_and_its_answer_are_told(told: pytest.LogCaptureFixture) -> None:
    offline(Answering(Answer(headers=TOLD))).create_container("c", timeout=3)

    sent, received = lines(told)
    assert sent.startswith(
        "Outgoing request: Method=PUT, Path=/c, Query={'restype': 'container', 'timeout': '3'}, Headers={"
    )
    assert "'Authorization': 'REDACTED'" in sent
    assert received == (
        "Receiving Response: Server-Timestamp=now, Server-Request-ID=7, HTTP Status Code=201, Message=Created, "
        "Headers={'date': 'now', 'x-ms-request-id': '7'}."
    )
    assert {(record.name, record.levelname) for record in told.records} == {(LOGGER, "INFO")}


def test_retries_are_told_and_the_end_of_them_is_an_error(told: pytest.LogCaptureFixture) -> None:
    service = offline(Answering(Answer(500, "Oh", TOLD, b"a\nb")))
    service.retry = LinearRetry(0, 1, False, 0).retry

    with pytest.raises(AzureException):
        service.create_container("c")

    outcome = "Server-Timestamp=now, Server-Request-ID=7, HTTP status code=500, Exception=Ohab."
    kept = [line for line in lines(told) if not line.startswith(("Outgoing", "Receiving"))]
    asked = "Operation failed: checking if the operation should be retried. Current retry count="
    assert kept == [
        f"{asked}0, {outcome}",
        "Retry policy is allowing a retry: Retry count=1, Interval=0.0.",
        f"{asked}1, {outcome}",
        f"Retry policy did not allow for a retry: {outcome}",
    ]
    assert told.records[-1].levelname == "ERROR"


def test_an_expected_failure_is_no_error(told: pytest.LogCaptureFixture) -> None:
    assert not offline(Answering(refusal(409, "ContainerAlreadyExists"))).create_container("c")

    assert lines(told)[-1].startswith("Received expected http error: , HTTP status code=409, Exception=It is refused.")
    assert "ERROR" not in {record.levelname for record in told.records}


def test_a_request_that_cannot_be_signed_is_told(told: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AzureException):
        offline(Answering(), account_key="key").create_container("c")

    assert lines(told) == ["Unable to sign the request: Exception=Incorrect padding."]


def test_without_an_answer_the_status_is_unknown(told: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AzureException):
        offline(Answering(OSError("no route"))).create_container("c")

    assert lines(told)[-1] == (
        "Retry policy did not allow for a retry: , HTTP status code=Unknown, Exception=no route."
    )


def test_signatures_are_not_told(told: pytest.LogCaptureFixture) -> None:
    service = offline(Answering(written()), account_key=None, sas_token="sv=1&sig=c2VjcmV0")

    service.copy_blob("c", "b", "https://contoso/c/a?sv=1&sig=c2VjcmV0")

    assert "c2VjcmV0" not in told.text
    assert "'sig': 'REDACTED'" in told.text
    assert "https://contoso/c/a?sv=1&sig=REDACTED" in told.text


def test_scrubbing_leaves_the_request_as_it_is() -> None:
    headers = {"Authorization": "SharedKey a:b", "x-ms-copy-source": "https://a/b?c=d", "x-ms-lease-id": None}
    query = {"sig": "a", "sv": "1"}

    assert scrubbed_headers(headers) == headers | {"Authorization": "REDACTED"}
    assert scrubbed_query(query) == {"sig": "REDACTED", "sv": "1"}
    assert (headers["Authorization"], query["sig"]) == ("SharedKey a:b", "a")
    assert BaseBlobService._scrub_query_parameters(query) == scrubbed_query(query)


def test_a_script_without_logging_sees_the_last_failure_on_its_terminal() -> None:
    ended = subprocess.run([sys.executable, "-c", _LAST_RESORT], capture_output=True, text=True, check=True, timeout=60)

    assert "Retry policy did not allow for a retry" in ended.stderr
    assert ended.stderr.count("\n") == 1
