from __future__ import annotations

import pytest

from tests.proof import WITHOUT, unproven


@pytest.mark.parametrize(
    ("landlock", "platform", "environment", "what"),
    [
        (1, "linux", {"CI": "true"}, "run"),
        (0, "linux", {}, "fail"),
        (0, "linux", {WITHOUT: "1"}, "skip"),
        (0, "linux", {WITHOUT: "1", "CI": "true"}, "fail"),
        (0, "darwin", {WITHOUT: "1", "CI": "false"}, "skip"),
        (0, "darwin", {"CI": "true"}, "fail"),
    ],
)
def test_the_security_proof_is_skipped_only_where_that_is_allowed_and_never_in_ci(
    landlock: int, platform: str, environment: dict[str, str], what: str
) -> None:
    decided, reason = unproven(landlock, environment, platform)

    assert decided == what
    assert ("not proved" in reason) == (what != "run")
    assert (WITHOUT in reason) == (what != "run" and environment.get("CI") != "true")
