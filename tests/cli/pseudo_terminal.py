"""A command on a pseudo-terminal, as a person starts it."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).with_name("blobprep"))
_VARIABLES = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("AZURE_") and name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE")
}
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@contextmanager
def started(
    folder: Path, *arguments: str, columns: int = 100, variables: Mapping[str, str] | None = None, **streams: Any
) -> Iterator[tuple[subprocess.Popen[bytes], io.FileIO]]:
    """Start a command whose standard streams are a terminal, but for those that are given.

    Yields:
        The process, and the terminal's other end, to be read from and typed at.
    """
    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**_VARIABLES, "HOME": str(folder), "TERM": "xterm-256color", **(variables or {})}
    process = subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=folder,
        env=environment,
        start_new_session=True,
        **{"stdin": screen, "stdout": screen, "stderr": screen, **streams},
    )
    os.close(screen)
    with process, io.FileIO(keyboard, "r+") as terminal:
        try:
            yield process, terminal
        finally:
            process.kill()


def read_until(terminal: io.FileIO, wanted: bytes = b"") -> bytes:
    """Read what is shown, until a text is; until the last process has left the terminal where none is wanted."""
    seen = b""
    while not wanted or wanted not in seen:
        try:
            data = terminal.read(65536)
        except OSError:  # of Linux, at the end
            break
        if not data:
            break
        seen += data
    assert wanted in seen, seen
    return seen


def shown_by(folder: Path, *arguments: str, code: int = 0, **options: Any) -> str:
    """Run a command on a terminal and return what it shows, ends of lines as programs write them."""
    with started(folder, *arguments, **options) as (process, terminal):
        shown = read_until(terminal).decode()
        assert process.wait(60) == code, shown
    return shown.replace("\r\n", "\n")


def piped_by(folder: Path, *arguments: str) -> str:
    """Run a command with pipes and return what it prints."""
    environment = {**_VARIABLES, "HOME": str(folder), "TERM": "xterm-256color"}
    done = subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout


def plain(text: str) -> str:
    """Return a text without colors and styles."""
    return _STYLE.sub("", text)


def controls(text: str) -> set[str]:
    """Return the sequences in a text that move the cursor or clear something."""
    return {sequence for sequence in _CONTROL.findall(text) if not _STYLE.fullmatch(sequence)}
