"""`blobprep check`: find what will break in a script or bundle, and fix it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.exit_codes import FINDINGS
from blobprep.cli.options import INPUTS, OUTPUTS
from blobprep.cli.output import note, print_json, print_line, write
from blobprep.cli.tables import print_finding
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from blobprep.checks import CheckResult
    from blobprep.cli.terminal import Terminal
    from blobprep.lint import Finding

__all__ = ["add_to"]

_NONE: Final = "-"
_MARKS: Final = {"error": "✗", "warning": "!", "note": "–"}
_INDENT: Final = 20
_EXAMPLES: Final = """\
blobprep check prep.py az://raw/iris.csv
blobprep check Hello.zip --fix --output Hello3.zip"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "check", _check, _EXAMPLES)


def _check(
    context: CommandContext,
    script: Annotated[
        str, typer.Argument(metavar="SCRIPT|ZIP", help="A script, a module zip or a folder: a path or a reference.")
    ],
    dataset1: Annotated[
        str | None,
        typer.Argument(metavar="DATASET1", help="The dataset for port Dataset1, as for run; it is not read."),
    ] = None,
    dataset2: Annotated[
        str | None, typer.Argument(metavar="DATASET2", help="The dataset for port Dataset2; it is not read.")
    ] = None,
    dataset2_option: Annotated[
        str | None,
        typer.Option(
            "--dataset2",
            metavar="REF",
            help="The dataset for port Dataset2, with none for port Dataset1.",
            rich_help_panel=INPUTS,
        ),
    ] = None,
    bundle: Annotated[
        str | None,
        typer.Option(
            "--bundle",
            metavar="REF|FOLDER",
            help="Module zip or folder for port Script Bundle; it is checked too.",
            rich_help_panel=INPUTS,
        ),
    ] = None,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Fix whatever needs no decision of yours; shows the changes and asks first.",
            rich_help_panel=OUTPUTS,
        ),
    ] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Show what --fix would change, and change nothing.", rich_help_panel=OUTPUTS),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --fix: write without asking.", rich_help_panel=OUTPUTS)
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="With --fix: write to this new file; a zip is never changed in place.",
            rich_help_panel=OUTPUTS,
        ),
    ] = None,
    comments: Annotated[
        bool,
        typer.Option(
            "--comments/--no-comments",
            help="With --fix: mark what you must fix yourself with comments.",
            rich_help_panel=OUTPUTS,
        ),
    ] = True,
    backup: Annotated[
        bool,
        typer.Option(
            "--backup/--no-backup", help="With --fix: keep the old file as NAME.bak.", rich_help_panel=OUTPUTS
        ),
    ] = True,
) -> int:
    """Find what will break in a script before you run it, and how to fix it; nothing is run."""
    if fix and context.as_json and not yes:
        raise InvalidOption("--fix asks before it writes, and cannot ask with --json", remedy="add --yes")
    if dataset2 is not None and dataset2_option is not None:
        raise InvalidOption("port Dataset2 is connected twice", remedy="leave --dataset2 out")
    from blobprep.checks.check import check

    first, second = (None if port == _NONE else port for port in (dataset1, dataset2_option or dataset2))
    result = check(script, first, second, bundle=bundle, workspace=context.workspace)
    context.warn()
    if fix or diff:
        return _fix(context, result, write_it=fix, ask=not yes, output=output, comments=comments, backup=backup)
    code = FINDINGS if result.grave else 0
    if context.as_json:
        print_json({**result.as_json(), "exit": code})
    else:
        _print(result, context.quiet, context.terminal)
    return code


def _fix(
    context: CommandContext,
    result: CheckResult,
    *,
    write_it: bool,
    ask: bool,
    output: str | None,
    comments: bool,
    backup: bool,
) -> int:
    """Show the changes, ask, write; return 9 where something is left for the user to fix."""
    files = result.preview_fixes(comments=comments)
    diffs = [file.diff for file in files]
    if not context.as_json:
        for diff in diffs:
            write(diff)
    fixes = sum(file.fixes for file in files)
    written: list[str] = []
    if write_it and files:
        if ask and not _confirm(fixes, len(files)):
            note("blobprep: nothing was written")
            return FINDINGS if result.grave else 0
        written = result.fix(output, comments=comments, backup=backup)
    left = sum(not finding.fixable for finding in result.grave)
    code = FINDINGS if (left if written or not files else result.grave) else 0
    if context.as_json:
        print_json({**result.as_json(), "diff": "".join(diffs), "written": written, "exit": code})
    elif not context.quiet:
        note(f"blobprep: {_describe_fixes(fixes, left, written)}")
    return code


def _confirm(fixes: int, files: int) -> bool:
    """Ask whether to write.

    Raises:
        InvalidOption: stdin is not a terminal.
    """
    if not sys.stdin.isatty():
        raise InvalidOption(
            "--fix asks before it writes, and stdin is not a terminal", remedy="add --yes, or use --diff"
        )
    return typer.confirm(f"write {_count(fixes, 'fix', 'fixes')} to {_count(files, 'file')}?", err=True)


def _describe_fixes(fixes: int, left: int, written: Sequence[str]) -> str:
    rest = f"{left} left for you to fix" if left else "nothing left to fix"
    if not fixes:
        return f"--fix can fix nothing here, {rest}"
    if not written:
        return f"{fixes} fixable with --fix, {rest}; nothing was written"
    return f"{fixes} fixed, {rest}; wrote {', '.join(written)}"


def _print(result: CheckResult, quiet: bool, terminal: Terminal | None) -> None:
    """Print the findings by file; quiet, without notes and remedies."""
    from blobprep.checks.verdict import VERDICTS

    findings = [finding for finding in result.findings if finding.level != "note" or not quiet]
    for number, (path, group) in enumerate(groupby(findings, key=lambda finding: finding.path)):
        write("\n" if number else "")
        print_line(path)
        for finding in group:
            _print_one(finding, quiet, terminal)
    if not quiet:
        write(f"{chr(10) if findings else ''}{_summarize(result)}\n{VERDICTS[result.verdict]}\n")


def _print_one(finding: Finding, quiet: bool, terminal: Terminal | None) -> None:
    place = f"{finding.line}:{finding.column}" if finding.line else ""
    mark = _MARKS[finding.level]
    lead = f"  {mark} {place:<8} {finding.code}  "
    remedy = "" if quiet else f"{finding.remedy}{'  [--fix]' * finding.fixable}"
    print_finding(mark, lead, [finding.message], remedy, indent=_INDENT, terminal=terminal)


def _summarize(result: CheckResult) -> str:
    """Return how much was found: `4 errors in 1 file, 3 fixable with --fix`."""
    counts: dict[str, Any] = result.as_json()["counts"]
    levels = [_count(count, level) for level, count in counts.items() if count]
    fixable = sum(finding.fixable for finding in result.findings)
    fixes = f", {fixable} fixable with --fix" if fixable else ""
    return f"{', '.join(levels) or 'nothing found'} in {_count(result.files, 'file')}{fixes}"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"
