"""Pages that runs leave, and pages of tables, as a person uses them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from playwright.sync_api import Page, expect

import blobprep
from tests.browser import pages
from tests.browser.conftest import Opener
from tests.browser.watch import accessibility

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return pages.run_page(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return pages.run_page(tmp_path_factory.mktemp("failed"), fails=True)


@pytest.fixture(scope="module")
def table() -> bytes:
    return pages.wide_table(30)


@pytest.fixture(scope="module")
def wide() -> bytes:
    return pages.wide_table(500)


def cells(page: Page, column: str, section: str = "#results") -> list[str]:
    """The texts of a column's visible cells."""
    heads = page.locator(f"{section} table.rows > thead > tr").first.locator("th").all()
    place = next(
        place for place, head in enumerate(heads) if (head.text_content() or "").lstrip("↕↑↓").startswith(column)
    )
    rows = page.locator(f"{section} table.rows > tbody > tr:not(.gap):visible")
    return rows.evaluate_all("(rows, place) => rows.map((row) => row.cells[place].textContent)", place)


def head(page: Page, column: str, section: str = "#results") -> Any:
    return page.locator(f"{section} table.rows thead th", has_text=column).first


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["run", "failed", "table"])
def test_a_page_can_be_used_by_everybody(
    kind: str, scheme: str, opened: Opener, request: pytest.FixtureRequest
) -> None:
    page = opened(request.getfixturevalue(kind), color_scheme=scheme).page
    for summary in page.locator("main > section > details.fold > summary").all():
        summary.click()

    assert accessibility(page, colors_only=scheme == "dark") == []


@pytest.mark.parametrize("kind", ["run", "failed", "table"])
def test_a_page_fits_a_phone(kind: str, opened: Opener, request: pytest.FixtureRequest) -> None:
    page = opened(request.getfixturevalue(kind), **PHONE).page

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility(page) == []


def test_a_run_begins_with_how_it_ended(run: bytes, opened: Opener) -> None:
    page = opened(run).page

    expect(page.locator("header.top h1")).to_have_text("prep.py")
    expect(page.locator("header.top .status")).to_have_text("Succeeded")
    expect(page.locator("#results h2")).to_be_in_viewport()
    for link in page.locator("nav.contents a").all():
        assert page.locator(link.get_attribute("href") or "none").count() == 1


def test_a_failed_run_begins_with_the_line_of_the_user_that_failed(failed: bytes, opened: Opener) -> None:
    page = opened(failed).page

    own = page.locator("#failure mark.own")
    expect(own.last).to_be_in_viewport()
    expect(own.last).to_contain_text('return dataframe1["no such column"]')
    expect(page.locator("#dataset1 table.rows")).to_be_attached()


def test_rows_are_sorted_up_and_down_and_back_with_missing_values_last(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    before = cells(page, "sepal width")
    button = head(page, "sepal width").locator("button.sort")

    button.click()
    rising = cells(page, "sepal width")
    expect(head(page, "sepal width")).to_have_attribute("aria-sort", "ascending")
    button.click()
    falling = cells(page, "sepal width")
    button.click()

    known = [float(text) for text in rising if text != "missing"]
    assert "missing" in before
    assert known == sorted(known)
    assert rising[len(known) :] == ["missing"] * (len(rising) - len(known))
    assert [float(text) for text in falling if text != "missing"] == sorted(known, reverse=True)
    assert falling[-1] == "missing"
    assert cells(page, "sepal width") == before


def test_rows_are_filtered_by_their_texts(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    everything = cells(page, "species")

    page.locator("#results input.filter").fill("VIRGINICA")

    assert set(cells(page, "species")) == {"virginica"}
    expect(page.locator("#results output.matches")).to_have_text(
        f"{everything.count('virginica')} of {len(everything)} match"
    )
    page.locator("#results input.filter").fill("")
    assert cells(page, "species") == everything


def test_a_long_text_is_expanded_on_a_click(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    long = page.locator("#results td.long details").first

    long.locator("summary").click()

    expect(long.locator("div")).to_be_visible()
    expect(long.locator("div")).to_contain_text("a long note, a long note")


def test_a_column_is_chosen_by_its_head_by_the_list_and_step_by_step(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    chosen = page.locator("#results .chosen h3")
    expect(chosen).to_contain_text("id")

    head(page, "petal length").locator("a").click()
    expect(chosen).to_contain_text("petal length")
    expect(page.locator("#results .chosen dl.facts").first).to_contain_text("Mean3.758")
    page.locator("#results select.column").select_option(label="species")
    expect(chosen).to_contain_text("species")
    expect(page.locator("#results .chosen table.frequent")).to_contain_text("setosa")
    page.locator("#results button", has_text="›").first.click()
    expect(chosen).to_contain_text("seen")


def test_a_column_is_compared_with_another_by_the_kinds_of_both(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    other, drawn = page.locator("#results select.other"), page.locator("#results .comparison")

    head(page, "petal length").locator("a").click()
    other.select_option(label="petal width")
    expect(drawn.locator("svg circle.point")).to_have_count(150)
    other.select_option(label="species")
    expect(drawn.locator("svg rect.box")).to_have_count(3)
    page.locator("#results select.column").select_option(label="species")
    other.select_option(label="note")
    expect(drawn.locator("table.crosstab tbody tr")).to_have_count(3)
    assert accessibility(page, within="#results .side") == []


def test_axes_of_compared_times_say_as_much_of_them_as_tells_their_ends_apart(opened: Opener) -> None:
    hours = [datetime(2024, 5, 6, hour) for hour in range(8, 18)]
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime([f"2024-05-{day:02}" for day in range(1, 11)]),
            "moment": hours,
            "zoned": pd.Series(hours).dt.tz_localize("Asia/Tokyo"),
            "clock": [moment.time() for moment in hours],
            "length": pd.to_timedelta(range(10), unit="s"),
            "part": ["a", "b"] * 5,
        }
    )
    page = opened(blobprep.show(pa.Table.from_pandas(frame)).html).page
    other, drawn = page.locator("select.other"), page.locator(".comparison svg text")
    ends = {
        "moment": ["2024-05-06 08:00:00", "2024-05-06 17:00:00"],
        "zoned": ["2024-05-05 23:00:00Z", "2024-05-06 08:00:00Z"],
        "clock": ["08:00:00", "17:00:00"],
        "length": ["0 s", "9 s"],
    }
    for column, told in ends.items():
        page.locator("select.column").select_option(label=column)
        other.select_option(label="day")
        assert drawn.all_text_contents()[:3] == ["↑ day: 2024-05-01 to 2024-05-10", *told]
    page.locator("select.column").select_option(label="moment")
    other.select_option(label="part")
    assert drawn.all_text_contents()[2:4] == ["08:00:00", "17:00:00"]


def test_the_histogram_gives_way_to_a_box_plot_and_to_logarithmic_counts(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    head(page, "petal length").locator("a").click()
    charts = page.locator("#results .chosen .charts")
    expect(charts.locator(".chart-hist")).to_be_visible()

    for value in ("box", "count"):
        charts.locator(f"input[value={value}]").check()
        expect(charts.locator(f".chart-{value}")).to_be_visible()
        expect(charts.locator(".chart-hist")).to_be_hidden()


def test_light_and_dark_are_changed_by_a_button(run: bytes, opened: Opener) -> None:
    page = opened(run, color_scheme="light").page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)

    page.locator("button.theme").click()
    dark = page.evaluate(paper)
    page.locator("button.theme").click()

    assert light != dark
    assert page.evaluate(paper) == light


def test_a_figure_is_enlarged_and_the_focus_comes_back(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    small = page.locator("#device .figures button.zoom").first
    figures = page.locator("#device .figures img").all()
    assert len(figures) == 2
    assert all(figure.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100 for figure in figures)

    small.click()
    large = page.locator("dialog.large")
    expect(large).to_be_visible()
    first = large.locator("img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    assert large.locator("img").get_attribute("src") != first
    page.keyboard.press("Escape")

    expect(large).to_be_hidden()
    expect(small).to_be_focused()


def test_all_of_it_is_done_with_the_keyboard_alone(run: bytes, opened: Opener) -> None:
    page = opened(run).page

    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    reached = _tab_to(page, "button.sort")
    page.keyboard.press("Enter")
    assert page.locator("#results th[aria-sort=ascending]").count() == 1
    reached |= _tab_to(page, "select.column")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results .chosen h3")).to_contain_text("sepal length")
    reached |= _tab_to(page, "button.zoom", most=400)
    page.keyboard.press("Enter")
    expect(page.locator("dialog.large")).to_be_visible()
    page.keyboard.press("Escape")
    assert reached >= {"BUTTON", "A", "INPUT", "SELECT"}


def _tab_to(page: Page, selector: str, most: int = 120) -> set[str]:
    """Press Tab until an element has the focus, which must always be seen; return what had it."""
    reached = set()
    for _ in range(most):
        page.keyboard.press("Tab")
        name, sought, outlined = page.evaluate(
            """(selector) => {
                const now = document.activeElement, marked = now.matches("input") ? now.nextElementSibling || now : now;
                const styles = [now, marked].map((element) => getComputedStyle(element));
                return [now.tagName, now.matches(selector), styles.some((style) => style.outlineStyle !== "none")];
            }""",
            selector,
        )
        reached.add(name)
        assert outlined, f"{page.evaluate('document.activeElement.outerHTML.slice(0, 200)')} has an invisible focus"
        if sought:
            return reached
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_page_is_whole_without_scripts(run: bytes, opened: Opener) -> None:
    page = opened(run, scripts=False).page

    expect(page.locator("header.top .status")).to_have_text("Succeeded")
    expect(page.locator("#results table.rows tbody tr").first).to_be_visible()
    assert page.locator("button, select, dialog, input.filter").count() == 0
    pane = page.locator("#results details.pane", has_text="petal length").first
    pane.locator("summary").click()
    expect(pane.locator("dl.facts").first).to_be_visible()
    expect(pane.locator("dl.facts").first).to_contain_text("Standard Deviation")
    expect(pane.locator("svg").first).to_be_visible()
    expect(page.locator("#device .figures img").first).to_be_visible()
    expect(page.locator("#device .log")).to_contain_text("rows 150")


def test_a_page_prints_all_of_its_rows_and_none_of_its_controls(run: bytes, opened: Opener) -> None:
    page = opened(run, color_scheme="dark").page
    page.emulate_media(media="print")

    assert (
        page.locator("button:not(.zoom):visible, select:visible, input.filter:visible, nav.contents:visible").count()
        == 0
    )
    assert page.locator("#device .figures img:visible").count() == 2
    assert page.locator("#results .left .scroll").first.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF-")


def test_a_table_of_500_columns_can_be_read_and_searched(wide: bytes, opened: Opener) -> None:
    page = opened(wide).page

    expect(page.locator("#table h2")).to_be_visible()
    options = page.locator("#table select.column option").count()
    assert options > 100
    page.locator("#table select.column").select_option(index=options - 1)
    expect(page.locator("#table .chosen svg").first).to_be_visible()


def test_texts_of_other_scripts_keep_their_direction_to_themselves(run: bytes, opened: Opener) -> None:
    page = opened(run).page
    arabic = page.locator("#results td", has_text="زهرة").first

    assert arabic.evaluate("(cell) => getComputedStyle(cell).direction") == "rtl"
    assert (
        page.locator("#results td", has_text="Schöne").first.evaluate("(cell) => getComputedStyle(cell).direction")
        == "ltr"
    )
