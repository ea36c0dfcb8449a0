"""The sheets of a workbook, and which of them is the dataset: as Excel shows them, the first that holds cells.

A number counts all sheets in their order, those that Excel does not show too, so that it stays when one is hidden.
"""

from __future__ import annotations

from typing import Any, Final

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["chosen"]

_LISTED: Final = 50


def chosen(workbook: Any, asked: AskedDataset) -> tuple[str, list[list[Any]], list[Translation]]:
    """Return the sheet that is asked for, by name or number, else the first visible one with cells.

    Returns:
        Its name; its rows, one at least; and an entry where sheets before it were passed over.

    Raises:
        DatasetError: there is no such sheet, or it has no cells; lists those there are.
    """
    sheets = workbook.sheets_metadata
    if not sheets:
        raise dataset_error(asked, "has no sheets", "check what wrote it")
    wanted = asked.options["sheet"]
    if not wanted:
        return _first(workbook, asked)
    number = _number(wanted, [sheet.name for sheet in sheets])
    if number is None:
        raise dataset_error(asked, f"has no sheet {wanted!r}", _listed(sheets))
    rows = workbook.get_sheet_by_index(number).to_python()
    if not rows:
        raise dataset_error(asked, f"has no cells in sheet {sheets[number].name!r}", _listed(sheets))
    return sheets[number].name, rows, []


def _first(workbook: Any, asked: AskedDataset) -> tuple[str, list[list[Any]], list[Translation]]:
    passed: list[str] = []
    for number, sheet in enumerate(workbook.sheets_metadata):
        state = _state(sheet)
        rows = [] if state else workbook.get_sheet_by_index(number).to_python()
        if rows:
            return sheet.name, rows, _passed_over(passed, sheet.name, asked)
        passed.append(f"{sheet.name!r} ({state or 'empty'})")
    raise _nothing_visible(workbook, asked)


def _passed_over(passed: list[str], name: str, asked: AskedDataset) -> list[Translation]:
    if not passed:
        return []
    shown = ", ".join(passed[:_LISTED])
    detail = f"Sheet {name!r} was read, the first that Excel shows with cells; passed over: {shown}."
    return [Translation(asked.port, "", "dropped", detail, False, option(asked, "sheet=NAME"), len(passed))]


def _nothing_visible(workbook: Any, asked: AskedDataset) -> DatasetError:
    for number, sheet in enumerate(workbook.sheets_metadata):
        if _state(sheet) and workbook.get_sheet_by_index(number).to_python():
            way = option(asked, f"sheet={number + 1}")
            return dataset_error(
                asked,
                "has no cells in the sheets that Excel shows",
                f"{way} reads {sheet.name!r}, which is {_state(sheet)}",
            )
    return dataset_error(asked, "has no cells in any of its sheets", _listed(workbook.sheets_metadata))


def _number(wanted: str, names: list[str]) -> int | None:
    """Return the position of a sheet, from 0, by its name or else its number; None for no such sheet."""
    if wanted in names:
        return names.index(wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 and 0 < int(wanted) <= len(names):
        return int(wanted) - 1
    return None


def _state(sheet: Any) -> str:
    """Return why Excel does not show cells of a sheet, empty where it does."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if sheet.typ is not None and sheet.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.DialogSheet):
        return "no cells" if sheet.typ != SheetTypeEnum.ChartSheet else "a chart"
    return "" if sheet.visible in (None, SheetVisibleEnum.Visible) else "hidden"


def _listed(sheets: list[Any]) -> str:
    named = [f"{sheet.name!r}{f' ({state})' if (state := _state(sheet)) else ''}" for sheet in sheets]
    return f"its sheets are {', '.join(named[:_LISTED])}"
