"""An account in a folder that this process and its workers find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batches.arranging import Account


@pytest.fixture(autouse=True, scope="module")
def _forked(forked: None) -> None:
    """No test of batches looks at how a child starts, in this process."""


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account in the working folder."""
    monkeypatch.chdir(tmp_path)
    return Account(tmp_path)
