"""How recordings are written: one line for each case, so that a difference shows which one, and no more than that."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["in_lines"]


def in_lines(recorded: dict[str, Any], depth: int = 1) -> str:
    """Write a recording as JSON, its keys in order.

    Args:
        recorded: by name.
        depth: how many keys down the cases are.
    """
    return _written(recorded, depth) + "\n"


def _written(value: Any, depth: int) -> str:
    if not depth or not isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    members = (f"{json.dumps(name)}: {_written(value[name], depth - 1)}" for name in sorted(value))
    return "{\n" + ",\n".join(members) + "\n}"
