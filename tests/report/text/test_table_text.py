"""A table as a text: rows, statistics, what folds and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.protocol.profiles import ColumnProfile, FrequentValue, SampleRows, TableProfile
from blobprep.report.text.cells import width
from blobprep.report.text.lines import Line, Paper, plain
from blobprep.report.text.statistics import value_text
from blobprep.report.text.table_text import titled_table
from tests.report.building import numeric, table, text

TIME = ColumnProfile(
    "since", "timestamp[us]", "time", 3, 0, 3, minimum="2020-01-01T00:00:00", maximum="2024-05-30T12:34:56"
)


def shown(profile: TableProfile, room: int | None = None, rows: int = 10, *, in_ascii: bool = False) -> str:
    return plain(titled_table(profile, "az://raw/planets.csv", Paper(room, in_ascii), note="csv", rows=rows))


def wide(columns: int) -> TableProfile:
    names = [numeric(f"column_{number}") for number in range(columns)]
    cells = (tuple(f"{number}.25" for number in range(columns)),) * 3
    return replace(table(*names, cells=cells), drawn=())


def test_a_table_shows_rows_and_then_a_line_for_each_column() -> None:
    told = shown(table())

    assert told == (
        "az://raw/planets.csv\n"
        "100 rows × 2 columns, 2.05 kB in memory · csv\n"
        "\n"
        "   planet    mass\n"
        "   string  double\n"
        "1  1            1\n"
        "2  ∅            ∅\n"
        "2 of 100 rows\n"
        "\n"
        "column  type    missing  unique  min    mean  median       max  distribution\n"
        "planet  string        0       2                                 Mars 60 %, Venus 40 %\n"
        "mass    double  2 (2 %)      97  0.5  3.1416       2  65,536.2  █▁\n"
    )


def test_rows_that_do_not_fit_beside_each_other_become_columns() -> None:
    lines = shown(wide(12), 60).splitlines()

    assert lines[3] == "column     type    row 1  row 2  row 3"
    assert lines[4] == "column_0   double  0.25   0.25   0.25"
    assert lines[15] == "column_11  double  11.25  11.25  11.25"


@pytest.mark.parametrize("room", [40, 60, 80, 100, 140])
def test_five_hundred_columns_fold_on_a_terminal_and_what_is_left_out_is_said(room: int) -> None:
    lines = shown(wide(500), room).splitlines()

    assert len(lines) < 100
    assert sum("464 columns between" in line for line in lines) == 2
    assert sum(line.startswith("column_0 ") for line in lines) == 2
    assert sum(line.startswith("column_499 ") for line in lines) == 2
    assert max(map(width, lines)) <= room


def test_five_hundred_columns_are_all_there_in_a_pipe() -> None:
    lines = shown(wide(500)).splitlines()

    assert all(any(line.startswith(f"column_{number} ") for line in lines) for number in range(500))
    assert "column_250" in lines[3]


def test_numbers_are_left_out_before_names_and_histograms_are() -> None:
    heads = {room: shown(table(), room).splitlines()[-3].split() for room in (100, 70, 50, 30)}

    assert heads[100][-3:] == ["median", "max", "distribution"]
    assert "median" not in heads[70]
    assert heads[50][0] == heads[30][0] == "column"
    assert heads[50][-1] == heads[30][-1] == "distribution"
    assert len(heads[100]) > len(heads[70]) > len(heads[50]) > len(heads[30])


def test_what_is_estimated_says_so() -> None:
    column = text(unique=12345, unique_error=0.01, frequent_rows=1000, frequent=(FrequentValue("Mars", 50, 4),))
    told = shown(table(column, numeric(quantiles_error=0.01), cells=(("1", "2"),)))

    assert "≈ 12,300 ± 1 %" in told
    assert "Mars ≈ 5 %" in told
    assert "≈ 2 " in told


def test_times_are_told_by_their_days_where_these_differ() -> None:
    one_day = replace(TIME, name="day", minimum="2020-01-01T00:00:00", maximum="2020-01-01T12:34:56")
    told = shown(table(TIME, one_day, cells=((None, None),)))

    assert [line.split()[-2:] for line in told.splitlines()[-2:]] == [
        ["2020-01-01", "2024-05-30"],
        ["2020-01-01", "12:34:56"],
    ]


def test_a_paper_in_ascii_gets_ascii() -> None:
    assert shown(table(text(unique_error=0.1, unique=55)), in_ascii=True).isascii()


def test_rows_that_are_not_beside_each_other_have_a_mark_between() -> None:
    sample = SampleRows((0, 1, 50, 99), 1, (("a",), ("b",), ("c",), ("d",)))
    lines = shown(replace(table(text()), sample=sample)).splitlines()

    assert [line[:3].strip() for line in lines[5:11]] == ["1", "2", "⋮", "51", "⋮", "100"]
    assert "2 of 100 rows" in shown(replace(table(text()), sample=sample), rows=2)


def test_few_rows_are_some_of_the_first_and_some_of_the_last() -> None:
    sample = SampleRows(tuple(range(100)), 1, tuple((str(number),) for number in range(100)))
    lines = shown(replace(table(text()), sample=sample), rows=4).splitlines()

    assert [line.split()[0] for line in lines[5:10]] == ["1", "2", "3", "⋮", "100"]


@pytest.mark.parametrize(
    "profile",
    [TableProfile(0, 0), TableProfile(5, 3), table(text(), rows=0), TableProfile(3, 2, columns=(text(),))],
    ids=["nothing", "no columns known", "no rows", "fewer columns known"],
)
def test_a_table_of_which_little_is_known_is_shown(profile: TableProfile) -> None:
    for room in (None, 80, 20):
        assert shown(profile, room).startswith("az://raw/planets.csv\n")


def test_columns_that_are_not_known_and_notes_are_told() -> None:
    profile = replace(table(text(note="no time was left")), width=7, notes=("Six columns did not fit.",))
    told = shown(profile)

    assert "6 columns more" in told
    assert "planet: no time was left" in told
    assert told.endswith("\nSix columns did not fit.\n")


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.integers(20, 120))
def test_what_strangers_wrote_acts_on_no_terminal_and_makes_no_line(texts: list[str], room: int) -> None:
    columns = [text(name, frequent=(FrequentValue(name, 3, len(name)),), note=name) for name in texts]
    profile = replace(table(*columns, cells=(tuple(texts), tuple(texts))), notes=tuple(texts))
    lines: list[Line] = titled_table(profile, texts[0], Paper(room))
    told = plain(lines)

    assert not {"\x1b", "\r", "\x07", "\x9b", "\u202e", "\u2066", "\x00"} & set(told)
    assert told.count("\n") == len(lines)


def test_values_are_as_a_person_reads_them() -> None:
    assert value_text(1234567.891) == "1,234,568"
    assert value_text("9007199254740993") == "9,007,199,254,740,993"
    assert value_text(-0.5) == "-0.5"
    assert value_text(None) == ""


def test_times_keep_their_zone_and_lengths_of_time_are_read_by_people() -> None:
    assert value_text("2024-05-30T11:00:00Z") == "2024-05-30 11:00:00Z"
    assert value_text("2024-05-30T12:00:00+01:00") == "2024-05-30 12:00:00+01:00"
    assert value_text("-P0DT0H8M20S") == "-8 min 20 s"
    assert value_text("9007199254740993") == "9,007,199,254,740,993"
