"""`blobprep doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from blobprep.cli.context import session
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.help_pages import SectionedCommand
from blobprep.cli.options import (
    AccountOption,
    ConfigOption,
    JsonOption,
    ProtocolOption,
    QuietOption,
    VerboseOption,
)
from blobprep.cli.output import print_json, print_line, write

if TYPE_CHECKING:
    from blobprep.diagnostics import Diagnosis, StepFinding

__all__ = ["add_to"]

_MARKS: Final = {"ok": "✓", "warn": "!", "fail": "✗", "skip": "–"}
_WIDTH: Final = len("authentication")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", cls=SectionedCommand, epilog="blobprep doctor az://raw/iris.csv")(_doctor)


def _doctor(
    reference: Annotated[
        str | None,
        typer.Argument(metavar="REF", help="A reference, a name from the settings, or a path; else every account."),
    ] = None,
    need: Annotated[
        str, typer.Option("--need", metavar="ACTION,…", help="Whose refusal is a failure; that of others a warning.")
    ] = "list,read,write,delete",
    account: AccountOption = None,
    protocol: ProtocolOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
) -> int:
    """Find out why a reference cannot be reached, and what to do; nothing is changed anywhere."""
    with session(account, protocol, config, as_json, verbose, quiet) as opened:
        from blobprep.diagnostics.examination import doctor

        actions = [each.strip() for each in need.split(",") if each.strip()]
        diagnosis = doctor(reference, need=actions, workspace=opened.workspace)
        code = code_of_run(diagnosis.failure.error) if diagnosis.failure else 0
        if as_json:
            print_json({**diagnosis.as_json(), "exit": code})
        else:
            _print(diagnosis, quiet)
    return code


def _print(diagnosis: Diagnosis, quiet: bool) -> None:
    """Print a line for each finding, below it cause and remedy; quiet, only what failed or may surprise."""
    for number, examination in enumerate(diagnosis.examinations):
        if len(diagnosis.examinations) > 1:
            write("\n" if number else "")
            print_line(examination.subject)
        for finding in examination.findings:
            if not quiet or finding.mark in ("fail", "warn"):
                write(_lines(finding))


def _lines(finding: StepFinding) -> str:
    indent = " " * (_WIDTH + 4)
    lines = [f"{_MARKS[finding.mark]} {finding.topic.ljust(_WIDTH)}  {_shown(finding.text)}"]
    if finding.cause:
        lines.append(f"{indent}cause:  {_shown(finding.cause)}")
    if finding.remedy:
        lines.append(f"{indent}remedy: {_shown(finding.remedy)}")
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    """Return a text that stays in its line: names of blobs could rewrite the terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
