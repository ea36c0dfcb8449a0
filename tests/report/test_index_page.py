"""The page of many runs: which come first, what each links to, and what it weighs."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.report.index_page import render_index
from blobprep.report.views import FigureView, RunSummary
from tests.report.building import PNG
from tests.report.reading import Page
from tests.report.test_comparison_page import words

RUN = RunSummary(
    "night/1", "succeeded", "2026-11-30T18:16:04.244Z", 1.5, "prep.py", "night/1/report.html", "night/1/manifest.json",
    rows=1200, columns=9, figures=2, picture=FigureView("a.png", "night/1/figures/a.png", PNG, len(PNG)),
)  # fmt: skip


def page_of(*runs: RunSummary, **asked: Any) -> str:
    page = render_index(runs, title="az://results/night/", **asked)
    Page(page)
    return page.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*"><bdi dir="auto">([^<]*)', page)


def test_runs_that_did_not_succeed_come_first_and_then_the_latest() -> None:
    runs = [
        replace(RUN, name="old", started="2026-11-01T00:00:00.000Z"),
        replace(RUN, name="new", started="2026-11-03T00:00:00.000Z"),
        replace(RUN, name="running", status="running", seconds=None, started="2026-11-04T00:00:00.000Z"),
        replace(RUN, name="failed", status="failed", error="KeyError: 'mass'", started="2026-11-02T00:00:00.000Z"),
        replace(RUN, name="stopped", status="interrupted", started="2026-11-01T00:00:00.000Z"),
    ]

    page = page_of(*runs)

    assert names(page) == ["failed", "stopped", "running", "new", "old"]
    assert "5 runs: 2 succeeded, 1 running, 1 interrupted, 1 failed" in words(page)
    assert "KeyError: 'mass'" in unescape(page)


def test_a_run_is_linked_to_its_page_its_manifest_and_its_figure() -> None:
    page = page_of(RUN)

    for link in ("./night/1/report.html", "./night/1/manifest.json", "./night/1/figures/a.png"):
        assert f'href="{link}"' in page
    assert 'src="data:image/png;base64,' in page
    assert "1,200" in page
    assert "1.5 s" in page
    assert "+ 1" in page


def test_a_link_that_leads_elsewhere_is_none() -> None:
    hostile = replace(RUN, report="javascript:alert(1)", manifest="//host/x", picture=None, figures=1)

    page = page_of(hostile)

    assert [
        value for _, name, value in Page(page.encode()).attributes if name == "href" and not value.startswith("#")
    ] == []


def test_no_runs_are_told_as_such() -> None:
    assert "There are no runs." in words(page_of())


@pytest.mark.parametrize("amount", [100, 1000])
def test_the_budget_holds_for_many_runs_with_pictures(amount: int) -> None:
    picture = FigureView("a.png", "a.png", PNG + bytes(50_000), 50_000)
    runs = [replace(RUN, name=f"night/{number}", picture=picture, error="x" * 500) for number in range(amount)]

    page = page_of(*runs, bytes=3_000_000)

    assert len(page.encode()) <= 3_000_000
    assert len(names(page)) == amount
    assert 0 < page.count("data:image/png") < 60


def test_runs_that_do_not_fit_are_counted() -> None:
    page = page_of(*[replace(RUN, name=f"night/{number}") for number in range(1000)], bytes=300_000)

    shown = len(names(page))
    assert 100 < shown < 1000
    assert f"{1000 - shown} runs of 1,000 did not fit into the page." in page


_NASTY = st.text(st.sampled_from("a\"'<>&\x00\x1b\u202e\u2028/:.ü中"), max_size=12)


@given(_NASTY, _NASTY, _NASTY)
def test_no_text_of_data_becomes_markup(name: str, error: str, link: str) -> None:
    run = RunSummary(
        name, "failed", error, 1.0, error, link, link, error=error, figures=1, picture=FigureView(name, link, PNG, 9)
    )

    page = page_of(run, replace(run, status="running"))

    attributes = Page(page.encode()).attributes
    assert not [attribute for _, attribute, _ in attributes if attribute == "style" or attribute.startswith("on")]
    assert all(
        value and value.startswith(("#", "./", "../")) for _, attribute, value in attributes if attribute == "href"
    )
    assert "\u202e" not in page
