"""What every test of the runtime starts and ends with: nothing is restored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import blobprep.classic


@pytest.fixture
def classic() -> Iterator[None]:
    """Restore everything in a test, and take it back."""
    blobprep.classic.report()
    blobprep.classic.install()
    yield
    blobprep.classic.uninstall()
    blobprep.classic.report()


@pytest.fixture
def of_then() -> Iterator[None]:
    """Restore in a test what changed without an error too, and take it back."""
    blobprep.classic.report()
    blobprep.classic.install(silent_changes=True)
    yield
    blobprep.classic.uninstall()
    blobprep.classic.report()
