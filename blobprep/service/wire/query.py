"""The query parameters of a request. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from blobprep.service.failures import failure

__all__ = ["API_VERSION", "Query", "read_query"]

API_VERSION: Final = "2.0"


@dataclass(frozen=True, slots=True)
class Query:
    """What a request asks for beside its body.

    Attributes:
        details: whether names and types of columns are asked for; they are sent in any case.
        swagger: whether tables are lists of row objects instead of names and values.
    """

    details: bool = False
    swagger: bool = False


def read_query(parameters: Mapping[str, str]) -> Query:
    """Read the query parameters, in any order and any case of their names; unknown ones are ignored.

    Raises:
        ServiceFailure: the version is missing or is another one, or a value means nothing.
    """
    values = {name.lower(): value for name, value in parameters.items()}
    version = values.get("api-version", "")
    if version != API_VERSION:
        raise failure("BadArgument", "BadVersionCall", _shown(version) or "none was given")
    details = values.get("details", "").lower()
    if details not in ("", "true", "false"):
        raise failure("BadArgument", "InvalidQueryParameter", "details", "Use true or false.")
    form = values.get("format", "").lower()
    if form not in ("", "swagger"):
        raise failure("BadArgument", "InvalidQueryParameter", "format", "Use swagger, or leave it out.")
    return Query(details == "true", form == "swagger")


def _shown(version: str) -> str:
    return version if version.isprintable() and len(version) <= 20 else "it is not 2.0"
