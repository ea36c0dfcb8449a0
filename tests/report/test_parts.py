"""The parts of a page: rows, panes, charts, changes, device, failure and record."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.manifest import ErrorRecord
from blobprep.protocol.profiles import Associations, Bins, BoxPlot, ColumnKind, ColumnProfile, SampleRows
from blobprep.report import charts
from blobprep.report.budget import Budget
from blobprep.report.changes import changes_section, overlay
from blobprep.report.dataset import dataset_part
from blobprep.report.device import figures_section, log_section
from blobprep.report.failure import failure_section, told_failure
from blobprep.report.markup import Markup, element, link_target
from blobprep.report.matrix import association_matrix
from blobprep.report.panes import pane
from blobprep.report.record import links_of, provenance
from blobprep.report.rows import rows_table, told_rows
from blobprep.report.views import FigureView, LogLine
from tests.report.building import PNG, TRACEBACK, failed, manifest, numeric, table, text
from tests.report.reading import Page

finite = st.floats(allow_nan=False, allow_infinity=False)


def _read(*parts: Markup) -> Page:
    return Page("".join(parts).encode())


# Panes


def test_a_pane_has_the_statistics_of_studio_in_its_order_and_words() -> None:
    told = _read(pane(numeric(), "results", 0, 100)).text
    names = (
        "Mean", "Median", "Min", "Max", "Standard Deviation", "Unique Values", "Missing Values", "Feature Type",
    )  # fmt: skip
    places = [told.index(name) for name in names]

    assert places == sorted(places)
    assert "Missing Values2 (2 %)" in told
    assert "Numeric Feature" in told


def test_statistics_that_a_column_does_not_have_are_a_dash() -> None:
    assert "Mean—Median—Min—Max—Standard Deviation—" in _read(pane(text(), "results", 0, 100)).text


def test_what_is_estimated_says_so_with_its_error() -> None:
    told = _read(pane(numeric(unique=12_345, unique_error=0.01, quantiles_error=0.002), "results", 0, 100)).text

    assert "≈ 12,300 ± 1 %" in told
    assert "1st Quartile ± 0.2 %" in told


def test_a_rounded_value_has_the_whole_one_as_its_title() -> None:
    assert "3.14159265" in _read(pane(numeric(), "results", 0, 100)).values("title")


def test_charts_of_a_column_say_in_words_what_they_show() -> None:
    labels = _read(pane(numeric(), "results", 0, 100)).values("aria-label")

    assert "Histogram: 2 bins from 0.5 to 100; the fullest, 90 values, from 0.5 to 10" in labels
    assert any(label.startswith("Box plot: quartiles 1, 2 and 4.5") for label in labels)


# Charts of whatever a profile may have


@given(
    st.lists(finite, min_size=2, max_size=8, unique=True), st.sampled_from(["numeric", "time", "duration"]), st.data()
)
def test_every_histogram_can_be_drawn(edges: list[float], kind: str, data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 2**62), min_size=len(edges) - 1, max_size=len(edges) - 1))
    bins = Bins(tuple(sorted(edges)), tuple(counts))

    for drawn in (
        charts.histogram(bins, kind),
        charts.histogram(bins, kind, log_x=True),
        charts.histogram(bins, kind, log_y=True),
    ):
        _require_numbers(drawn)
    _require_numbers(overlay(numeric(bins=bins), numeric()))


@given(st.tuples(finite, finite, finite, finite, finite), st.lists(finite, max_size=60))
def test_every_box_plot_can_be_drawn(ends: tuple[float, ...], outliers: list[float]) -> None:
    _require_numbers(charts.box_plot(BoxPlot(*ends, tuple(outliers)), "numeric"))


@given(st.lists(st.integers(0, 2**62), max_size=50), st.integers(0, 2**62))
def test_every_strip_of_missing_values_can_be_drawn(shape: list[int], rows: int) -> None:
    _require_numbers(charts.missing_strip(shape, rows))


@given(st.lists(st.none() | finite, min_size=9, max_size=9), st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_every_matrix_can_be_drawn(strengths: list[float | None], columns: list[int]) -> None:
    known = [numeric(str(place)) for place in range(3)]
    _require_numbers(association_matrix(Associations(tuple(columns), tuple(strengths)), known, "results", 10**6))


def _require_numbers(drawn: Markup) -> None:
    """Check that each coordinate is a number."""
    for tag, name, value in _read(drawn).attributes:
        if tag != "svg" and name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "r"):
            assert re.fullmatch(r"-?\d+(\.\d+)?", value or ""), (name, value)
        if name == "d":
            assert re.fullmatch(r"[-MVHvhz0-9. ]*", value or ""), value


# Rows


def test_missing_and_empty_values_are_told_apart() -> None:
    page = _read(rows_table(table(text(), cells=((None,), ("",), ("Mars",))), "results", 10**6, 1)[0])

    assert [value for tag, name, value in page.attributes if tag == "td" and name == "class"] == [
        "no",
        "na",
        "na blank",
    ]
    assert "missingemptyMars" in re.sub(r"\d", "", page.text)


def test_rows_that_are_not_shown_leave_a_gap_that_says_how_many() -> None:
    sample = SampleRows((0, 1, 50, 99), 2, (("a", "1"),) * 4)
    profile = replace(table(), sample=sample)

    told = _read(rows_table(profile, "results", 10**6, 2)[0]).text

    assert "48 rows not shown" in told
    assert told_rows(sample, 100, 4) == "The first 2 rows and 2 from the middle and the end of 100 are shown."
    assert told_rows(sample, 4, 4) == "All rows are shown."
    assert told_rows(SampleRows(), 100, 0) == "No rows are shown."
    assert told_rows(SampleRows(), 0, 0) == "The table has no rows."


def test_a_long_cell_is_folded_and_says_how_long_it_is() -> None:
    profile = table(text(), cells=(("x" * 2_000,),))
    profile = replace(profile, sample=replace(profile.sample, lengths=((0, 0, 10_000_000),)))

    assert "the first 2,000 of 10,000,000 characters" in _read(rows_table(profile, "results", 10**6, 1)[0]).text


def test_a_name_leads_to_the_pane_of_its_column_where_there_is_one() -> None:
    page = _read(rows_table(table(), "results", 10**6, 1)[0])

    assert page.values("href") == ["#results-c0"]


# Changes


def test_changes_name_rows_columns_and_types() -> None:
    before = table(text(), numeric(), numeric("gone"))
    after = table(text(type="dictionary"), numeric(mean=4), numeric("new"), rows=80)

    told = _read(changes_section(before, after, 10**6)).text

    assert "Rows 100 → 80 (20 fewer)" in told
    assert "Added new" in told
    assert "Removed gone" in told
    assert "Other type 1 column" in told
    assert "string → dictionary" in told
    assert "3.1416 → 4" in told


@pytest.mark.parametrize("other", [numeric(kind="time"), text(frequent=()), numeric(bins=None)])
def test_distributions_that_cannot_be_compared_are_a_dash(other: ColumnProfile) -> None:
    assert _read(overlay(numeric(), other)).text == "—"


# The Python device


def test_lines_of_the_log_are_grouped_by_their_stream() -> None:
    log = (LogLine("out", "a"), LogLine("out", "b"), LogLine("err", "c"), LogLine("note", "d"))

    page = _read(log_section(log, 10_000, ""))

    assert "stdouta\nbstderrcblobprepd" in page.text
    assert [value for value in page.values("class") if value.startswith("line ")] == [
        "line out",
        "line err",
        "line note",
    ]


def test_the_end_of_a_long_log_is_kept_with_its_beginning() -> None:
    log = tuple(LogLine("out", f"line {place}.") for place in range(10_000))

    told = _read(log_section(log, 20_000, "./log.txt")).text

    assert "line 0." in told
    assert "line 9999." in told
    assert re.search(r"… [89],\d{3} lines left out here; all of them are in the log", told)


def test_a_figure_that_is_no_png_is_not_embedded() -> None:
    figures = (
        FigureView("a.png", "", b"<svg onload=alert(1)>", 21),
        FigureView("b.png", "figures/b.png", PNG, 24, "open"),
    )

    page = _read(figures_section(figures, Budget(10_000)))

    assert page.values("alt") == ["Figure 2: b.png"]
    assert page.values("width") == ["16"]
    assert "1 figure not in this page" in page.text
    assert "open when the script returned" in page.text


# What went wrong


def test_the_last_line_of_the_users_is_marked() -> None:
    page = _read(failure_section(ErrorRecord("0085", "Error 0085", TRACEBACK, "Look at 'mass'."), 10_000))
    marks = [value for tag, name, value in page.attributes if tag == "mark" and name == "class"]

    assert marks == ["own"]
    assert "prep.py, line 5, in clean" in page.text
    assert "What to do: Look at 'mass'." in page.text
    assert page.values("class").count("lib") == 2


def test_a_failure_is_told_by_its_exception_or_else_its_message() -> None:
    assert told_failure(ErrorRecord("0085", "Error 0085", TRACEBACK)) == "KeyError: 'mass'"
    assert told_failure(ErrorRecord("time", "It took too long.\nMore")) == "It took too long."
    assert told_failure(ErrorRecord("time", "")) == "time"


def test_a_failure_without_a_traceback_has_its_message() -> None:
    told = _read(failure_section(ErrorRecord("memory", "Too much memory.\nThe limit is 1 GB."), 10_000)).text

    assert "The limit is 1 GB." in told
    assert "Traceback" not in told


# What is recorded


def test_provenance_has_references_etags_versions_protocols_and_times() -> None:
    told = _read(provenance(manifest(), 100_000, {})).text

    for fact in (
        "az://raw/planets.csv",
        "0x8DC1",
        "2026-11-29",
        "https",
        "account key",
        "3.11.7",
        "seccomp",
        "0.75",
        "1.2 s",
    ):
        assert fact in told


def test_outputs_below_the_prefix_are_linked_and_others_are_not() -> None:
    elsewhere = replace(manifest().outputs[1], reference="az://pictures/a b.png")
    links = links_of(manifest(outputs=(*manifest().outputs, elsewhere)))

    assert links["az://raw/out/results.parquet"] == "./results.parquet"
    assert links["az://raw/out/figures/a b.png"] == "./figures/a%20b.png"
    assert not links.get("az://pictures/a b.png")
    assert links_of(failed()) == {"az://raw/out/log.txt": "./log.txt"}
    assert links_of(failed(), "../runs/a%20b/") == {"az://raw/out/log.txt": "../runs/a%20b/log.txt"}
    assert links_of(failed(), None) == {}


@given(st.text(max_size=20))
def test_a_link_stays_beside_the_page(path: str) -> None:
    target = link_target(path)

    assert not target or re.fullmatch(r"(\./|(\.\./)+)[^:?#\\<>\"&\s]*", target)
    assert not target.startswith(("//", ".//"))


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "//host/x", "/etc/passwd", "https://host", "a:b", "..//x", "\\\\host", "./ //x", ""]
)
def test_what_leads_elsewhere_is_no_link(path: str) -> None:
    assert link_target(path) == ""


# Markup


@given(st.text(), st.text())
def test_an_element_holds_texts_as_texts(child: str, value: str) -> None:
    page = _read(
        element(
            "p",
            child.encode("utf-8", "backslashreplace").decode(),
            title=value.encode("utf-8", "backslashreplace").decode(),
        )
    )

    assert page.tags == {"p"}


@pytest.mark.parametrize(
    ("type_", "kind", "told"),
    [
        ("time64[us]", "time", ("00:00:30", "23:47:30")),
        ("timestamp[us]", "time", ("1970-01-01 00:00:30", "1970-01-01 23:47:30")),
        ("timestamp[us, tz=Asia/Tokyo]", "time", ("1970-01-01 00:00:30Z", "1970-01-01 23:47:30Z")),
        ("duration[s]", "duration", ("30 s", "23 h 47 min")),
    ],
)
def test_axes_of_times_say_what_their_positions_mean(type_: str, kind: ColumnKind, told: tuple[str, str]) -> None:
    column = replace(numeric(), type=type_, kind=kind, bins=Bins((30.0, 85650.0), (98,)), log_bins=None, box=None)
    made = str(pane(column, "results", 0, 100))
    assert f"{told[0]} to {told[1]}: 98" in made
    assert ("1970-01-01" in made) == ("1970-01-01" in told[0])


def test_lengths_of_time_are_read_by_people_and_have_the_whole_as_their_title() -> None:
    column = replace(numeric(), type="duration[us]", kind="duration", mean="P17DT11H8M31.5S", deviation="P0DT0H0M1.25S")
    made = str(pane(column, "results", 0, 100))
    assert '<bdi dir="auto" title="P17DT11H8M31.5S">17 d 11 h</bdi>' in made
    assert '<bdi dir="auto" title="P0DT0H0M1.25S">1.25 s</bdi>' in made


def test_what_rounding_leaves_of_no_skewness_is_none() -> None:
    assert "<span>0</span>" in str(pane(replace(numeric(), skewness=-1.676e-17), "results", 0, 100))


def test_only_positions_that_mean_the_same_are_laid_over_each_other() -> None:
    bins = Bins((0.0, 1.0), (98,))
    times = replace(numeric(), type="timestamp[us]", kind="time", bins=bins)
    others: list[tuple[str, ColumnKind]] = [
        ("time32[s]", "time"), ("double", "numeric"), ("duration[s]", "duration"),
    ]  # fmt: skip
    for type_, kind in others:
        other = replace(times, type=type_, kind=kind)
        assert "path" not in overlay(times, other)
        assert "path" in overlay(other, other)
    assert "path" in overlay(times, replace(times, type="timestamp[us, tz=UTC]"))


def test_a_median_of_a_sample_is_marked_and_an_exact_one_is_not() -> None:
    marked = re.compile(r"Median\s*≈ \S")
    assert marked.search(_read(pane(replace(numeric(), quantiles_error=0.0013), "results", 0, 100)).text)
    assert not marked.search(_read(pane(replace(numeric(), quantiles_error=0.0), "results", 0, 100)).text)
    assert "≈" not in _read(pane(replace(numeric(), quantiles_error=0.0013, median=None, quantiles=()), "a", 0, 9)).text


@pytest.mark.parametrize(("error", "told"), [(0.0, False), (0.008, True)])
def test_what_the_marks_of_estimates_mean_is_told_where_there_are_any(error: float, told: bool) -> None:
    profile = replace(table(numeric(unique_error=error)), exact=False)  # pairs of columns are from some rows as well
    part = dataset_part(profile, "results", "Result dataset", Budget(10**6))
    assert any("marked ≈ or ±" in note for note in part.notes) == told
