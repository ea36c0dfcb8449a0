"""What is known of a failure besides its exception: what the script was refused, and what is wrong with its line.

Looked for only then, and told with the failure.
"""

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

__all__ = ["advised"]

_FRAME: Final = re.compile(r'^ *File "(?P<file>.+)", line (?P<line>\d+)', re.MULTILINE)
_BUNDLE: Final = "/Script Bundle/"
# The traceback is the script's word, and what it names is read in this process: few files, and none that takes long.
_FILES: Final = 3
_TEXT_LIMIT: Final = 64 * 1024
_FINDINGS: Final = 3
_REFUSALS: Final = 3
_HTTP_ONLY: Final = 'the emulator stands in over http alone: have the script ask with protocol="http"'


def advised(
    verdict: Verdict, resolved: ResolvedInputs, attempts: tuple[ConnectionRecord, ...], *, emulated: bool
) -> Verdict:
    """Add to a failure's advice what `blobprep check` says of its lines, and what the script was refused.

    Args:
        verdict: returned as it is where nothing failed.
        resolved: holds the script and the bundle.
        attempts: what the script tried to reach: a refusal is often the cause, and long past in the log.
        emulated: whether an emulator stands in for the script's accounts.
    """
    if verdict.error is None:
        return verdict
    advice = [verdict.remedy, *_about_lines(verdict, resolved), *_about_refusals(attempts, emulated=emulated)]
    return replace(verdict, remedy="; ".join(filter(None, advice)))


def _about_refusals(attempts: tuple[ConnectionRecord, ...], *, emulated: bool) -> list[str]:
    refused = [each for each in attempts if each.outcome == "refused"]
    advice = [each.reason for each in refused[:_REFUSALS]]
    if emulated and any(each.endpoint.endswith(":443") for each in refused):
        advice.append(_HTTP_ONLY)
    return advice


def _about_lines(verdict: Verdict, resolved: ResolvedInputs) -> list[str]:
    """Say what is known of the lines a script failed in: its own, and those of the module it came from."""
    if verdict.error is None or verdict.error.code != SCRIPT_CODE or not verdict.error.traceback:
        return []
    try:
        told = list(_told(verdict.error.traceback, resolved, verdict.remedy))
    except Exception:  # advice is not worth a run that has been paid for
        return []
    return [*told, "blobprep check reads the rest of it"] if told else []


def _told(traceback: str, resolved: ResolvedInputs, remedy: str) -> Iterator[str]:
    from blobprep.lint import advise, read_source

    # The last frame of each file is the one that says where in it.
    lines = {match["file"]: int(match["line"]) for match in _FRAME.finditer(traceback)}
    users = [each for each in lines.items() if each[0] == resolved.script.printed or _BUNDLE in each[0]]
    for file, line in users[-_FILES:]:
        text = _text(file, resolved)
        if text is not None:
            name = file.rpartition(_BUNDLE)[2]
            for each in advise(read_source(name, text), [line])[:_FINDINGS]:
                if each.remedy not in remedy:  # the child has said it
                    yield " ".join(f"{name}, line {line}: {each.code} {each.message}: {each.remedy}".split())


def _text(file: str, resolved: ResolvedInputs) -> bytes | None:
    """Return the text of a file that a traceback names, None where it is none of the user's."""
    if file == resolved.script.printed and resolved.script.kind == "source":
        return resolved.script.data if len(resolved.script.data) <= _TEXT_LIMIT else None
    _, found, member = file.rpartition(_BUNDLE)
    bundle = resolved.inputs.get("bundle")
    if not found or bundle is None:
        return None
    with os.fdopen(os.dup(bundle.bytes.readable), "rb") as opened, zipfile.ZipFile(opened) as archive:
        names = {each.filename.replace("\\", "/").removeprefix("./"): each for each in archive.infolist()}
        if member not in names:
            return None
        with archive.open(names[member]) as entry:
            text = entry.read(_TEXT_LIMIT + 1)
    return text if len(text) <= _TEXT_LIMIT else None
