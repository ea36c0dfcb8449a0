"""A careless page is caught at all that the tests of pages say ours do not do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.watch import Wire, accessibility, look

pytestmark = pytest.mark.browser

_PLAIN = "<!doctype html><html lang='en'><title>A page</title><main><h1>A page</h1>{}</main>"


def _written(tmp_path: Path, body: str) -> Path:
    file = tmp_path / "careless.html"
    file.write_text(_PLAIN.format(body), encoding="utf-8")
    return file


def test_a_page_that_does_nothing_is_accused_of_nothing(launched: tuple[Browser, Wire], tmp_path: Path) -> None:
    browser, wire = launched
    before = len(wire.asked)

    with look(
        browser, _written(tmp_path, "<img alt='a dot' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
    ) as sight:
        assert accessibility(sight.page) == []

    assert sight.misdeeds == []
    assert wire.asked[before:] == []


@pytest.mark.parametrize(
    "body",
    [
        "<img alt='' src='http://127.0.0.1:8765/picture.png'>",
        "<script>fetch('http://127.0.0.1:8765/picture.png').catch(() => 0)</script>",
        "<link rel='stylesheet' href='http://127.0.0.1:8765/picture.png'>",
        "<style>h1 { background: url(http://127.0.0.1:8765/picture.png) }</style>",
    ],
    ids=["image", "fetch", "link", "style"],
)
def test_a_page_that_asks_for_something_is_caught_by_the_browser_and_on_the_wire(
    body: str, launched: tuple[Browser, Wire], tmp_path: Path
) -> None:
    browser, wire = launched
    before = len(wire.asked)

    with look(browser, _written(tmp_path, body)) as sight:
        sight.page.wait_for_load_state("networkidle")

    assert "http://127.0.0.1:8765/picture.png" in sight.requests
    assert any("127.0.0.1:8765/picture.png" in line for line in wire.asked[before:])


def test_a_page_that_opens_a_dialog_complains_and_throws_is_caught(browser: Browser, tmp_path: Path) -> None:
    body = "<script>alert('boo'); console.error('oh'); missing()</script>"

    with look(browser, _written(tmp_path, body)) as sight:
        pass

    assert sight.dialogs == ["boo"]
    assert [line.split(" is not")[0] for line in sight.complaints] == ["oh", "missing"]


def test_scripts_are_off_where_they_are_switched_off(browser: Browser, tmp_path: Path) -> None:
    with look(browser, _written(tmp_path, "<script>alert('boo')</script>"), scripts=False) as sight:
        pass

    assert sight.dialogs == []


def test_a_text_that_can_hardly_be_read_and_a_field_without_a_label_are_found(browser: Browser, tmp_path: Path) -> None:
    body = "<p style='color: #999; background: #fff'>pale</p><input type='text'>"

    with look(browser, _written(tmp_path, body)) as sight:
        found = accessibility(sight.page)

    assert sorted(line.split()[0] for line in found) == ["color-contrast", "label"]
