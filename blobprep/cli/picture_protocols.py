"""Pictures in the protocols of terminals that show them. Pure.

A picture is sent as Base64 or as sixels, letters and digits both ways: no byte that a script chose reaches the terminal
as it is.

Source:
    kitty, "Terminal graphics protocol"; iTerm2, "Inline Images Protocol"; DEC, "VT330/VT340 Programmer Reference
    Manual", chapter 14, for sixels; Konsole's and WezTerm's release notes for the first two.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["Protocol", "as_iterm", "as_kitty", "known_protocol", "picture_size", "shows_sixels"]

Protocol = Literal["kitty", "iterm", "sixel"]

_CHUNK: Final = 4096
"""Base64 characters that kitty takes at once."""
_HEADER: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_CELL: Final = 10
"""Pixels that a character is assumed to be wide."""
_KONSOLE: Final = 220400
"""The first version of Konsole with kitty's protocol."""
_MULTIPLEXERS: Final = ("tmux", "screen")
_SIXEL_TERMS: Final = ("foot", "mlterm", "yaft")


def known_protocol(variables: Mapping[str, str]) -> Protocol | None:
    """Return the protocol of a terminal, as far as its variables tell it; None where they do not.

    A multiplexer passes the variables of the terminal around it on, but not the pictures.
    """
    term, program = variables.get("TERM", ""), variables.get("TERM_PROGRAM", "")
    if "TMUX" in variables or "STY" in variables or term.startswith(_MULTIPLEXERS):
        return None
    if "kitty" in term or "ghostty" in term or "KITTY_WINDOW_ID" in variables or program == "ghostty":
        return "kitty"
    if program in ("iTerm.app", "WezTerm", "mintty") or variables.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    version = variables.get("KONSOLE_VERSION", "")
    if version.isdecimal() and int(version) >= _KONSOLE:
        return "kitty"
    return "sixel" if term.startswith(_SIXEL_TERMS) else None


def shows_sixels(attributes: bytes) -> bool:
    r"""Return whether a terminal's device attributes name sixels.

    >>> shows_sixels(b"\x1b[?62;4;22c"), shows_sixels(b"\x1b[?62;22c"), shows_sixels(b"4")
    (True, False, False)
    """
    _, _, rest = attributes.rpartition(b"\x1b[?")
    return rest.endswith(b"c") and b"4" in rest[:-1].split(b";")[1:]


def picture_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG in pixels; 0 and 0 for anything else."""
    if not data.startswith(_HEADER) or len(data) < len(_HEADER) + 8:
        return 0, 0
    width, height = struct.unpack_from(">II", data, len(_HEADER))
    return width, height


def as_kitty(data: bytes, columns: int) -> str:
    """Return a PNG in kitty's protocol, at most so many characters wide."""
    text = base64.b64encode(data).decode("ascii")
    pieces = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)] or [""]
    first = f"a=T,f=100,q=2,c={_columns(data, columns)},"
    return "".join(
        f"\x1b_G{first if number == 0 else ''}m={int(number < len(pieces) - 1)};{piece}\x1b\\"
        for number, piece in enumerate(pieces)
    )


def as_iterm(data: bytes, columns: int) -> str:
    """Return a PNG in iTerm2's protocol, at most so many characters wide."""
    text = base64.b64encode(data).decode("ascii")
    width = _columns(data, columns)
    return f"\x1b]1337;File=inline=1;size={len(data)};width={width};preserveAspectRatio=1:{text}\x07"


def _columns(data: bytes, most: int) -> int:
    """Return how many characters wide a picture is shown: not wider than it is, nor than the terminal."""
    return max(1, min(most, -(-picture_size(data)[0] // _CELL)))
