"""The parts of the documents that are computed from the code: `make docs-tables` writes them anew, a test compares.

The documents are README.md and the pages in docs/. A part stands between `<!-- name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import MISSING, fields
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import blobprep
from blobprep import errors
from blobprep.formats import FORMATS, Option
from blobprep.protocol.comparisons import CHANGES_LIMIT
from blobprep.protocol.profiles import CELL_LIMIT

TOP = Path(__file__).parents[1]
README = TOP / "README.md"
DOCS = TOP / "docs"
_PART = re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.DOTALL)

CLASSIC = """
import pandas as pd
from sklearn.cross_validation import train_test_split

def azureml_main(dataframe1=None):
    print "rows", len(dataframe1)
    first = dataframe1.ix[0]
    panel = pd.Panel()
    return dataframe1,
"""


def documents() -> list[Path]:
    """Return README and the pages in docs/."""
    return [README, *sorted(DOCS.rglob("*.md"))]


def _told(*arguments: str) -> Iterator[str]:
    """Tell a command and what it prints, as a terminal shows them."""
    from blobprep.cli.app import command

    told = io.StringIO()
    with patch.dict(os.environ, COLUMNS="110"), redirect_stdout(told):
        command().main(list(arguments), prog_name="blobprep", standalone_mode=False)
    yield "```console"
    yield " ".join(("$ blobprep", *arguments))
    yield from (line.rstrip() for line in told.getvalue().strip("\n").splitlines())
    yield "```"


def _help() -> Iterator[str]:
    """Tell what every command answers to `--help`."""
    from blobprep.cli.app import command

    for name in command().commands:  # type: ignore[attr-defined]
        yield from ("", f"### blobprep {name}", "", *_told(name, "--help"))
    yield ""


def _check() -> Iterator[str]:
    """Tell what `blobprep check` finds in a script of the time of Studio."""
    yield from ("```py", *CLASSIC.strip("\n").splitlines(), "```", "")
    with TemporaryDirectory() as folder, chdir(folder):
        Path("prep.py").write_text(CLASSIC.lstrip())
        yield from _told("check", "prep.py")


def _run() -> Iterator[str]:
    """Tell each option of a run by its names everywhere."""
    from blobprep.runs.option_kinds import GROUPS
    from blobprep.runs.options import OPTIONS

    yield "| option | `blobprep.run`, `request` | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for option in sorted(OPTIONS.values(), key=lambda each: GROUPS.index(each.group)):
        flag = f"{option.flag} {option.metavar}".strip().replace("|", "&#124;")
        default = "" if option.default in (MISSING, None, False) else f"`{option.default}`"
        meaning = f"do not {option.help} (`{option.name}=False`)" if option.negated else option.help
        setting = f"setting `{option.setting}`" if option.setting else default
        yield f"| `{flag}` | `{option.name}` | {setting} | {meaning} |"


def _formats() -> Iterator[str]:
    yield "| format | extensions | content types | is |"
    yield "| --- | --- | --- | --- |"
    for row in FORMATS.values():
        extensions = ", ".join(f"`{each}`" for each in row.extensions)
        content_types = ", ".join(f"`{each}`" for each in row.content_types)
        yield f"| `{row.name}` | {extensions} | {content_types} | {row.help} |"


def _options() -> Iterator[str]:
    yield "| formats | to | option | default | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    rows: dict[tuple[str, Option], list[str]] = {}
    for row in FORMATS.values():
        for verb, options in (("read", row.reads), ("write", row.writes)):
            for option in options.values():
                rows.setdefault((verb, option), []).append(row.name)
    for (verb, option), names in rows.items():
        choices = f" ({', '.join(option.choices)})" if option.choices else ""
        default = f"`{option.default}`" if option.default else "none"
        yield f"| {', '.join(names)} | {verb} | `{option.name}` | {default} | {option.help}{choices} |"


def _errors() -> Iterator[str]:
    from blobprep.cli.exit_codes import code_of

    yield "| error (`blobprep.errors`) | exit | meaning |"
    yield "| --- | --- | --- |"
    drawn = errors.__doc__ or ""
    for name in sorted(errors.__all__, key=lambda each: re.search(rf"\b{each}\b", drawn).start()):  # type: ignore[union-attr]
        kind = getattr(errors, name)
        sentence = " ".join((kind.__doc__ or "").split("\n\n")[0].split()).rstrip(".")
        yield f"| `{name}` | {code_of(kind())} | {sentence} |"


def _settings() -> Iterator[str]:
    from blobprep.settings.table import SETTINGS

    yield "| setting | environment | argument | default | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for row in SETTINGS:
        variables = ", ".join(f"`{name}`" for name in row.environment)
        argument, default = (f"`{value}`" if value else "" for value in (row.argument, row.default))
        choices = f" ({', '.join(row.choices)})" if row.choices else ""
        yield f"| `{row.name}` | {variables} | {argument} | {default} | {row.help}{choices} |"


def _types() -> Iterator[str]:
    """Tell of each type what the script sees, what comes back, and in which formats it lives; from the matrix test."""
    from blobprep.tables.codecs import CODECS
    from tests.tables.kinds import KINDS, Kind, journey, returned, seen

    names = [name for name in FORMATS if name in CODECS]
    yield f"| type | the script sees | comes back as | {' | '.join(names)} |"
    yield f"| --- | --- | --- |{' :-: |' * len(names)}"
    rows: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        rows.setdefault(kind.name, []).append(kind)
    for name, kinds in rows.items():
        marks = ("".join(dict.fromkeys(journey(kind, each).mark for kind in kinds)) for each in names)
        yield f"| {name} | {_brief(map(seen, kinds))} | {_brief(map(returned, kinds))} | {' | '.join(marks)} |"


def _manifest() -> Iterator[str]:
    """Tell the fields of a manifest."""
    return _schema("manifest")


def _batch() -> Iterator[str]:
    """Tell the fields of the record of a batch."""
    return _schema("batch")


def _schema(name: str) -> Iterator[str]:
    """Tell the fields of a record, from its schema."""
    schema = json.loads(files("blobprep").joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    yield "| field | is | meaning |"
    yield "| --- | --- | --- |"
    yield from (f"| `{name}` | {is_} | {meaning} |" for name, is_, meaning in _fields(schema, ""))


def _fields(schema: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Flatten a JSON schema: what is in a list is `name[].field`, what is by name `name.*.field`."""
    for key, value in schema.get("properties", {}).items():
        shapes = [shape for shape in value.get("anyOf", [value]) if shape.get("type") != "null"]
        shape = shapes[0]
        name = f"{prefix}{key}"
        is_ = "or null" if len(value.get("anyOf", ())) > 1 else ""
        yield name, f"{_kind(shape)} {is_}".strip(), value.get("description", "")
        below = shape.get("additionalProperties")
        if shape.get("type") == "array":
            yield from _fields(shape["items"], f"{name}[].")
        elif isinstance(below, dict):
            yield from _fields(below, f"{name}.*.")
        else:
            yield from _fields(shape, f"{name}.")


def _kind(shape: dict[str, Any]) -> str:
    if "const" in shape:
        return f"`{json.dumps(shape['const'])}`"
    if "enum" in shape:
        return ", ".join("null" if value is None else f"`{value}`" for value in shape["enum"])
    kinds = shape.get("type", "")
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def _library() -> Iterator[str]:
    """Tell the public names of the package."""
    yield "| name | is |"
    yield "| --- | --- |"
    for name in blobprep.__all__:
        sentence = " ".join((getattr(blobprep, name).__doc__ or "").split("\n\n")[0].split()).rstrip(".")
        yield f"| `blobprep.{name}` | {sentence} |"


def _findings() -> Iterator[str]:
    from blobprep.lint import CODES

    yield "| code | level | what is found |"
    yield "| --- | --- | --- |"
    yield from (f"| `{name}` | {code.level} | {code.title} |" for name, code in CODES.items())


def _shapes() -> Iterator[str]:
    """Tell the fields of what `show --json` prints, from the docstrings of their shapes."""
    from blobprep.protocol import comparisons, profiles

    shapes = (
        *(profiles.TableProfile, profiles.ColumnProfile, profiles.Bins, profiles.BoxPlot, profiles.FrequentValue),
        *(profiles.SampleRows, profiles.DrawnColumn, profiles.Associations),
        *(comparisons.TableComparison, comparisons.ColumnComparison, comparisons.ChangedRow),
        *(comparisons.ChangedCell, comparisons.SingleRow),
    )
    return _told_shapes(shapes)


def _items() -> Iterator[str]:
    """Tell the fields of the record of an item."""
    from blobprep.batches import items, records

    return _told_shapes((records.ItemRecord, items.InputBlob, records.ItemOutput, records.ItemError))


def _told_shapes(shapes: Iterable[type[Any]]) -> Iterator[str]:
    for shape in shapes:
        summary, _, attributes = inspect.cleandoc(shape.__doc__ or "").partition("\n\nAttributes:\n")
        yield from ("", f"### {shape.__name__}", "", " ".join(summary.split()), "", "| field | is |", "| --- | --- |")
        told = _attributes(attributes)
        rest = {field.name for field in fields(shape)}.difference(*(names for names, _ in told))
        for names, meaning in told:
            beside = [name for name in sorted(rest) if f"`{name}`" in meaning]  # `bins: a histogram; `log_bins` one …`
            rest -= set(beside)
            yield f"| {', '.join(f'`{name}`' for name in (*names, *beside))} | {meaning} |"
        assert not told or not rest, f"{shape.__name__} does not tell {rest}"
        yield from (f"| `{field.name}` | |" for field in fields(shape) if field.name in rest)
    yield ""


def _attributes(text: str) -> list[tuple[list[str], str]]:
    """Return what a docstring says of attributes; several may share a line."""
    told = []
    for part in re.split(r"\n(?=    \w)", f"\n{text}")[1:]:
        names, _, meaning = part.strip().partition(": ")
        meaning = (
            " ".join(meaning.split())
            .replace("|", "&#124;")
            .replace("None", "null")
            .replace("`CELL_LIMIT`", f"{CELL_LIMIT:,}")
        )
        meaning = meaning.replace("`CHANGES_LIMIT`", f"{CHANGES_LIMIT:,}")
        told.append((names.split(", "), meaning))
    return told


def _brief(names: Iterable[str]) -> str:
    """Return names without repetition, the first and the last of many."""
    shown = [f"`{name}`" for name in dict.fromkeys(names)]
    return ", ".join(shown) if len(shown) < 3 else f"{shown[0]} … {shown[-1]}"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "batch": _batch,
    "check": _check,
    "help": _help,
    "run": _run,
    "formats": _formats,
    "options": _options,
    "errors": _errors,
    "findings": _findings,
    "items": _items,
    "library": _library,
    "manifest": _manifest,
    "settings": _settings,
    "shapes": _shapes,
    "types": _types,
}


def renewed(text: str) -> str:
    """Return a document with its computed parts as the code has them now."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        body = "\n".join(PARTS[name]()) if name in PARTS else None
        return match[0] if body is None else f"<!-- {name} -->\n{body}\n<!-- end -->"

    return _PART.sub(part, text)


if __name__ == "__main__":
    for document in documents():
        document.write_text(renewed(document.read_text(encoding="utf-8")), encoding="utf-8")
