"""What an undisturbed run leaves."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from blobprep.batches.engines.local import LocalEngine
from tests.batches.arranging import Account, run_all, told_alike

NUMBERS = range(10, 16)  # 13 fails


class Expected(NamedTuple):
    """The bytes of results by folder, and records by key as `told_alike` leaves them."""

    results: dict[str, bytes]
    records: dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Expected:
    """What items leave that are run one at a time."""
    account = Account(tmp_path_factory.mktemp("expected"))
    records = run_all(LocalEngine(account.workspace, workers=1), account.works(NUMBERS))
    return Expected(account.results(), told_alike(records))
