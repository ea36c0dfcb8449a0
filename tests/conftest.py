"""What several test modules share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import emulator


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an Azurite that the tests of this process share."""
    with emulator.serve(tmp_path_factory.mktemp("azurite")) as endpoint:
        yield endpoint
