"""Pages of batches, as a person uses them: small ones, and ones of ten thousand items."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.conftest import Opener
from tests.browser.watch import accessibility

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def small() -> bytes:
    return pages.batch(200)


@pytest.fixture(scope="module")
def large() -> bytes:
    return pages.batch(10_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_can_be_used_by_everybody(scheme: str, small: bytes, opened: Opener) -> None:
    page = opened(small, color_scheme=scheme).page
    page.locator("details.cause").first.evaluate("(cause) => { cause.open = true; }")

    assert accessibility(page, colors_only=scheme == "dark") == []


def test_a_page_fits_a_phone(small: bytes, opened: Opener) -> None:
    page = opened(small, **PHONE).page

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility(page) == []


def test_a_hostile_batch_is_nothing_but_text(opened: Opener) -> None:
    sight = opened(pages.hostile_batch())

    expect(sight.page.locator("table.items.sortable tr.item")).to_have_count(len(pages.HOSTILE))
    assert sight.misdeeds == []
    assert sight.page.evaluate("window.stolen") is None


@pytest.mark.parametrize("scripts", [True, False])
def test_items_are_chosen_by_their_status_without_a_script_too(scripts: bool, small: bytes, opened: Opener) -> None:
    page = opened(small, scripts=scripts).page
    rows = page.locator("#items tr.item:visible")
    every, failed = rows.count(), page.locator("#items tr.item.failed").count()

    page.locator(".see-done").uncheck()
    page.locator(".see-skipped").uncheck()

    assert 0 < failed < every == 200
    assert rows.count() == failed


def test_failures_are_told_by_cause_with_a_traceback_and_the_way_to_the_item(small: bytes, opened: Opener) -> None:
    page = opened(small).page
    cause = page.locator("details.cause", has_text="KeyError: 'mass'")

    if cause.get_attribute("open") is None:
        cause.locator("summary").click()

    expect(cause.locator(".traceback mark.own")).to_contain_text('frame["mass"]')
    link = cause.locator("a", has_text="manifest").first
    assert (link.get_attribute("href") or "").endswith("/manifest.json")


def test_of_ten_thousand_items_all_are_counted_and_those_shown_are_sorted_and_filtered(
    large: bytes, opened: Opener
) -> None:
    sight = opened(large)
    page = sight.page
    expect(page.locator("header.top .sentence")).to_contain_text("10,000 items: ")
    expect(page.locator("#items > .note", has_text="of 10,000 items are listed")).to_be_visible()
    time = page.locator("#items thead th", has_text="Time")

    time.locator("button.sort").click()
    time.locator("button.sort").click()
    shown = page.locator("#items tr.item td:nth-of-type(2)").evaluate_all(
        "(cells) => cells.map((cell) => Number(cell.title))"
    )
    page.locator("#items input.filter").fill("part-0001")

    assert len(shown) == 2_000
    assert shown == sorted(shown, reverse=True)
    assert 0 < page.locator("#items tr.item:visible").count() < 200
    assert sight.misdeeds == []
