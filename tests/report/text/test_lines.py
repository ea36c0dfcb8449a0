"""Tables and sentences that fit a paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from blobprep.report.text.cells import safe, width
from blobprep.report.text.lines import Paper, Span, fit, grid, plain, wrap

texts = st.text(max_size=20).map(safe)
tables = st.integers(1, 6).flatmap(
    lambda columns: st.lists(st.lists(texts, min_size=columns, max_size=columns), min_size=1, max_size=5)
)


def widths(lines: object) -> list[int]:
    return [width(line) for line in plain(lines).splitlines()]  # type: ignore[arg-type]


@given(tables, st.integers(62, 120))
def test_a_table_fits_the_paper_wherever_its_columns_can_keep_eight_cells(rows: list[list[str]], room: int) -> None:
    lines = grid([[Span(cell) for cell in row] for row in rows], Paper(room))

    assert max(widths(lines), default=0) <= room


def test_columns_stand_below_each_other_whatever_their_characters_take() -> None:
    rows = [[Span("日本語"), Span("1")], [Span("a"), Span("20")], [Span("👩‍🔬"), Span("3")]]

    assert plain(grid(rows, Paper(), right={1})) == "日本語   1\na       20\n👩‍🔬       3\n"


def test_cells_are_whole_where_a_line_may_be_of_any_length() -> None:
    assert plain(grid([[Span("x" * 60), Span("y" * 70)]], Paper())) == f"{'x' * 60}  {'y' * 70}\n"


def test_the_widest_columns_are_cut_first() -> None:
    assert fit([5, 50, 30], 60) == [5, 25, 25]
    assert fit([5, 5], 60) == [5, 5]


def test_paper_without_our_signs_gets_others_for_numbers() -> None:
    assert Paper(in_ascii=True).sign("≈ 12,300 ± 1 % × 10⁻⁹") == "~ 12,300 +/- 1 % x 10-9"
    assert Paper().sign("≈ 1") == "≈ 1"
    assert plain(grid([[Span("x" * 30)]], Paper(12, in_ascii=True))) == "xxxxxxxxx...\n"


@given(st.text(max_size=200), st.integers(40, 100))
def test_a_sentence_is_broken_between_its_words_and_loses_none(sentence: str, room: int) -> None:
    lines = plain(wrap(sentence, Paper(room), indent=4)).splitlines()
    words = [word for word in safe(sentence).split(" ") if word]

    assert [word for line in lines for word in line.split(" ") if word] == words
    assert all(width(line) <= room or " " not in line.strip() for line in lines)


def test_the_first_line_of_a_sentence_begins_with_what_it_is_about() -> None:
    lines = wrap("one two three four five six seven", Paper(30), indent=10, first=(Span("rows", "dim"),))

    assert plain(lines) == "rows      one two three four\n          five six seven\n"
