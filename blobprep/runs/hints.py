"""Hints for a failed run: connections that were refused, and what `blobprep check` finds in the lines that failed."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from blobprep.inputs.resolve import ResolvedInputs
from blobprep.runs.verdict import SCRIPT_CODE, Verdict
from blobprep.sandbox.network.connection_log import ConnectionRecord

__all__ = ["add_hints"]

_FRAME: Final = re.compile(r'^ *File "(?P<file>.+)", line (?P<line>\d+)', re.MULTILINE)
_BUNDLE: Final = "/Script Bundle/"
# The script wrote the traceback, and this process reads the files that it names: only a few, and only small ones.
_FILES: Final = 3
_TEXT_LIMIT: Final = 64 * 1024
_FINDINGS: Final = 3
_REFUSALS: Final = 3
_HTTP_ONLY: Final = 'the emulator replaces accounts over http only: use protocol="http" in the script'


def add_hints(
    verdict: Verdict, resolved: ResolvedInputs, attempts: tuple[ConnectionRecord, ...], *, emulated: bool
) -> Verdict:
    """Add to the remedy of a failure what `blobprep check` finds in its lines, and which connections were refused.

    Args:
        verdict: returned unchanged if the run succeeded.
        resolved: holds the script and the bundle.
        attempts: the connections that the script tried; a refused one is often the cause, far back in the log.
        emulated: whether an emulator replaces the accounts that the script names.
    """
    if verdict.error is None:
        return verdict
    hints = [verdict.remedy, *_line_hints(verdict, resolved), *_refusal_hints(attempts, emulated=emulated)]
    return replace(verdict, remedy="; ".join(filter(None, hints)))


def _refusal_hints(attempts: tuple[ConnectionRecord, ...], *, emulated: bool) -> list[str]:
    refused = [attempt for attempt in attempts if attempt.outcome == "refused"]
    hints = [attempt.reason for attempt in refused[:_REFUSALS]]
    if emulated and any(attempt.endpoint.endswith(":443") for attempt in refused):
        hints.append(_HTTP_ONLY)
    return hints


def _line_hints(verdict: Verdict, resolved: ResolvedInputs) -> list[str]:
    """Return hints for the lines that failed, in the script and in modules of the bundle."""
    if verdict.error is None or verdict.error.code != SCRIPT_CODE or not verdict.error.traceback:
        return []
    if verdict.facts.interpreter:  # what is missing here may be there
        return []
    try:
        hints = list(_findings(verdict.error.traceback, resolved, verdict.remedy))
    except Exception:  # a hint is not worth losing the record of a run that has ended
        return []
    return [*hints, "blobprep check reports on the rest of it"] if hints else []


def _findings(traceback: str, resolved: ResolvedInputs, remedy: str) -> Iterator[str]:
    from blobprep.lint import advise, read_source

    ran = not traceback.rstrip().rpartition("\n")[2].startswith(("SyntaxError", "IndentationError", "TabError"))
    # A later frame of the same file replaces an earlier one: the last is where it failed.
    lines = {match["file"]: int(match["line"]) for match in _FRAME.finditer(traceback)}
    own = [(file, line) for file, line in lines.items() if file == resolved.script.printed or _BUNDLE in file]
    for file, line in own[-_FILES:]:
        text = _read_text(file, resolved)
        if text is not None:
            name = file.rpartition(_BUNDLE)[2]
            for finding in advise(read_source(name, text), [line], ran=ran)[:_FINDINGS]:
                if finding.remedy not in remedy:  # the child may have given it already
                    yield " ".join(f"{name}, line {line}: {finding.code} {finding.message}: {finding.remedy}".split())


def _read_text(file: str, resolved: ResolvedInputs) -> bytes | None:
    """Return the text of a file that a traceback names; None if it is not the user's or too long."""
    if file == resolved.script.printed and resolved.script.kind == "source":
        return resolved.script.data if len(resolved.script.data) <= _TEXT_LIMIT else None
    _, found, member = file.rpartition(_BUNDLE)
    bundle = resolved.inputs.get("bundle")
    if not found or bundle is None:
        return None
    with os.fdopen(os.dup(bundle.bytes.readable), "rb") as opened, zipfile.ZipFile(opened) as archive:
        entries = {entry.filename.replace("\\", "/").removeprefix("./"): entry for entry in archive.infolist()}
        if member not in entries:
            return None
        with archive.open(entries[member]) as content:
            text = content.read(_TEXT_LIMIT + 1)
    return text if len(text) <= _TEXT_LIMIT else None
