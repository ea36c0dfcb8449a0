"""Workbooks of Excel. What they look like inside is openpyxl's and calamine's; what their cells mean is tested here."""

from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.worksheet.table import Table

from blobprep.errors import DatasetError
from tests.tables.test_codecs import decoded, encoded, headed


def workbook(*sheets: list[list[Any]], tables: dict[str, str] | None = None, **epoch: Any) -> bytes:
    """Make a workbook of sheets `Sheet1` and so on; `tables` are names and ranges in the first."""
    book = openpyxl.Workbook()
    for name, value in epoch.items():
        setattr(book, name, value)
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    for name, place in (tables or {}).items():
        book["Sheet1"].add_table(Table(displayName=name, ref=place))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


DATA = Path(__file__).parents[1] / "data" / "excel"
ROWS = [["a", "b"], [1, "x"], [2, "y"]]


def column(*cells: Any, **options: str) -> Any:
    return decoded(workbook([["a"], *([cell] for cell in cells)]), "excel", **options)[0].column(0)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ([1, 2.0, None, -3], pa.int64(), [1, 2, None, -3]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        ([2**60], pa.float64(), [2.0**60]),
        ([True, None, False], pa.bool_(), [True, None, False]),
        (["007", "?", "", "NULL"], pa.string(), ["007", None, None, "NULL"]),
        (["#N/A", 1], pa.int64(), [None, 1]),
        ([None, "x"], pa.string(), [None, "x"]),
        ([datetime.date(2024, 5, 30)], pa.timestamp("ms"), [datetime.datetime(2024, 5, 30)]),
        (
            [datetime.datetime(2024, 5, 30, 18, 7, 0, 250_000), datetime.date(1900, 3, 1)],
            pa.timestamp("ms"),
            [datetime.datetime(2024, 5, 30, 18, 7, 0, 250_000), datetime.datetime(1900, 3, 1)],
        ),
        ([datetime.time(18, 7)], pa.time64("us"), [datetime.time(18, 7)]),
        ([datetime.timedelta(hours=30)], pa.duration("us"), [datetime.timedelta(hours=30)]),
    ],
)
def test_a_column_is_what_its_cells_are(cells: list[Any], kind: Any, values: list[Any]) -> None:
    array = column(*cells)

    assert array.type == kind
    assert array.to_pylist() == values


def test_dates_of_a_workbook_that_counts_from_1904_are_the_same_dates() -> None:
    data = workbook([["a"], [datetime.date(2024, 5, 30)]], epoch=datetime.datetime(1904, 1, 1))

    assert decoded(data, "excel")[0]["a"].to_pylist() == [datetime.datetime(2024, 5, 30)]


STATIONS = {
    "name": ["Oslo", "Bergen", "Tromsø é"],
    "count": [7, -3, 2**31],
    "share": [0.25, None, 0.001],
    "open": [True, False, True],
    "since": [datetime.datetime(2024, 5, 30), datetime.datetime(1999, 12, 31), datetime.datetime(1900, 3, 1)],
    "seen": [datetime.datetime(2024, 5, 30, 18, 7, 30), datetime.datetime(1999, 12, 31), None],
}


@pytest.mark.parametrize(
    ("name", "earliest"),
    [("stations.xls", datetime.datetime(1900, 3, 1)), ("stations_1904.xls", datetime.datetime(1904, 1, 2))],
)
def test_an_old_workbook_is_read_in_either_date_system(name: str, earliest: datetime.datetime) -> None:
    data = (DATA / name).read_bytes()

    table, ledger = decoded(data, "excel")

    assert table.to_pydict() == STATIONS | {"since": [*STATIONS["since"][:2], earliest]}
    assert ledger == []
    assert decoded(data, "excel", sheet="Notes")[0].to_pydict() == {"note": ["x"]}
    assert headed(data, 1, "excel")[1] == 3


@pytest.mark.parametrize(("name", "count"), [("days.xlsx", 4), ("days_1904.xlsx", 3)])
def test_days_are_those_that_excel_shows_in_either_date_system(name: str, count: int) -> None:
    moments = [
        datetime.datetime(1904, 1, 2),
        datetime.datetime(2000, 2, 29, 6),
        datetime.datetime(2024, 5, 30, 18, 7, 30),
        datetime.datetime(1900, 3, 1),
    ][:count]

    table = decoded((DATA / name).read_bytes(), "excel")[0]

    assert table["moment"].to_pylist() == moments
    assert table["day"].to_pylist() == [each.replace(hour=0, minute=0, second=0) for each in moments]


def test_the_day_that_only_excel_has_is_the_one_before_it() -> None:
    days = decoded((DATA / "serials_1900.xlsx").read_bytes(), "excel")[0]["day"].to_pylist()

    assert [f"{day:%m-%d}" for day in days] == ["01-01", "02-28", "02-28", "03-01"]


def _old_with_password() -> bytes:
    """Return an old workbook whose second record says that it has a password."""
    data = bytearray((DATA / "stations.xls").read_bytes())
    second = 512 + 20  # behind the header of the file and the first record of the workbook
    assert data[second : second + 4] == bytes([0xE1, 0, 2, 0])
    data[second] = 0x2F
    return bytes(data)


def test_a_workbook_with_a_password_is_called_that() -> None:
    for data in ((DATA / "encrypted.xlsx").read_bytes(), _old_with_password()):
        with pytest.raises(DatasetError, match="is protected by a password") as caught:
            decoded(data, "excel")
        assert "save it without a password" in caught.value.remedy


def test_cells_of_different_kinds_become_text_and_are_told() -> None:
    data = workbook([["a"], [1], ["x"], [2.5], [True], [datetime.date(2024, 5, 30)]])

    table, ledger = decoded(data, "excel")

    assert table["a"].to_pylist() == ["1", "x", "2.5", "True", "2024-05-30"]
    assert [(entry.column, entry.lossy, entry.count, entry.example) for entry in ledger] == [("a", True, 5, "1")]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("chain", ["directory", "workbook"])
def test_an_old_workbook_whose_sectors_lead_in_a_circle_is_refused(chain: str) -> None:
    data = bytearray((DATA / "stations.xls").read_bytes())
    table = (int.from_bytes(data[76:80], "little") + 1) * 512
    directory = int.from_bytes(data[48:52], "little")
    entry = data.index("Workbook".encode("utf-16-le"))
    first = directory if chain == "directory" else int.from_bytes(data[entry + 116 : entry + 120], "little")
    data[table + 4 * first : table + 4 * first + 4] = first.to_bytes(4, "little")

    with pytest.raises(DatasetError, match="is a damaged workbook: its sectors form a circle"):
        decoded(bytes(data), "excel")


def test_columns_may_stay_text() -> None:
    data = workbook([["a", "b"], [1, 2]])

    assert decoded(data, "excel", text="b")[0].to_pydict() == {"a": [1], "b": ["2"]}
    assert decoded(data, "excel", types="text")[0].to_pydict() == {"a": ["1"], "b": ["2"]}


def test_empty_rows_and_columns_before_the_data_are_no_part_of_it() -> None:
    data = workbook([[], [None, "a", "b"], [None, 1, "x"]])

    assert decoded(data, "excel")[0].to_pydict() == {"a": [1], "b": ["x"]}


def test_labels_may_be_missing_doubled_or_no_text() -> None:
    table, ledger = decoded(workbook([["a", None, "a", 2024], [1, 2, 3, 4]]), "excel")

    assert table.column_names == ["a", "Col2", "a (1)", "2024"]
    assert [(entry.column, entry.kind) for entry in ledger] == [("Col2", "rename"), ("a (1)", "rename")]
    assert decoded(workbook([[1, 2]]), "excel", header="false")[0].to_pydict() == {"Col1": [1], "Col2": [2]}


@pytest.mark.parametrize(
    ("options", "first"),
    [({}, "1"), ({"sheet": "Sheet2"}, "7"), ({"sheet": "2"}, "7"), ({"table": "Late"}, "2")],
)
def test_a_sheet_or_a_table_is_chosen(options: dict[str, str], first: str) -> None:
    data = workbook([["a", "b"], [1, 2], ["c", "d"], [2, 3]], [["a"], [7]], tables={"Late": "A3:B4"})

    assert str(decoded(data, "excel", **options)[0].column(0)[0]) == first


@pytest.mark.parametrize(
    ("options", "words", "remedy"),
    [
        ({"sheet": "x"}, "has no sheet 'x'", "'Sheet1', 'Sheet2'"),
        ({"sheet": "3"}, "has no sheet '3'", "'Sheet1', 'Sheet2'"),
        ({"sheet": "0"}, "has no sheet '0'", "'Sheet1', 'Sheet2'"),
        ({"table": "x"}, "has no table 'x'", "none"),
        ({"text": "x"}, "has no column 'x'", "'a', 'b'"),
        ({"sheet": "2"}, "has no cells in sheet 'Sheet2'", "'Sheet1', 'Sheet2'"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(options: dict[str, str], words: str, remedy: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        decoded(workbook(ROWS, []), "excel", **options)

    assert remedy in caught.value.remedy


def form() -> bytes:
    """Return a workbook whose table stands behind sheets that Excel hides, and such as have no cells."""
    book = openpyxl.Workbook()
    book.active.title = "Lists"
    book["Lists"].append(["choices"])
    book.create_sheet("Deep").append(["deeper"])
    book["Lists"].sheet_state, book["Deep"].sheet_state = "hidden", "veryHidden"
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.create_sheet("Empty")
    table = book.create_sheet("Form")
    for row in (["sample"], ["A-17"]):
        table.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "passed"),
    [
        (form(), "'Lists' (hidden), 'Deep' (hidden), 'Chart' (a chart), 'Empty' (empty)"),
        ((DATA / "hidden.xls").read_bytes(), "'Lists' (hidden), 'Very' (hidden), 'Empty' (empty)"),
    ],
)
def test_the_first_sheet_is_the_first_that_excel_shows_with_cells(data: bytes, passed: str) -> None:
    table, ledger = decoded(data, "excel")

    assert table.to_pydict() == {"sample": ["A-17"]}
    (entry,) = ledger
    assert entry.detail.startswith("Sheet 'Form' was read")
    assert entry.detail.endswith(f"skipped: {passed}.")
    assert (entry.lossy, entry.remedy) == (False, "--read1 sheet=NAME")


@pytest.mark.parametrize(("sheet", "label"), [("Lists", "choices"), ("1", "choices"), ("2", "deeper"), ("5", "sample")])
def test_who_names_a_hidden_sheet_gets_it_and_a_number_counts_all(sheet: str, label: str) -> None:
    table, ledger = decoded(form(), "excel", sheet=sheet)

    assert (table.column_names, ledger) == ([label], [])


@pytest.mark.parametrize(
    ("sheet", "words", "remedy"),
    [
        (
            "x",
            "has no sheet 'x'",
            "its sheets are 'Lists' (hidden), 'Deep' (hidden), 'Chart' (a chart), 'Empty', 'Form'",
        ),
        ("Chart", "has no cells in sheet 'Chart'", "'Chart' (a chart)"),
    ],
)
def test_an_error_about_a_sheet_lists_them_with_what_they_are(sheet: str, words: str, remedy: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        decoded(form(), "excel", sheet=sheet)

    assert remedy in caught.value.remedy


def test_a_workbook_whose_only_cells_are_hidden_says_how_to_read_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    del book["Form"]

    with pytest.raises(DatasetError, match="has no cells in its visible sheets") as caught:
        decoded(saved(book), "excel")

    assert caught.value.remedy == "--read1 sheet=1 reads 'Lists', which is hidden"


def with_cells(*cells: str) -> bytes:
    """Return a workbook of a column `a` with cells of this XML, in place of the numbers there."""
    plain = workbook([["a"], *([number + 1000] for number in range(len(cells)))])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as archive, zipfile.ZipFile(file, "w") as changed:
        for name in archive.namelist():
            text = archive.read(name)
            for number, cell in enumerate(cells):
                whole = f'<c r="A{number + 2}" t="n"><v>{number + 1000}</v></c>'
                assert name != "xl/worksheets/sheet1.xml" or whole.encode() in text
                text = text.replace(whole.encode(), cell.encode())
            changed.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("cell", "kind", "words", "example"),
    [
        ('<c r="A2" t="e"><v>#N/A</v></c>', "missing", "Errors became missing values", "#N/A"),
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "missing", "Errors became missing values", "#DIV/0!"),
        ('<c r="A2"><f>B2*2</f><v></v></c>', "missing", "Formulas that were never computed", "<f>B2*2</f>"),
        ('<c r="A2"><f>B2*2</f></c>', "missing", "Formulas that were never computed", "<f>B2*2</f>"),
        ('<c r="A2"><v>12345678901234567</v></c>', "type", "Numbers with more digits", "12345678901234567"),
    ],
)
def test_what_a_cell_loses_is_told_with_its_place(cell: str, kind: str, words: str, example: str) -> None:
    _, ledger = decoded(with_cells(cell, '<c r="A3"><v>7</v></c>'), "excel")

    (entry,) = ledger
    assert entry.detail.startswith(words)
    assert entry.detail.endswith("the first in cell A2 of sheet 'Sheet1'.")
    assert (entry.kind, entry.lossy, entry.count, entry.example) == (kind, True, 1, example)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="str"><f>IF(B2=1,2,"")</f><v></v></c>',
        '<c r="A2" t="str"><f>B2</f><v>12345678901234567</v></c>',
        '<c r="A2"><f>B2</f><v>12345678901234568</v></c>',
        '<c r="A2"><v>0.12345678901234567</v></c>',
        '<c r="A2"/>',
    ],
)
def test_a_cell_that_loses_nothing_is_not_told(cell: str) -> None:
    assert decoded(with_cells(cell), "excel")[1] == []


def test_only_cells_of_the_table_are_told() -> None:
    data = workbook([["a", "b"], [1, "=1+1"], [2, 3]], tables={"Late": "A1:A3"})

    assert decoded(data, "excel", table="Late")[1] == []
    assert [entry.count for entry in decoded(data, "excel")[1]] == [1]


def test_the_head_knows_how_many_rows_there_are() -> None:
    table, total = headed(workbook(ROWS), 1, "excel")

    assert (table.to_pydict(), total) == ({"a": [1], "b": ["x"]}, 2)


def test_what_is_written_reads_back() -> None:
    table = pa.table(
        {
            "integer": pa.array([1, None, -(2**53)], pa.int64()),
            "double": [0.1 + 0.2, 1e300, 5e-324],
            "text": ["=1+1", "_x0041_ \x01\t", "#N/A"],
            "flag": [True, None, False],
            "time": pa.array([0, 1, None], pa.timestamp("ms")),
        }
    ).set_column(4, "time", pa.array([datetime.datetime(2024, 5, 30, 18, 7, 0, 1000), None, None], pa.timestamp("ms")))

    data, ledger = encoded(table, "excel")

    assert decoded(data, "excel")[0].equals(table)
    assert ledger == []


@pytest.mark.parametrize(
    ("values", "kind", "written", "lossy"),
    [
        ([2**53 + 1], pa.int64(), ["9007199254740993"], False),
        ([float("inf"), 1.5], pa.float64(), ["inf", "1.5"], True),
        ([1.0], pa.float64(), [1], False),
        (["", "x"], pa.string(), [None, "x"], True),
        ([Decimal("1.50")], pa.decimal128(5, 2), ["1.50"], False),
        ([b"\x00"], pa.binary(), ["AA=="], False),
        ([[1]], pa.list_(pa.int64()), ["[1]"], False),
        ([datetime.datetime(1900, 2, 28)], pa.timestamp("ms"), ["1900-02-28T00:00:00"], False),
        ([datetime.datetime(2024, 1, 1, 0, 0, 0, 1)], pa.timestamp("us"), ["2024-01-01T00:00:00.000001"], False),
        ([datetime.datetime(2024, 1, 1)], pa.timestamp("ms", "UTC"), ["2024-01-01T00:00:00Z"], False),
        ([datetime.date(2024, 1, 1)], pa.date32(), [datetime.datetime(2024, 1, 1)], False),
        (["x"], pa.dictionary(pa.int8(), pa.string()), ["x"], False),
    ],
)
def test_what_no_cell_holds_is_written_as_text_and_told(
    values: list[Any], kind: Any, written: list[Any], lossy: bool
) -> None:
    data, ledger = encoded(pa.table({"a": pa.array(values, kind)}), "excel")

    assert decoded(data, "excel")[0]["a"].to_pylist() == written
    assert [(entry.column, entry.lossy) for entry in ledger] == [("a", lossy)]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            pa.table({"a": ["x", "y" * 32_768]}),
            "an Excel cell holds 32767 characters, but row 2 of column 'a' has 32768",
        ),
        (pa.table({"a": pa.nulls(1_048_576, pa.int8())}), "an Excel sheet holds 1048575 rows"),
        (pa.table({str(at): pa.nulls(0, pa.int8()) for at in range(16_385)}), "an Excel sheet holds 16384 columns"),
    ],
)
def test_what_is_larger_than_a_sheet_or_a_cell_is_refused(table: pa.Table, words: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        encoded(table, "excel")

    assert "--format parquet" in caught.value.remedy


def test_a_sheet_is_named_and_its_header_may_be_left_out() -> None:
    data, _ = encoded(pa.table({"a": ["x"]}), "excel", sheet="Sales", header="false")

    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Sales"]
    assert [[cell.value for cell in row] for row in book["Sales"]] == [["x"]]
    with pytest.raises(DatasetError, match="is not a valid sheet name"):
        encoded(pa.table({"a": ["x"]}), "excel", sheet="a/b")


@given(st.binary(max_size=40), st.integers(0, 6000))
def test_damage_is_a_dataset_error(noise: bytes, at: int) -> None:
    whole = workbook(ROWS)
    position = at % len(whole)
    try:
        decoded(whole[:position] + noise + whole[position + len(noise) :], "excel", compression="none")
    except DatasetError:
        return


def test_bytes_without_any_are_told_as_the_missing_cells_that_they_become() -> None:
    _, ledger = encoded(pa.table({"x": pa.array([b"", b"a", None])}), "excel")

    assert [(entry.kind, entry.lossy, entry.count) for entry in ledger] == [("text", False, 2), ("missing", True, 1)]
