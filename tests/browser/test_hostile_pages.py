"""Data that is written to attack the page it ends up in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

import blobprep
from tests.browser import pages
from tests.browser.conftest import Opener
from tests.browser.pages import HOSTILE, PROBE
from tests.browser.watch import Sight, Wire, look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def provoke(sight: Sight) -> None:
    """Use a page as much as a curious person would: open, choose, compare, hover, enlarge."""
    page = sight.page
    for summary in page.locator("details > summary:visible").all()[:200]:
        summary.click(force=True)
    for place in range(min(page.locator("select.column").first.locator("option").count(), 15)):
        page.locator("select.column").first.select_option(index=place)
        other = page.locator("select.other").first
        if other.is_visible():
            other.select_option(index=1)
    for cell in page.locator("td:visible, th:visible").all()[:60]:
        cell.hover(force=True)
    for button in page.locator("button.sort:visible, button.zoom:visible").all()[:20]:
        button.click(force=True)
        page.keyboard.press("Escape")
    assert page.evaluate("typeof window.stolen") == "undefined"
    assert page.evaluate("document.scripts.length") == 2
    assert (
        page.locator("[onerror], [onload], [onfocus], [onmouseover], [style], iframe, object, embed, base").count() == 0
    )


@pytest.mark.parametrize("fails", [False, True], ids=["succeeded", "failed"])
def test_what_a_run_says_to_attack_its_page_is_shown_and_does_nothing(
    fails: bool, opened: Opener, tmp_path: Path
) -> None:
    sight = opened(pages.hostile_run(tmp_path, fails=fails))

    provoke(sight)

    shown = sight.page.locator("#device .log").text_content() or ""
    for text in HOSTILE[:9]:
        assert text in shown
    assert "\u202e" not in sight.page.content()


def test_tables_that_attack_the_page_of_their_comparison_do_nothing(opened: Opener) -> None:
    first = pd.DataFrame(dict.fromkeys(HOSTILE, HOSTILE))
    second = first.iloc[::-1].reset_index(drop=True).rename(columns={HOSTILE[0]: HOSTILE[0] + "!"})
    second["number"] = 1

    sight = opened(blobprep.show(first, second).html)

    for cell in sight.page.locator("td:visible, th:visible").all()[:80]:
        cell.hover(force=True)
    assert sight.page.evaluate("typeof window.stolen") == "undefined"
    assert sight.page.evaluate("document.scripts.length") == 2


def test_markup_that_got_into_a_page_would_still_run_nothing_and_reach_nothing(
    launched: tuple[Browser, Wire], tmp_path: Path
) -> None:
    browser, wire = launched
    attack = "".join(
        (
            "<script>window.stolen = 1; alert('script')</script>",
            f"<img src='{PROBE}' onerror=\"window.stolen = 2; alert('image')\">",
            f"<iframe src='{PROBE}'></iframe><link rel=stylesheet href='{PROBE}'><object data='{PROBE}'></object>",
            f"<p style='background: url({PROBE})'>x</p><a href=\"javascript:window.stolen = 3\" id=attack>x</a>",
        )
    )
    page = pages.wide_table(3)
    broken = page.replace(b'<main id="main">', b'<main id="main">' + attack.encode(), 1)
    assert broken != page
    file = tmp_path / "broken.html"
    file.write_bytes(broken)
    before = len(wire.asked)

    with look(browser, file) as sight:
        sight.page.locator("#attack").click()
        sight.page.wait_for_timeout(200)
        stolen = sight.page.evaluate("typeof window.stolen")

    assert (stolen, sight.dialogs) == ("undefined", [])
    assert not [line for line in wire.asked[before:] if "8765" in line]
    assert [line for line in sight.complaints if "Content Security Policy" in line]
