"""The facts of a run, gathered while it proceeds, so that they are complete whenever it ends."""

from __future__ import annotations

import platform
import sys
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from blobprep.distributions import installed_version
from blobprep.protocol import Cell, Facts, Failure, Figure, Restored, TableFacts, Translation
from blobprep.tables.redaction import format_losses, redact

if TYPE_CHECKING:
    import pyarrow as pa

    from blobprep.protocol.comparisons import TableComparison
    from blobprep.protocol.divisions import Division
    from blobprep.protocol.profiles import TableProfile

__all__ = ["FactsBuilder", "LossForbidden", "describe_table"]


class LossForbidden(Exception):
    """A translation that loses something although `--lossless` was requested."""


@dataclass(slots=True)
class FactsBuilder:
    """The facts gathered so far.

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
    classic: tuple[Restored, ...] = ()
    interpreter: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, TableProfile] = field(default_factory=dict)
    comparison: TableComparison | None = None
    division: Division | None = None

    def note(self, translations: list[Translation]) -> None:
        """Add changes to the ledger, with secrets redacted."""
        self.translations += map(redact, translations)

    def require_lossless(self) -> None:
        """Raise an error if something was lost although that is forbidden.

        Raises:
            LossForbidden: the message lists every lossy entry.
        """
        if self.lossless and (lost := format_losses(self.translations)):
            raise LossForbidden(lost)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds that a block takes to a stage."""
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.timings[stage] = round(self.timings.get(stage, 0.0) + spent, 4)

    def facts(self, failure: Failure | None) -> Facts:
        """Return the facts gathered so far, with the failure that ended the run, if any."""
        return Facts(
            failure=failure,
            inputs=self.inputs,
            outputs=self.outputs,
            translations=tuple(self.translations),
            figures=self.figures,
            environment=_list_versions(),
            timings=self.timings,
            head=self.head,
            total=self.total,
            artifacts=self.artifacts,
            classic=self.classic,
            interpreter=self.interpreter,
            profiles=self.profiles,
            comparison=self.comparison,
            division=self.division,
        )


def describe_table(table: pa.Table, name: str = "") -> TableFacts:
    """Describe a table: its shape, labels and types, and the name of its format."""
    schema = table.schema
    return TableFacts(
        table.num_rows,
        table.num_columns,
        tuple(schema.names),
        tuple(str(kind) for kind in schema.types),
        name,
    )


def _list_versions() -> dict[str, str]:
    """List the versions of the interpreter and of the imported packages."""
    return dict(_versions_of(tuple(sys.modules)))


@lru_cache(maxsize=1)  # a kept script imports nothing new
def _versions_of(names: tuple[str, ...]) -> dict[str, str]:
    versions = {"python": platform.python_version(), "platform": sys.platform}
    for name in sorted(names):
        module = sys.modules.get(name)
        if "." in name or name.startswith("_") or not isinstance(module, types.ModuleType):
            continue
        if name in sys.stdlib_module_names:
            continue
        version = vars(module).get("__version__")  # not `getattr`, which in a module may run code, warn or fail
        if not isinstance(version, str):
            version = installed_version(name)
        if version:
            versions[name] = version[:80]
    return versions
