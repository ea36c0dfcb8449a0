"""Pages of two tables, and of many runs, as a person uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import pages
from tests.browser.conftest import Opener
from tests.browser.watch import accessibility, look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def compared() -> bytes:
    return pages.comparison()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    pages.run_index(folder)
    return folder


@pytest.fixture(scope="module")
def listed(folder: Path) -> bytes:
    return (folder / "index.html").read_bytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["compared", "listed"])
def test_a_page_can_be_used_by_everybody(
    kind: str, scheme: str, opened: Opener, request: pytest.FixtureRequest
) -> None:
    page = opened(request.getfixturevalue(kind), color_scheme=scheme).page

    assert accessibility(page, colors_only=scheme == "dark") == []


@pytest.mark.parametrize("kind", ["compared", "listed"])
def test_a_page_fits_a_phone(kind: str, opened: Opener, request: pytest.FixtureRequest) -> None:
    page = opened(request.getfixturevalue(kind), **PHONE).page

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility(page) == []


def test_a_comparison_shows_what_changed_before_what_did_not(compared: bytes, opened: Opener) -> None:
    page = opened(compared).page

    expect(page.locator("header.top .status")).to_have_text("Different")
    expect(page.locator("header.top .sentence")).to_contain_text("48 rows changed; 2 only in the first")
    marked = page.locator("table.compared > tbody > tr").evaluate_all("(rows) => rows.map((row) => row.className)")
    assert marked[:4].count("column is-changed") == 2
    assert marked[4:] == ["column"] * len(marked[4:])


def test_a_changed_cell_shows_both_values(compared: bytes, opened: Opener) -> None:
    row = opened(compared).page.locator("table.changes tbody tr").first

    expect(row.locator("td.of-key")).to_have_text("F000")
    expect(row.locator("td.diff del")).to_have_text("5.1")
    expect(row.locator("td.diff ins")).to_have_text("5.6")


def test_columns_are_sorted_by_changed_cells_and_filtered_by_name(compared: bytes, opened: Opener) -> None:
    page = opened(compared).page
    changed = page.locator("table.compared thead th", has_text="Changed cells")

    changed.locator("button.sort").click()
    changed.locator("button.sort").click()
    expect(changed).to_have_attribute("aria-sort", "descending")
    expect(page.locator("table.compared > tbody > tr").first).to_contain_text("sepal length")
    page.locator("#columns input.filter").fill("petal")

    assert page.locator("table.compared > tbody > tr:visible").count() == 2


def test_failed_runs_come_first_and_every_run_leads_to_its_page(folder: Path, browser: Browser) -> None:
    with look(browser, folder / "index.html") as sight:
        rows = sight.page.locator("table.runs tr.run")
        expect(rows).to_have_count(5)
        classes = rows.evaluate_all("(rows) => rows.map((row) => row.className)")
        link = rows.nth(0).locator("th a").first.get_attribute("href") or ""
        shown = rows.locator("img").evaluate_all("(images) => images.map((image) => image.naturalWidth)")
        assert sight.misdeeds == []

    assert classes == ["run failed"] * 2 + ["run succeeded"] * 3
    assert len(shown) == 3
    assert min(shown) > 0
    assert (folder / link).is_file()
    assert (folder / link).name == "report.html"


@pytest.mark.parametrize("scripts", [True, False])
def test_runs_are_filtered_by_their_status_without_a_script_too(scripts: bool, listed: bytes, opened: Opener) -> None:
    page = opened(listed, scripts=scripts).page

    page.locator(".see-failed").uncheck()
    assert _statuses(page) == ["run succeeded"] * 3
    page.locator(".see-failed").check()
    page.locator(".see-succeeded").uncheck()

    assert _statuses(page) == ["run failed"] * 2


def test_runs_are_sorted_by_their_time(listed: bytes, opened: Opener) -> None:
    page = opened(listed).page

    page.locator("table.runs thead th", has_text="Time").locator("button.sort").click()

    times = page.locator("table.runs td.time").evaluate_all("(cells) => cells.map((cell) => Number(cell.title))")
    assert times == sorted(times)
    assert len(times) == 5


def _statuses(page: Page) -> list[str]:
    rows = page.locator("table.runs tr.run:visible")
    return [row.get_attribute("class") or "" for row in rows.all()]
