"""What went wrong, with the user's own lines marked in the traceback. Pure."""

from __future__ import annotations

import re
from typing import Final

from blobprep.manifest import ErrorRecord
from blobprep.report.budget import fitting
from blobprep.report.markup import Markup, cut, element, isolated, joined, lines, nothing
from blobprep.report.numerals import plural

__all__ = ["failure_section", "split_traceback", "told_failure", "traceback_block"]

_FRAME: Final = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+)(?:, in (?P<function>.*))?')
_LINES: Final = 100  # of a frame, or of an exception's message
_OF_LIBRARIES: Final = re.compile(
    r"[/\\](?:site|dist)-packages[/\\]|[/\\][Ll]ib[/\\]python\d|^<frozen|\.p(?:yx|xi|xd)$"
)
_MARKERS: Final = re.compile(r"-{5,} *(?:Start|End) of error message from Python +interpreter *-{5,}")


def told_failure(error: ErrorRecord) -> str:
    """Return what went wrong in one line: the exception where a script raised one, else the message."""
    told = [line for line in error.traceback.splitlines() if line.strip() and not line.startswith(" ")]
    if told:
        return cut(told[-1].strip(), 500)
    message = [line for line in error.message.splitlines() if line.strip() and not _MARKERS.search(line)]
    return cut(message[0].strip() if message else error.code, 500)


def failure_section(error: ErrorRecord, limit: int) -> Markup:
    """Return the section that a failed run opens on.

    Args:
        error: of the manifest.
        limit: bytes of the traceback; its middle is left out where it is longer.
    """
    blocks = split_traceback(error.traceback)
    own = _last_own(blocks)
    message, told = error.message.strip(), told_failure(error)
    return element(
        "section",
        element("h2", "What went wrong", id="failure-title"),
        element("p", told, class_="told", dir="auto"),
        _where(blocks[own][1][0]) if own >= 0 else None,
        element("p", element("b", "What to do: "), error.remedy, class_="remedy") if error.remedy else None,
        element("pre", lines(cut(message, max(limit // 4, 200))), class_="message", dir="auto")
        if message != told and not error.traceback
        else None,
        _traceback(blocks, own, limit) if error.traceback.strip() else None,
        class_="failure",
        id="failure",
        aria_labelledby="failure-title",
    )


def traceback_block(traceback: str, limit: int) -> Markup:
    """Return a traceback with the user's frames marked, in about so many bytes; nothing where there is none."""
    blocks = split_traceback(traceback)
    return _traceback(blocks, _last_own(blocks), limit) if traceback.strip() else nothing


def _last_own(blocks: list[tuple[str, list[str]]]) -> int:
    return max((place for place, (kind, _) in enumerate(blocks) if kind == "own"), default=-1)


def _where(frame: str) -> Markup:
    place = _FRAME.match(frame)
    assert place is not None
    function = f", in {cut(place['function'], 100)}" if place["function"] else ""
    return element("p", isolated(cut(place["file"], 300)), f", line {place['line']}{function}", class_="where")


def _traceback(blocks: list[tuple[str, list[str]]], own: int, limit: int) -> Markup:
    """Return the traceback: the user's frames stand out, the last of them is marked, and those of libraries recede."""
    head = fitting((_block(*blocks[place], place == own) for place in range(len(blocks))), limit // 3)
    rest = range(len(blocks) - 1, len(head) - 1, -1)
    tail = fitting((_block(*blocks[place], place == own) for place in rest), limit * 2 // 3)[::-1]
    left_out = len(blocks) - len(head) - len(tail)
    words = f"  … {plural(left_out, 'part')} left out here; the log has them\n"
    said = element("span", lines(words), class_="lib") if left_out else nothing
    inner = joined((*head, said, *tail))
    return element("pre", inner, class_="traceback", tabindex=0, role="region", aria_label="Traceback")


def _block(kind: str, text: list[str], last: bool) -> Markup:
    more = f"    … {plural(len(text) - _LINES, 'line')} more in the log\n" if len(text) > _LINES else ""
    shown = lines("".join(cut(line, 2_000) + "\n" for line in text[:_LINES]) + more)
    return element("mark" if last else "span", shown, class_=kind)


def split_traceback(traceback: str) -> list[tuple[str, list[str]]]:
    """Split a traceback into frames of the user's (`own`) and of libraries (`lib`), and the `text` between them."""
    blocks: list[tuple[str, list[str]]] = []
    for line in traceback.replace("\r\n", "\n").rstrip("\n").split("\n"):
        frame = _FRAME.match(line)
        if frame:
            blocks.append(("lib" if _OF_LIBRARIES.search(frame["file"]) else "own", [line]))
        elif blocks and (line.startswith("    ") or blocks[-1][0] == "text"):
            blocks[-1][1].append(line)
        else:
            blocks.append(("text", [line]))
    return blocks
