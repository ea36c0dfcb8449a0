from __future__ import annotations

from datetime import UTC, datetime

import pytest

from blobprep.account import SasToken
from blobprep.diagnostics.refusals import Case
from blobprep.diagnostics.service import check_token

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
GOOD = "sv=2024-01-01&sr=c&sp=rl&st=2024-06-01&se=2024-06-02T00:00Z&sig=c4n4ry%3D"


def judge(text):
    return check_token(SasToken.parse(text), NOW, Case("contoso", "raw", "sas", token=SasToken.parse(text)))


def test_a_token_says_what_it_is_for():
    finding = judge(GOOD)

    assert finding.mark == "ok"
    assert finding.text == "service SAS for a container, permissions rl, until 2024-06-02 00:00 UTC"


def test_a_token_of_a_stored_policy_says_so():
    assert "permissions from the stored access policy nightly" in judge("sv=1&sr=c&si=nightly&sig=x").text


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (GOOD.replace("06-02T00:00Z", "06-01T12:00:00Z"), "the SAS token expired at 2024-06-01 12:00 UTC"),
        (
            GOOD.replace("st=2024-06-01", "st=2024-06-01T12:01:00Z"),
            "the SAS token is not valid before 2024-06-01 12:01 UTC",
        ),
        (GOOD.replace("sr=c", "ss=qf&srt=sco"), "another service (ss=qf)"),
    ],
)
def test_a_token_that_cannot_work_says_why(text, cause):
    finding = judge(text)

    assert (finding.mark, finding.error) == ("fail", "AccessError")
    assert cause in finding.cause
    assert finding.remedy
    assert "c4n4ry" not in repr(finding)


def test_a_date_that_is_none_is_left_to_the_service():
    assert judge(GOOD.replace("2024-06-02T00:00Z", "soon")).mark == "ok"
