"""The decoder of JSON datasets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.csv.dates import date_columns, parse_dates
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.json.columns import Columns
from blobprep.tables.codecs.json.oddities import Oddities
from blobprep.tables.codecs.labels import rename_entries, unique_labels
from blobprep.tables.codecs.sources import BlobSource, DecodedTable, Source
from blobprep.tables.codecs.text.lines import Block, read_blocks
from blobprep.tables.codecs.text.repairs import Repairs

__all__ = ["decode_document", "decode_lines", "head_document", "head_lines"]

_SHOWN: Final = 60
_BLANKS: Final = " \t\r\n"

Row = dict[str, Any]


def decode_lines(parts: list[BlobSource]) -> DecodedTable:
    """Read one object per line from one or several blobs, while they arrive; see `blobprep.tables.codecs.decode`.

    The objects need not have the same keys.
    """
    columns, oddities, repairs = Columns(), Oddities(), Repairs()
    for part in parts:
        before = columns.rows
        for block in read_blocks(part.source, part.asked, repairs):
            lines = _filled_lines(block)
            text = _join_lines(lines)
            seen = columns.add(_parse_objects(lines, text, part.asked))
            oddities.look_for_keys(text, seen.keys)
            oddities.look_for_infinities(text, seen.infinite, list)
            oddities.look_for_digits(text, list)
        part.rows.append(columns.rows - before)
    table, ledger = _convert_dates(columns, parts[0].asked, oddities)
    return table, ledger + repairs.entries(parts[0].asked)


def head_lines(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read the first objects from the first lines; see `blobprep.tables.codecs.head`."""
    columns, count = Columns(), 0
    following = read_blocks(source, asked, Repairs(), head=True)
    for block in following:
        lines = _filled_lines(block)
        objects = _parse_objects(lines, _join_lines(lines), asked)
        columns.add(objects[: max(1, rows - count)])  # at least one, for its keys
        count += len(objects)
        if count > rows:
            total = count if next(following, None) is None else None
            return _convert_dates(columns, asked)[0].slice(0, rows), total
    return _convert_dates(columns, asked)[0], count


def decode_document(parts: list[BlobSource]) -> DecodedTable:
    """Read documents once they have arrived completely; see `blobprep.tables.codecs.decode`."""
    columns, oddities, repairs = Columns(), Oddities(), Repairs()
    changes: list[Translation] = []
    for part in parts:
        asked = part.asked
        text = "".join(block.text for block in read_blocks(part.source, asked, repairs))
        listed = text.lstrip(_BLANKS).startswith("[")
        # A document that wraps its rows has keys around them, so comparing counts would always find a difference.
        document = _parse_document(text, json.loads if listed else oddities.read, asked)
        rows = _find_rows(document, asked)
        part.rows.append(len(rows))
        changes += _report_split(document, asked)
        seen = columns.add(rows)
        if listed:
            oddities.look_for_keys(text, seen.keys)
        oddities.look_for_infinities(text, seen.infinite, partial(_find_rows, asked=asked))
        oddities.look_for_digits(text, partial(_find_rows, asked=asked))
    table, ledger = _convert_dates(columns, parts[0].asked, oddities)
    return table, changes + ledger + repairs.entries(parts[0].asked)


def head_document(source: Source, asked: AskedDataset, rows: int) -> tuple[pa.Table, int | None]:
    """Read a document and return its first rows; see `blobprep.tables.codecs.head`."""
    table = decode_document([BlobSource(source, asked)])[0]
    return table.slice(0, rows), table.num_rows


def _convert_dates(columns: Columns, asked: AskedDataset, oddities: Oddities | None = None) -> DecodedTable:
    table, ledger = columns.table(asked)
    ledger += oddities.entries(table.column_names, asked) if oddities else []
    for label in date_columns(table.column_names, asked):
        position = table.column_names.index(label)
        cells = table.column(position)
        if not pa.types.is_string(cells.type):
            raise dataset_error(
                asked,
                f"has {cells.type}, not text, in column {label!r}, which the option dates names",
                f"leave the column out of {option(asked, 'dates=')}",
            )
        values, entry = parse_dates(cells, label, asked)
        table = table.set_column(position, label, values)
        ledger += [entry] if entry else []
    return table, ledger


def _filled_lines(block: Block) -> list[tuple[int, str]]:
    """Return the lines that are not blank, with their numbers."""
    return [(number, line) for number, line in block.lines() if line.strip(_BLANKS)]


def _join_lines(lines: list[tuple[int, str]]) -> str:
    """Join lines, each an object, to a JSON array."""
    return f"[{','.join(line for _, line in lines)}]"


def _parse_objects(lines: list[tuple[int, str]], text: str, asked: AskedDataset) -> list[Row]:
    """Parse lines to objects: all at once, and one by one only to find an error."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError):
        objects = []
    if len(objects) == len(lines) and all(type(row) is dict for row in objects):
        return list(objects)
    return [_parse_object(number, line, asked) for number, line in lines]


def _parse_object(number: int, line: str, asked: AskedDataset) -> Row:
    try:
        value = json.loads(line)
    except RecursionError as error:
        raise dataset_error(asked, f"has values nested too deeply to read, in line {number}") from error
    except ValueError as error:
        reason = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        remedy = option(asked, "format=json") if line.strip(_BLANKS) in ("[", "{") else "fix the line"
        raise dataset_error(
            asked, f"has invalid JSON in line {number} ({reason}): {line[:_SHOWN]!r}", remedy
        ) from error
    if not isinstance(value, dict):
        remedy = option(asked, "format=json") if number == 1 else "write one object per line"
        raise dataset_error(asked, f"line {number} is not a JSON object: {line[:_SHOWN]!r}", remedy)
    return value


def _parse_document(text: str, read: Callable[[str], Any], asked: AskedDataset) -> Any:
    try:
        return read(text)
    except RecursionError as error:
        raise dataset_error(asked, "has values nested too deeply to read") from error
    except json.JSONDecodeError as error:
        lines = error.msg == "Extra data" and text[: error.pos].strip(_BLANKS).endswith("}")
        remedy = option(asked, "format=jsonl") if lines else "check the program that wrote the file"
        raise dataset_error(
            asked, f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}", remedy
        ) from error
    except ValueError as error:  # a number with more digits than Python converts
        raise dataset_error(asked, f"is JSON that cannot be read: {error}") from error


def _find_rows(document: Any, asked: AskedDataset) -> list[Row]:
    """Return the rows of a document: an array of objects, an object of arrays, or what pandas' `split` writes."""
    found = _find_records(document, asked)
    if isinstance(found, dict):
        if _is_split(found):
            return list(_split_rows(found["columns"], found["data"], asked))
        return _rows_of_columns(found, asked)
    if not isinstance(found, list):
        raise dataset_error(asked, f"contains no rows: {json.dumps(found)[:_SHOWN]}", "write an array of objects")
    for number, row in enumerate(found, 1):
        if not isinstance(row, dict):
            raise dataset_error(
                asked, f"row {number} is not an object: {json.dumps(row)[:_SHOWN]}", "write an array of objects"
            )
    return found


def _find_records(document: Any, asked: AskedDataset) -> Any:
    found = document
    for key in filter(None, asked.options["records"].split(".")):
        if not isinstance(found, dict) or key not in found:
            keys = f"its keys are {', '.join(map(repr, list(found)[:20]))}" if isinstance(found, dict) else ""
            raise dataset_error(asked, f"has no key {key!r}, which the option records names", keys)
        found = found[key]
    return found


def _is_split(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(key), list) for key in ("columns", "data"))


def _split_rows(labels: list[Any], data: list[Any], asked: AskedDataset) -> Iterator[Row]:
    names = unique_labels(map(str, labels))
    for number, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(names):
            what = f"row {number} is not an array of {len(names)} values"
            raise dataset_error(asked, what, "check the program that wrote the file")
        yield dict(zip(names, row, strict=True))


def _report_split(document: Any, asked: AskedDataset) -> list[Translation]:
    """Return ledger entries for labels that were numbered and for row names, which are dropped."""
    found = _find_records(document, asked)
    if not _is_split(found):
        return []
    names = [str(label) for label in found["columns"]]
    ledger = rename_entries(asked.port, names, unique_labels(names))
    index = found.get("index")
    if isinstance(index, list) and index and index != list(range(len(index))):
        detail = "The row names under 'index' were dropped."
        example = json.dumps(index[0])[:_SHOWN]
        remedy = "call reset_index() before to_json"
        ledger.append(Translation(asked.port, "", "index", detail, True, remedy, len(index), example))
    return ledger


def _rows_of_columns(columns: dict[str, Any], asked: AskedDataset) -> list[Row]:
    lists = {label: values for label, values in columns.items() if isinstance(values, list)}
    lengths = {len(values) for values in lists.values()}
    wrapped = len(columns) == 1 and any(isinstance(value, dict) for values in lists.values() for value in values)
    if len(lists) < len(columns) or len(lengths) != 1 or wrapped:
        raise _no_rows(columns, lists, asked)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _no_rows(columns: dict[str, Any], lists: dict[str, list[Any]], asked: AskedDataset) -> DatasetError:
    rows = next((label for label, values in lists.items() if values and isinstance(values[0], dict)), None)
    if rows is not None:
        return dataset_error(asked, f"is an object whose key {rows!r} holds rows", option(asked, f"records={rows}"))
    keys = ", ".join(map(repr, list(columns)[:20])) or "none"
    return dataset_error(asked, f"is an object without rows; its keys are {keys}", "write an array of objects")
