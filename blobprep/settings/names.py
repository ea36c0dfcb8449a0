"""The names of datasets, modules and datastores in the settings, and the references that they stand for. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from blobprep.errors import InvalidReference
from blobprep.formats import option_text
from blobprep.reference import Reference, is_reference, split_sas
from blobprep.settings.account_resolution import ParsedName
from blobprep.settings.local_paths import require_path
from blobprep.settings.sources.toml import Config

__all__ = [
    "DATASETS_FIRST",
    "MODULES_FIRST",
    "as_prefix",
    "find_name",
    "parse_name",
    "parse_reference",
    "read_defaults",
    "spell_out",
]

DATASETS_FIRST: Final = ("datasets", "modules")
MODULES_FIRST: Final = ("modules", "datasets")
"""The tables of the file in which a name is looked up, in order."""


def find_name(config: Config, text: str, tables: tuple[str, ...]) -> Mapping[str, object] | None:
    """Return the settings of a name in the first of these tables that has it; None if no table does."""
    names = {"datasets": config.datasets, "modules": config.modules}
    return next((names[table][text] for table in tables if text in names[table]), None)


def spell_out(config: Config, text: str | os.PathLike[str], tables: tuple[str, ...]) -> str:
    """Return the reference or local path that a text is, or that it is the name of."""
    if isinstance(text, str) and not is_reference(text) and (found := find_name(config, text, tables)):
        blob = str(found["blob"])
        return blob if is_reference(blob) else str(config.folder / blob)
    return os.fspath(text)


def read_defaults(config: Config, text: str | os.PathLike[str]) -> dict[str, str]:
    """Return the options for reading that the settings have for the name of a dataset; empty for any other text."""
    found = find_name(config, text, DATASETS_FIRST) if isinstance(text, str) and not is_reference(text) else None
    options = (found or {}).get("read", {})
    assert isinstance(options, Mapping)
    return {key: option_text(value) for key, value in options.items()}


def parse_reference(config: Config, text: str) -> Reference:
    """Parse a reference, with the datastores of the settings.

    Raises:
        InvalidReference: the text is not a reference.
    """
    datastores = {name: str(table["container"]) for name, table in config.datastores.items()}
    return Reference.parse(text, datastores=datastores)


def parse_name(config: Config, text: str) -> ParsedName:
    """Parse a reference, a name from the settings or a local path.

    Raises:
        InvalidReference: the text is none of these.
    """
    found = None if is_reference(text) else find_name(config, text, DATASETS_FIRST)
    full = str(found["blob"]) if found else text
    name = text if found else ""
    if not is_reference(full):
        require_path(full)
        return ParsedName(str(config.folder / full) if found else full, name, None, None)
    reference = Reference.parse_account(full) or parse_reference(config, full)
    return ParsedName(str(reference), name, reference, split_sas(full)[1])


def as_prefix(reference: Reference) -> Reference:
    """Return the prefix that a reference means where a prefix is needed; its final `/` may be left out.

    Raises:
        InvalidReference: it has a version or snapshot.
    """
    if reference.version_id or reference.snapshot:
        raise InvalidReference(
            f"{reference} has a version or snapshot, but a prefix is needed", remedy="write az://container/prefix/"
        )
    return replace(reference, blob=reference.blob if reference.is_prefix else f"{reference.blob}/", exact=False)
