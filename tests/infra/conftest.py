from __future__ import annotations

from typing import Any

import pytest

from tests.infra.bicep import parse


@pytest.fixture(scope="session")
def bicep() -> dict[str, Any]:
    return parse()
