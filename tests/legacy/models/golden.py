"""What the old SDK said, recorded once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["golden"]


def golden(name: str) -> dict[str, Any]:
    """Read `golden_NAME.json`."""
    recorded: dict[str, Any] = json.loads(Path(__file__).with_name(f"golden_{name}.json").read_text(encoding="utf-8"))
    return recorded
