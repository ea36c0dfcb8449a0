"""The pages of a server of services, as a person uses them: the list, help, and the form to try a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from blobprep.service.configuration import define
from blobprep.service.documents import routes as documents
from blobprep.service.registry import Services
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.pages import HOSTILE
from tests.browser.watch import Visit, accessibility, visit
from tests.service.live import SCRIPTS, Live, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
PATHS = ["/", "/services/double/help", "/services/double/try", "/services/hostile/help", "/services/hostile/try"]

_ECHO = """
import sys

def azureml_main(dataframe1=None, dataframe2=None):
    print(dataframe1.iloc[0, 0])
    print(dataframe1.iloc[0, 0], file=sys.stderr)
    return dataframe1,
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("services")
    (folder / "echo.py").write_text(_ECHO)
    labels = [text for text in HOSTILE if text.isprintable()]
    tables: dict[str, dict[str, Any]] = {
        "double": {
            "script": str(SCRIPTS / "double.py"),
            "columns1": {"number": "Int32", "label": "String"},
            "parameters": {"year": "2024"},
            "description": "Doubles numbers.",
        },
        "failing": {"script": str(SCRIPTS / "failing.py"), "columns1": {"number": "Int32"}},
        "picture": {"script": str(SCRIPTS / "picture.py"), "columns1": {"number": "Double"}},
        "hostile": {
            "script": str(folder / "echo.py"),
            "columns1": dict.fromkeys(labels, "String"),
            "parameters": {text: text for text in labels},
            "description": " ".join(labels),
        },
    }
    services = Services([define(name, table) for name, table in tables.items()])
    with serving(services, folder, more=documents.routes(services)) as server:
        yield server


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    """A browser that may reach this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visited(running: Browser, live: Live) -> Iterator[Any]:
    """Open pages of the server, which must ask for nothing elsewhere, complain of nothing and open nothing."""
    visits: list[Visit] = []

    def opener(path: str, **options: Any) -> Page:
        visits.append(visit(running, live.url, path, **options))
        return visits[-1].page

    yield opener
    misdeeds = [misdeed for seen in visits for misdeed in seen.misdeeds]
    for seen in visits:
        seen.page.context.close()
    assert misdeeds == []


def try_service(page: Page, live: Live, name: str, *, key: str = "") -> None:
    """Fill in the key and run."""
    page.get_by_label("Key").fill(key or live.keys[name])
    page.get_by_role("button", name="Run").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_used_by_everybody(path: str, scheme: str, visited: Any) -> None:
    page = visited(path, color_scheme=scheme)

    assert accessibility(page, colors_only=scheme == "dark") == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_phone(path: str, visited: Any) -> None:
    page = visited(path, **PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility(page) == []


def test_from_the_list_to_an_answer_by_keyboard_alone(visited: Any, live: Live) -> None:
    page = visited("/")
    page.get_by_role("link", name="Try double").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Key").focus()
    page.keyboard.type(live.keys["double"])
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("21")
    page.keyboard.press("Enter")

    expect(page.locator("#table-output1")).to_have_text("output1: 1 row")
    expect(page.get_by_role("status")).to_have_text("Done.")
    assert page.locator("#results tbody td").all_text_contents() == ["21", "value", "42", "2024"]
    assert accessibility(page) == []


def test_rows_as_csv_are_read_with_what_is_missing_and_quoted(visited: Any, live: Live) -> None:
    page = visited("/services/double/try")
    page.get_by_label("Or rows as CSV").fill('label,number\r\n"a, ""b""\nc",1\r\n,2\r\n"",3\r\n')
    page.get_by_label("year").fill("1999")
    try_service(page, live, "double")

    expect(page.locator("#table-output1")).to_have_text("output1: 3 rows")
    rows = [row.locator("td").all_text_contents() for row in page.locator("#results tbody tr").all()]
    assert rows == [["1", 'a, "b"\nc', "2", "1999"], ["2", "missing", "4", "1999"], ["3", "", "6", "1999"]]


def test_what_is_wrong_is_said_where_it_is_read_out(visited: Any, live: Live) -> None:
    page = visited("/services/double/try", complaints=r"400|401")
    page.get_by_label("number").fill("many")
    try_service(page, live, "double")
    expect(page.get_by_role("alert")).to_contain_text("the text is no Int32")
    assert accessibility(page) == []

    try_service(page, live, "double", key="wrong")
    expect(page.get_by_role("alert")).to_contain_text("Invalid credentials provided.")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()

    page.get_by_label("Or rows as CSV").fill('a,"b\n')
    try_service(page, live, "double")
    expect(page.get_by_role("alert")).to_contain_text("a quotation mark is not closed")


def test_the_failure_of_a_script_has_its_traceback(visited: Any, live: Live) -> None:
    page = visited("/services/failing/try", complaints="400")
    try_service(page, live, "failing")

    expect(page.get_by_role("alert")).to_contain_text("Error 0085")


def test_a_figure_is_shown(visited: Any, live: Live) -> None:
    page = visited("/services/picture/try")
    try_service(page, live, "picture")

    expect(page.get_by_alt_text("Figure 1 of the script")).to_be_visible()
    assert page.locator("#figure-0").evaluate("image => image.naturalWidth") > 100


def test_hostile_texts_are_texts_in_form_and_answer(visited: Any, live: Live) -> None:
    page = visited("/services/hostile/try")
    for place in range(page.locator("fieldset#input-0 input").count()):
        page.locator(f"#field-0-{place}").fill(HOSTILE[place])
    try_service(page, live, "hostile")

    expect(page.locator("#table-output1")).to_have_text("output1: 1 row")
    assert page.locator("#results tbody td").first.text_content() == HOSTILE[0]
    assert (page.locator("#log").text_content() or "").strip() == HOSTILE[0]
    assert page.evaluate("window.stolen") is None


def test_the_form_sends_the_key_nowhere_else_and_keeps_it_nowhere(visited: Any, live: Live) -> None:
    page = visited("/services/double/try")
    try_service(page, live, "double")
    expect(page.get_by_role("status")).to_have_text("Done.")

    assert live.keys["double"] not in page.url
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    page.reload()
    expect(page.get_by_label("Key")).to_have_value("")


def test_the_help_page_leads_to_its_documents_and_needs_no_script(visited: Any, live: Live) -> None:
    page = visited("/services/double/help", java_script_enabled=False)

    for link in page.locator("a[href]:not([href^='#'])").all():
        address = re.sub(r"^\./$", "/", link.get_attribute("href") or "")
        assert page.request.get(f"{live.url}{address}").status == 200
    expect(page.locator("#execute")).to_contain_text(live.address("double"))
