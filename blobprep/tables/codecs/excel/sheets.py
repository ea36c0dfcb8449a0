"""The choice of a workbook's sheet: by default the first one that Excel shows and that has cells.

Sheet numbers count all sheets, hidden ones too, so that hiding a sheet does not change the numbers of others.
"""

from __future__ import annotations

from typing import Any, Final

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["choose_sheet"]

_LISTED: Final = 50


def choose_sheet(workbook: Any, asked: AskedDataset) -> tuple[str, list[list[Any]], list[Translation]]:
    """Return the sheet with the requested name or number, or else the first visible sheet with cells.

    Returns:
        Its name, its rows (at least one), and a ledger entry if earlier sheets were skipped.

    Raises:
        DatasetError: there is no such sheet, or it has no cells; the remedy lists the sheets.
    """
    sheets = workbook.sheets_metadata
    if not sheets:
        raise dataset_error(asked, "has no sheets", "check the program that wrote the file")
    wanted = asked.options["sheet"]
    if not wanted:
        return _first_visible(workbook, asked)
    number = _find_position(wanted, [sheet.name for sheet in sheets])
    if number is None:
        raise dataset_error(asked, f"has no sheet {wanted!r}", _list_sheets(sheets))
    rows = workbook.get_sheet_by_index(number).to_python()
    if not rows:
        raise dataset_error(asked, f"has no cells in sheet {sheets[number].name!r}", _list_sheets(sheets))
    return sheets[number].name, rows, []


def _first_visible(workbook: Any, asked: AskedDataset) -> tuple[str, list[list[Any]], list[Translation]]:
    skipped: list[str] = []
    for number, sheet in enumerate(workbook.sheets_metadata):
        state = _hidden_state(sheet)
        rows = [] if state else workbook.get_sheet_by_index(number).to_python()
        if rows:
            return sheet.name, rows, _report_skipped(skipped, sheet.name, asked)
        skipped.append(f"{sheet.name!r} ({state or 'empty'})")
    raise _no_visible_cells(workbook, asked)


def _report_skipped(skipped: list[str], name: str, asked: AskedDataset) -> list[Translation]:
    if not skipped:
        return []
    shown = ", ".join(skipped[:_LISTED])
    detail = f"Sheet {name!r} was read, the first visible one with cells; skipped: {shown}."
    return [Translation(asked.port, "", "dropped", detail, False, option(asked, "sheet=NAME"), len(skipped))]


def _no_visible_cells(workbook: Any, asked: AskedDataset) -> DatasetError:
    for number, sheet in enumerate(workbook.sheets_metadata):
        if _hidden_state(sheet) and workbook.get_sheet_by_index(number).to_python():
            flag = option(asked, f"sheet={number + 1}")
            return dataset_error(
                asked,
                "has no cells in its visible sheets",
                f"{flag} reads {sheet.name!r}, which is {_hidden_state(sheet)}",
            )
    return dataset_error(asked, "has no cells in any of its sheets", _list_sheets(workbook.sheets_metadata))


def _find_position(wanted: str, names: list[str]) -> int | None:
    """Return the position, from 0, of the sheet with this name or number; None if there is no such sheet."""
    if wanted in names:
        return names.index(wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 and 0 < int(wanted) <= len(names):
        return int(wanted) - 1
    return None


def _hidden_state(sheet: Any) -> str:
    """Return why Excel does not show cells of a sheet; empty if it does."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if sheet.typ is not None and sheet.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.DialogSheet):
        return "no cells" if sheet.typ != SheetTypeEnum.ChartSheet else "a chart"
    return "" if sheet.visible in (None, SheetVisibleEnum.Visible) else "hidden"


def _list_sheets(sheets: list[Any]) -> str:
    names = [f"{sheet.name!r}{f' ({state})' if (state := _hidden_state(sheet)) else ''}" for sheet in sheets]
    return f"its sheets are {', '.join(names[:_LISTED])}"
