"""The environments of the clients, each with the last Python that it runs in."""

from __future__ import annotations

from pathlib import Path

from tests.classic.environments import Environment, build

__all__ = ["FOLDER", "build_clients"]

_ROOT = Path(__file__).parents[3]
FOLDER = _ROOT / ".venv" / "clients"
_ENVIRONMENTS = (
    Environment("azureml", "2.7", "azureml 0.2.7"),  # in Python 3 it cannot read the arguments of a function
    Environment("azmlclient", "3.7", "azmlclient 2.6.0"),  # one of its libraries needs a Mapping of before 3.8
)


def build_clients(folder: Path = FOLDER) -> dict[str, Path]:
    """Build what is missing; return the interpreter of each client that is there, by name."""
    return build(folder, _ENVIRONMENTS, _ROOT / "requirements" / "clients")
