"""The parameters of a run as environment variables of the script, beside the global `blobprep_parameters`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Final

from blobprep.bridge.script import parameter_variables

__all__ = ["renew_parameters", "set_parameters"]

_PREFIX: Final = "BLOBPREP_PARAMETER_"


@contextmanager
def set_parameters(parameters: Mapping[str, str]) -> Iterator[None]:
    """Give the script its parameters as `BLOBPREP_PARAMETER_NAME`; afterwards those variables are as they were.

    The prefix keeps whoever sets a parameter from setting what the system or a library reads: PATH, LD_PRELOAD.

    Args:
        parameters: by name.
    """
    variables = os.environ  # noqa: TID251  these are the script's settings, not ours
    made: dict[str, str] = parameter_variables(parameters)  # type: ignore[no-untyped-call]  # valid for Python 2 too
    before = {name: variables.get(name) for name in made}
    variables.update(made)
    try:
        yield
    finally:
        for name, value in before.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value


def renew_parameters(parameters: Mapping[str, str], script: ModuleType | None) -> None:
    """Give a script that is kept the parameters of this request, where it has those that it was loaded with.

    Args:
        parameters: by name.
        script: its module; None for a function.
    """
    variables = os.environ  # noqa: TID251  these are the script's settings, not ours
    for name in [name for name in variables if name.startswith(_PREFIX)]:
        del variables[name]
    variables.update(parameter_variables(parameters))  # type: ignore[no-untyped-call]
    if script is not None:
        script.__dict__["blobprep_parameters"] = dict(parameters)
