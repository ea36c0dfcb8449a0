"""How the web service of a test gets its children."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def _forked(forked: None) -> None:
    """No test of web services looks at how a child starts, in this process."""
