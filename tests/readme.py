"""The parts of README that are computed from the code: `python -m tests.readme` writes them anew, a test compares.

A part stands between `<!-- name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from pathlib import Path

from blobprep import errors
from blobprep.formats import FORMATS, Option

README = Path(__file__).parents[1] / "README.md"
_PART = re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def _help() -> Iterator[str]:
    command = [str(Path(sys.executable).with_name("blobprep")), "run", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env={"COLUMNS": "110", "PATH": ""})
    yield "```console"
    yield "$ blobprep run --help"
    yield from (line.rstrip() for line in told.stdout.strip("\n").splitlines())
    yield "```"


def _run() -> Iterator[str]:
    """Tell each option of a run by its names everywhere."""
    from blobprep.execution.option_kinds import GROUPS
    from blobprep.execution.options import OPTIONS

    yield "| option | `blobprep.run`, `request` | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for option in sorted(OPTIONS.values(), key=lambda each: GROUPS.index(each.group)):
        flag = f"{option.flag} {option.metavar}".strip().replace("|", "\\|")
        default = "" if option.default in (MISSING, None, False) else f"`{option.default}`"
        setting = f"setting `{option.setting}`" if option.setting else default
        yield f"| `{flag}` | `{option.name}` | {setting} | {option.help} |"


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
    from blobprep.cli.exits import code_of

    yield "| error (`blobprep.errors`) | exit | meaning |"
    yield "| --- | --- | --- |"
    drawn = errors.__doc__ or ""
    for name in sorted(errors.__all__, key=lambda each: re.search(rf"\b{each}\b", drawn).start()):  # type: ignore[union-attr]
        kind = getattr(errors, name)
        sentence = " ".join((kind.__doc__ or "").split("\n\n")[0].split()).rstrip(".")
        says = sentence.removeprefix("Say that ").removeprefix("Say ")
        yield f"| `{name}` | {code_of(kind())} | {says} |"


def _settings() -> Iterator[str]:
    from blobprep.workspace.settings import SETTINGS

    yield "| setting | environment | argument | default | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for row in SETTINGS:
        variables = ", ".join(f"`{name}`" for name in row.environment)
        argument, default = (f"`{value}`" if value else "" for value in (row.argument, row.default))
        choices = f" ({', '.join(row.choices)})" if row.choices else ""
        yield f"| `{row.name}` | {variables} | {argument} | {default} | {row.help}{choices} |"


def _types() -> Iterator[str]:
    """Tell of each type what the script sees, what comes back, and in which formats it lives; from the matrix test."""
    from blobprep.child.codecs import CODECS
    from tests.child.kinds import KINDS, Kind, journey, returned, seen

    names = [name for name in FORMATS if name in CODECS]
    yield f"| type | the script sees | comes back as | {' | '.join(names)} |"
    yield f"| --- | --- | --- |{' :-: |' * len(names)}"
    rows: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        rows.setdefault(kind.name, []).append(kind)
    for name, kinds in rows.items():
        marks = ("".join(dict.fromkeys(journey(kind, each).mark for kind in kinds)) for each in names)
        yield f"| {name} | {_brief(map(seen, kinds))} | {_brief(map(returned, kinds))} | {' | '.join(marks)} |"


def _findings() -> Iterator[str]:
    from blobprep.portability import CODES

    yield "| code | level | what is found |"
    yield "| --- | --- | --- |"
    yield from (f"| `{name}` | {code.level} | {code.title} |" for name, code in CODES.items())


def _brief(names: Iterable[str]) -> str:
    """Return names without repetition, the first and the last of many."""
    shown = [f"`{name}`" for name in dict.fromkeys(names)]
    return ", ".join(shown) if len(shown) < 3 else f"{shown[0]} … {shown[-1]}"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "help": _help,
    "run": _run,
    "formats": _formats,
    "options": _options,
    "errors": _errors,
    "findings": _findings,
    "settings": _settings,
    "types": _types,
}


def renewed(text: str) -> str:
    """Return README with its computed parts as the code has them now."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        body = "\n".join(PARTS[name]()) if name in PARTS else None
        return match[0] if body is None else f"<!-- {name} -->\n{body}\n<!-- end -->"

    return _PART.sub(part, text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
