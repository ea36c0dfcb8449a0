"""What the child has done so far: becomes the facts, whatever happens next."""

from __future__ import annotations

import platform
import sys
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING

from blobprep.protocol import Cell, Facts, Failure, Figure, TableFacts, Translation
from blobprep.tables.redaction import forbidden, safe

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LossForbidden", "Progress", "count"]


class LossForbidden(Exception):
    """Say that a translation would lose something although `--lossless` was asked for."""


@dataclass(slots=True)
class Progress:
    """Gather facts.

    Attributes:
        lossless: whether translations that lose something are forbidden.
    """

    lossless: bool
    inputs: dict[str, TableFacts] = field(default_factory=dict)
    outputs: dict[str, TableFacts] = field(default_factory=dict)
    translations: list[Translation] = field(default_factory=list)
    figures: tuple[Figure, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    head: tuple[tuple[str | None, ...], ...] = ()
    total: int | None = None
    artifacts: tuple[Cell, ...] = ()

    def note(self, translations: list[Translation]) -> None:
        """Enter changes in the ledger, as they may be shown."""
        self.translations += map(safe, translations)

    def require_lossless(self) -> None:
        """Stop here where something was lost although that is forbidden.

        Raises:
            LossForbidden: names every entry that is lossy.
        """
        if self.lossless and (lost := forbidden(self.translations)):
            raise LossForbidden(lost)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds a block takes to a stage."""
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.timings[stage] = round(self.timings.get(stage, 0.0) + spent, 4)

    def facts(self, failure: Failure | None) -> Facts:
        """Return the facts so far."""
        return Facts(
            failure=failure,
            inputs=self.inputs,
            outputs=self.outputs,
            translations=tuple(self.translations),
            figures=self.figures,
            environment=_environment(),
            timings=self.timings,
            head=self.head,
            total=self.total,
            artifacts=self.artifacts,
        )


def count(table: pa.Table, name: str = "") -> TableFacts:
    """Describe a table's shape, labels and types, and the format it was in."""
    schema = table.schema
    return TableFacts(
        table.num_rows,
        table.num_columns,
        tuple(schema.names),
        tuple(str(each) for each in schema.types),
        name,
    )


def _environment() -> dict[str, str]:
    """Name the interpreter and the packages that were imported, with their versions."""
    versions = {"python": platform.python_version(), "platform": sys.platform}
    for name, module in sorted(sys.modules.items()):
        if "." in name or name.startswith("_") or not isinstance(module, types.ModuleType):
            continue
        if name in sys.stdlib_module_names:
            continue
        version = vars(module).get("__version__")  # not by `getattr`: in a module that may run code, and warn or fail
        if not isinstance(version, str):
            version = _installed_version(name)
        if version:
            versions[name] = version[:80]
    return versions


def _installed_version(name: str) -> str:
    """Return the version of the distribution that has a module's name, empty where there is none."""
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):
        return ""
