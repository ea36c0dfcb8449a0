"""The browser that the tests of a module share, and what decides whether there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import AXE, find_chromium, unseen
from tests.browser.watch import Sight, Wire, launch, look


class Opener(Protocol):
    """Opens a page, which must not misbehave until the test ends."""

    def __call__(self, page: bytes, /, *, scripts: bool = True, **options: Any) -> Sight: ...


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a browser where there is none; in CI, fail it."""
    if item.get_closest_marker("browser") is None:
        return
    what, reason = unseen(find_chromium(), AXE.exists(), os.environ)
    if what == "skip":
        pytest.skip(reason)
    if what == "fail":
        pytest.fail(reason, pytrace=False)


@pytest.fixture(scope="module")  # while Playwright is there, nothing else in this process can run an event loop
def launched() -> Iterator[tuple[Browser, Wire]]:
    """The running browser, and its only way out."""
    with sync_playwright() as playwright, launch(playwright) as running:
        yield running


@pytest.fixture
def browser(launched: tuple[Browser, Wire]) -> Browser:
    """The running browser."""
    return launched[0]


@pytest.fixture
def opened(launched: tuple[Browser, Wire], tmp_path: Path) -> Iterator[Opener]:
    """Open pages that must ask for nothing, complain of nothing and open nothing, as the test's end checks."""
    browser, wire = launched
    before = len(wire.asked)
    sights: list[Sight] = []
    with ExitStack() as stack:

        def opener(page: bytes, /, *, scripts: bool = True, **options: Any) -> Sight:
            file = tmp_path / f"page{len(sights)}.html"
            file.write_bytes(page)
            sights.append(stack.enter_context(look(browser, file, scripts=scripts, **options)))
            return sights[-1]

        yield opener
    assert [misdeed for sight in sights for misdeed in sight.misdeeds] == []
    assert wire.asked[before:] == []
