"""What the tests of checking share: short ways to examine and remedy a text."""

from __future__ import annotations

from pathlib import Path

from blobprep.checks.fixes import CheckedFile, fix_file
from blobprep.lint import Finding, examine, read_source

SCRIPTS = Path(__file__).parent / "scripts"


def findings(text: str | bytes, *, is_script: bool = False, connected: int | None = None) -> list[Finding]:
    """Examine a text."""
    raw = text.encode() if isinstance(text, str) else text
    return list(examine(read_source("x.py", raw), is_script=is_script, connected=connected).findings)


def codes(text: str | bytes, *, is_script: bool = False, connected: int | None = None) -> list[str]:
    """Examine a text and return the codes, in order."""
    return [each.code for each in findings(text, is_script=is_script, connected=connected)]


def fixed(text: str, *, comments: bool = False, is_script: bool = False) -> str:
    """Fix a text."""
    made = fix_file(CheckedFile(read_source("x.py", text.encode()), is_script, None, ()), comments=comments)
    return text if made is None else made.after
