from __future__ import annotations

import pytest

from tests.browser.chromium import unseen


@pytest.mark.parametrize(
    ("chromium", "axe", "environment", "what"),
    [
        ("/usr/bin/chromium", True, {"CI": "true"}, "run"),
        ("/usr/bin/chromium", True, {}, "run"),
        ("", True, {}, "skip"),
        ("/usr/bin/chromium", False, {}, "skip"),
        ("", True, {"CI": "true"}, "fail"),
        ("/usr/bin/chromium", False, {"CI": "1"}, "fail"),
    ],
)
def test_pages_go_unseen_only_outside_ci_and_never_in_silence(
    chromium: str, axe: bool, environment: dict[str, str], what: str
) -> None:
    decided, reason = unseen(chromium, axe, environment)

    assert decided == what
    assert ("make test-browser" in reason) == (what != "run")
