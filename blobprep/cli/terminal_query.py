"""The question a terminal answers about itself: what it is and can do.

The answer comes by the keyboard's way. So it is asked only where stdin and stdout are the same terminal and nothing was
typed yet, waited for briefly, and the terminal is left as it was found.
"""

from __future__ import annotations

import os
import select
import sys
from time import monotonic
from typing import Final

__all__ = ["ask_attributes", "pixels_of_character"]

_QUESTION: Final = b"\x1b[c"
_SECONDS: Final = 0.3
_MOST: Final = 256


def ask_attributes(seconds: float = _SECONDS) -> bytes:
    """Return a terminal's primary device attributes as it sends them; empty where none come.

    Args:
        seconds: to wait for them.
    """
    try:
        import termios
        import tty

        keyboard, screen = sys.stdin.fileno(), sys.stdout.fileno()
        if not (os.isatty(keyboard) and os.isatty(screen) and os.ttyname(keyboard) == os.ttyname(screen)):
            return b""
        if os.tcgetpgrp(keyboard) != os.getpgrp():  # in the background, to ask would stop this process
            return b""
        before = termios.tcgetattr(keyboard)
    except (ImportError, OSError, ValueError):
        return b""
    try:
        sys.stdout.flush()
        tty.setcbreak(keyboard, termios.TCSADRAIN)
        if select.select([keyboard], [], [], 0)[0]:  # typed ahead: that is the shell's
            return b""
        os.write(screen, _QUESTION)
        return _answer(keyboard, monotonic() + seconds)
    except (OSError, ValueError):
        return b""
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _answer(keyboard: int, until: float) -> bytes:
    seen = b""
    while len(seen) < _MOST and not seen.endswith(b"c"):
        left = until - monotonic()
        if left <= 0 or not select.select([keyboard], [], [], left)[0]:
            return b""
        data = os.read(keyboard, _MOST - len(seen))
        if not data:
            return b""
        seen += data
    return seen


def pixels_of_character(otherwise: int = 10) -> int:
    """Return how many pixels a character is wide, where the terminal says so."""
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
        _, columns, width, _ = struct.unpack("HHHH", answer)
    except (ImportError, OSError, ValueError):
        return otherwise
    return width // columns if columns and 4 <= width // columns <= 64 else otherwise
