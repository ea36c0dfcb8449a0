"""What the tests of `infra/` read: the parsed Bicep, and the few ways through it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pycep import BicepParser
from pycep.models import BicepElement

__all__ = ["INFRA", "bodies", "body", "decorators", "parse"]

INFRA: Final = Path(__file__).parents[2] / "infra"


def parse() -> dict[str, Any]:
    """Parse `main.bicep`; a name reads `${name}`, so that it differs from a text."""
    # pycep would leave a cache of its grammar in the folder for temporary files.
    parsed = BicepParser(cache=False).parse(text=(INFRA / "main.bicep").read_text(encoding="utf-8"))
    result: dict[str, Any] = _told_apart(parsed)
    return result


def body(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what a resource is made of, without the loop or condition around it."""
    config: dict[str, Any] = resource["config"]
    return config.get("config", config)


def bodies(bicep: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the bodies of all resources of a type, by name."""
    return {name: body(each) for name, each in bicep["resources"].items() if each["type"] == kind}


def decorators(element: dict[str, Any]) -> dict[str, Any]:
    """Return the decorators of a parameter or an output, by name."""
    return {each["type"]: each["argument"] for each in element["decorators"]}


def _told_apart(value: Any) -> Any:
    if isinstance(value, BicepElement):
        return f"${{{value}}}"
    if isinstance(value, dict):
        return {key: _told_apart(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_told_apart(each) for each in value]
    return value
