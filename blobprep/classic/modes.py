"""When names are restored: the values of `--classic`."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["DEFAULT_MODE", "MODES", "Mode"]

Mode = Literal["auto", "on", "off"]
MODES: Final[tuple[Mode, ...]] = ("auto", "on", "off")
"""For scripts that reach for what is gone; always; never."""

DEFAULT_MODE: Final[Mode] = "auto"
