"""`blobprep check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blobprep.cli.context import session
from blobprep.cli.exit_codes import FINDINGS
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.output import note, print_json, write
from blobprep.errors import InvalidOption

if TYPE_CHECKING:
    from blobprep.checks import CheckResult
    from blobprep.lint import Finding

__all__ = ["add_to"]

_NONE: Final = "-"


_EXAMPLES: Final = """\
blobprep check prep.py az://raw/iris.csv
blobprep check Hello.zip --fix --output Hello3.zip"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", cls=SectionedCommand, epilog=_EXAMPLES)(_check)


def _check(
    script: Annotated[
        str, typer.Argument(metavar="SCRIPT|ZIP", help="A script, a module zip or a folder: a path or a reference.")
    ],
    dataset1: Annotated[
        str | None, typer.Argument(metavar="DATASET1", help="What will be connected, as for run; nothing is read.")
    ] = None,
    dataset2: Annotated[str | None, typer.Argument(metavar="DATASET2", help="Port Dataset2.")] = None,
    dataset2_option: Annotated[
        str | None, typer.Option("--dataset2", metavar="REF", help="Port Dataset2, without port Dataset1.")
    ] = None,
    bundle: Annotated[
        str | None, typer.Option("--bundle", metavar="REF|FOLDER", help="Port Script Bundle, which is checked too.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what is mechanical; shows the changes and asks first.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: do not ask.")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="With --fix: write here; a zip is corrected into a new file only."
        ),
    ] = None,
    comments: Annotated[
        bool, typer.Option("--comments/--no-comments", help="With --fix: mark what is left in the text.")
    ] = True,
    backup: Annotated[
        bool, typer.Option("--backup/--no-backup", help="With --fix: keep what is replaced as NAME.bak.")
    ] = True,
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> int:
    """Find what will break before it is run, and how to fix it; nothing is run."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        if fix and as_json and not yes:
            raise InvalidOption("--fix asks before it writes, and --json cannot", remedy="add --yes")
        if dataset2 is not None and dataset2_option is not None:
            raise InvalidOption("port Dataset2 is connected twice", remedy="leave --dataset2 out")
        from blobprep.checks.check import check

        first, second = (None if each == _NONE else each for each in (dataset1, dataset2_option or dataset2))
        checked = check(script, first, second, bundle=bundle, workspace=opened.workspace)
        opened.warn()
        if fix or diff:
            return _correct(checked, fix, yes, output, comments, backup, as_json, quiet)
        code = FINDINGS if checked.grave else 0
        if as_json:
            print_json({**checked.as_json(), "exit": code})
        else:
            _print(checked, quiet)
    return code


def _correct(
    checked: CheckResult,
    fix: bool,
    yes: bool,
    output: str | None,
    comments: bool,
    backup: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Show the changes, ask, write; return 9 where something is left for a person."""
    made = checked.rewritten(comments=comments)
    diffs = [each.diff for each in made]
    if not as_json:
        for each in diffs:
            write(each)
    corrected = sum(each.corrected for each in made)
    written: list[str] = []
    if fix and made:
        if not yes and not _agreed(corrected, len(made)):
            note("blobprep: nothing was written")
            return FINDINGS if checked.grave else 0
        written = checked.fix(output, comments=comments, backup=backup)
    left = _left(checked)
    code = FINDINGS if (left if written or not made else checked.grave) else 0
    if as_json:
        print_json({**checked.as_json(), "diff": "".join(diffs), "written": written, "exit": code})
    elif not quiet:
        note(_told(corrected, len(left), written, bool(made)))
    return code


def _left(checked: CheckResult) -> tuple[Finding, ...]:
    """Return the findings that a person must remedy."""
    return tuple(each for each in checked.grave if not each.fixable)


def _agreed(count: int, files: int) -> bool:
    """Ask whether to write.

    Raises:
        InvalidOption: nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise InvalidOption(
            "--fix asks before it writes, and nobody is there to answer", remedy="add --yes, or use --diff"
        )
    changes = f"{count} {'change' if count == 1 else 'changes'} in {files} {'file' if files == 1 else 'files'}"
    return typer.confirm(f"write {changes}?", err=True)


def _told(corrected: int, left: int, written: list[str], made: bool) -> str:
    rest = f"{left} left for a person" if left else "nothing is left"
    if not made:
        return f"blobprep: nothing can be corrected mechanically; {rest}"
    if not written:
        return f"blobprep: --fix corrects {corrected}, {rest}; nothing was written"
    return f"blobprep: {corrected} corrected, {rest}; written: {', '.join(written)}"


def _print(checked: CheckResult, quiet: bool) -> None:
    """Print the findings by file; quiet, without notes and advice."""
    shown = [each for each in checked.findings if each.level != "note" or not quiet]
    for number, (path, found) in enumerate(groupby(shown, key=lambda each: each.path)):
        write(f"{chr(10) if number else ''}{_plain(path)}\n")
        for each in found:
            write("".join(f"{line}\n" for line in _lines(each, quiet)))
    if not quiet:
        write(f"{chr(10) if shown else ''}{_summary(checked)}\n")


def _lines(finding: Finding, quiet: bool) -> Iterator[str]:
    place = f"{finding.line}:{finding.column}" if finding.line else ""
    mark = {"error": "✗", "warning": "!", "note": "–"}[finding.level]
    yield f"  {mark} {place:<8} {finding.code}  {_plain(finding.message)}"
    if not quiet:
        fixed = "  [--fix]" if finding.fixable else ""
        yield f"{'':20}{_plain(finding.remedy)}{fixed}"


def _summary(checked: CheckResult) -> str:
    counts: dict[str, Any] = checked.as_json()["counts"]
    told = [f"{count} {level}{'' if count == 1 else 's'}" for level, count in counts.items() if count]
    files = f"{checked.files} {'file' if checked.files == 1 else 'files'}"
    fixable = sum(each.fixable for each in checked.findings)
    corrected = f"; --fix corrects {fixable}" if fixable else ""
    return f"{', '.join(told) or 'nothing found'} in {files}{corrected}"


def _plain(text: str) -> str:
    """Return a text that stays in its line: names in a zip could rewrite the terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
