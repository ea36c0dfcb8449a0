"""`blobprep doctor`: find out why a reference cannot be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from blobprep.cli.command import add_command
from blobprep.cli.context import CommandContext
from blobprep.cli.exit_codes import code_of_run
from blobprep.cli.options import ACCESS
from blobprep.cli.output import print_json, print_line, write
from blobprep.cli.tables import print_finding

if TYPE_CHECKING:
    from blobprep.cli.terminal import Terminal
    from blobprep.diagnostics import Diagnosis, StepFinding

__all__ = ["add_to"]

_MARKS: Final = {"ok": "✓", "warn": "!", "fail": "✗", "skip": "–"}
_WIDTH: Final = len("authentication")
_INDENT: Final = _WIDTH + 4


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "doctor", _doctor, "blobprep doctor az://raw/iris.csv\nblobprep doctor --need list,read")


def _doctor(
    context: CommandContext,
    reference: Annotated[
        str | None,
        typer.Argument(
            metavar="REF", help="A reference, a name from the settings, or a path; every account if left out."
        ),
    ] = None,
    need: Annotated[
        str,
        typer.Option(
            "--need",
            metavar="ACTION,…",
            help="Actions that must be allowed; if any other is refused, only warn.",
            rich_help_panel=ACCESS,
        ),
    ] = "list,read,write,delete",
    interpreter: Annotated[
        str | None,
        typer.Option(
            "--interpreter",
            metavar="PATH|NAME",
            help="Examine only this Python for scripts, and what it lacks: a path, or a conda environment's name.",
        ),
    ] = None,
) -> int:
    """Find out why a reference cannot be reached, and what to do; nothing is changed anywhere."""
    from blobprep.diagnostics.examination import doctor

    actions = [action.strip() for action in need.split(",") if action.strip()]
    diagnosis = doctor(reference, need=actions, interpreter=interpreter, workspace=context.workspace)
    code = code_of_run(diagnosis.failure.error) if diagnosis.failure else 0
    if context.as_json:
        print_json({**diagnosis.as_json(), "exit": code})
    else:
        _print(diagnosis, context.quiet, context.terminal)
    return code


def _print(diagnosis: Diagnosis, quiet: bool, terminal: Terminal | None) -> None:
    """Print each finding, below it cause and remedy; quiet, only failures and warnings."""
    for number, examination in enumerate(diagnosis.examinations):
        if len(diagnosis.examinations) > 1:
            write("\n" if number else "")
            print_line(examination.subject)
        for finding in examination.findings:
            if not quiet or finding.mark in ("fail", "warn"):
                _print_one(finding, terminal)


def _print_one(finding: StepFinding, terminal: Terminal | None) -> None:
    mark = _MARKS[finding.mark]
    sentences = [finding.text, *([f"cause:  {finding.cause}"] if finding.cause else [])]
    remedy = f"remedy: {finding.remedy}" if finding.remedy else ""
    lead = f"{mark} {finding.topic.ljust(_WIDTH)}  "
    print_finding(mark, lead, sentences, remedy, indent=_INDENT, terminal=terminal)
