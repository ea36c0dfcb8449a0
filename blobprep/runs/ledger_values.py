"""The ledger without values of single rows, for pages that may show statistics only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from blobprep.manifest import Manifest

__all__ = ["entry_without_values", "without_values"]


def entry_without_values(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with what was done and how often; its detail may quote a value, as its example does."""
    return {**entry, "detail": entry.get("kind", ""), "example": ""}


def without_values(manifest: Manifest) -> Manifest:
    """Return a manifest whose ledger has no value."""
    return replace(manifest, translations=tuple(map(entry_without_values, manifest.translations)))
