"""The scorer: runs a service's script on the tables of a request, in a pool of warm, isolated children."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from blobprep.errors import BlobprepError
from blobprep.limits import Limits
from blobprep.runs.score import CellTable, Outcome, request_table, score
from blobprep.runs.standing_script import StandingScript
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.launch import Children
from blobprep.sandbox.pooled_child import Bounds
from blobprep.service.definitions import Column, Score, ServiceDefinition, ServiceTable
from blobprep.service.failures import ServiceFailure, failure
from blobprep.service.places import Places
from blobprep.service.standing_scripts import StandingScripts
from blobprep.settings.workspace import Workspace

__all__ = ["PoolScorer"]

_KEPT: Final = 4  # idle children on each core: those of several services
_ROOM: Final = 64 * 1024 * 1024
_SHOWN: Final = 500  # characters of a message


class PoolScorer:
    """A `Scorer` over children that wait for requests; a context manager that ends them all.

    A request is worked on by one child, which may have worked on earlier ones of the same service, with the same
    script and parameters. Any thread may score.

    Args:
        workspace: the settings in force.
        workers: requests that are worked on at a time; None for one on each core that this process may use.
        waiting: requests of all services that may wait for that.
        refresh: seconds after which it is looked whether a script, a bundle or a fixed dataset has changed.
        bounds: how long a child is kept.
        most: bytes that each table of an answer may have as JSON, and all figures of it.
        on_edit: called with the name of a service whose script has another text now.

    Attributes:
        scripts: those that stand ready.
        places: who is worked on, and who waits.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        workers: int | None = None,
        waiting: int = 1000,
        refresh: float = 5.0,
        bounds: Bounds | None = None,
        most: int = _ROOM,
        on_edit: Callable[[str], None] = lambda service: None,
    ) -> None:
        workers = workers or _cores()
        self._kept = ChildPool(kept=_KEPT * workers, bounds=bounds)
        self._on_edit = on_edit
        self.scripts = StandingScripts(workspace or Workspace(), refresh=refresh, on_change=self._replace)
        self._fresh = ChildPool(kept=0, fresh=True)
        self.places = Places(workers, waiting)
        self._most = most

    def __enter__(self) -> PoolScorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the children that are idle; those at work end with their request."""
        self._kept.close()
        self._fresh.close()
        self.scripts.close()

    def score(
        self,
        service: ServiceDefinition,
        tables: Mapping[str, ServiceTable],
        parameters: Mapping[str, str],
        *,
        request_id: str,
    ) -> Score:
        """Run the script once; see `Scorer`.

        Raises:
            ServiceFailure: it cannot be run now, took too long or too much, or an input of the request or of the
                service cannot be read.
        """
        began = time.monotonic()
        with self.places.taken(service):
            waited = time.monotonic() - began
            try:
                with self.scripts.using(service, parameters) as script:
                    outcome, pinned = self._score(service, script, tables, parameters, began), script.pinned
            except BlobprepError as error:
                raise _unusable(service, error) from error
        timings = {
            "wait": round(waited, 4),
            **outcome.verdict.facts.timings,
            "total": round(time.monotonic() - began, 4),
        }
        return replace(_as_score(service, outcome), timings=timings, pinned=pinned)

    def _replace(self, service: str, old: StandingScript, new: StandingScript) -> None:
        self._kept.retire(old.asked.identity)
        if old.resolved.script.data != new.resolved.script.data:
            self._on_edit(service)

    def _score(
        self,
        service: ServiceDefinition,
        script: StandingScript,
        tables: Mapping[str, ServiceTable],
        parameters: Mapping[str, str],
        began: float,
    ) -> Outcome:
        left = service.seconds - (time.monotonic() - began)
        if left <= 0:
            raise _timeout(service)
        children: Children = self._fresh if service.fresh else self._kept
        limits = replace(script.request.limits, timeout=service.seconds)
        outcome = score(
            script,
            _by_port(service, tables),
            children,
            limits=limits,
            seconds=left,
            most=self._most,
            parameters={**script.asked.parameters, **parameters},
            identity=service.name,
        )
        _raise_for_limits(service, limits, outcome)
        return outcome


def _by_port(service: ServiceDefinition, tables: Mapping[str, ServiceTable]) -> dict[str, CellTable]:
    ports = {given.name: given for given in service.inputs}
    return {ports[name].port: _cells(ports[name].columns, table) for name, table in tables.items()}


def _cells(columns: Iterable[Column], table: ServiceTable) -> CellTable:
    """Return a request's table by columns, with the types that the schema knows where the request tells none."""
    known = {column.name: column.type for column in columns}
    types = [given or known.get(name, "") for name, given in zip(table.names, table.types, strict=True)]
    cells = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.names)
    return CellTable(table.names, types, cells, len(table.rows))


def _as_score(service: ServiceDefinition, outcome: Outcome) -> Score:
    names = [*(service.outputs or ("output1",))]
    tables = {}
    for port, table in outcome.tables.items():
        name = names[0] if port == "results" else (names[1] if len(names) > 1 else "results2")
        rows = tuple(zip(*table.columns, strict=True)) if table.columns else ((),) * table.rows
        tables[name] = ServiceTable(tuple(table.names), tuple(table.types), rows)
    error = outcome.verdict.error
    if error is not None and outcome.verdict.remedy:
        error = replace(error, remedy=outcome.verdict.remedy)
    return Score("succeeded" if error is None else "failed", tables, outcome.figures, outcome.log, error)


def _raise_for_limits(service: ServiceDefinition, limits: Limits, outcome: Outcome) -> None:
    """Raise what clients know by a status of its own, rather than as the failure of a module."""
    verdict = outcome.verdict
    if verdict.raises is not None:
        raise _unusable(service, verdict.raises)
    code = "" if verdict.error is None else verdict.error.code
    if code == "time":
        raise _timeout(service)
    if code == "memory":
        raise failure("MemoryQuotaViolation", "OutOfMemoryLimit", (limits.memory or 0) >> 20)


def _timeout(service: ServiceDefinition) -> ServiceFailure:
    return failure("RequestTimeout", "ScoreRequestTimeout", more=f"It may take {service.seconds:g} seconds.")


def _unusable(service: ServiceDefinition, error: BlobprepError) -> ServiceFailure:
    """Return the failure for an input that cannot be read: the request's own, or one that the service has."""
    text = f"{error.message[:_SHOWN]}{f'; {error.remedy}' if error.remedy else ''}"
    for given in service.inputs:
        if error.message.startswith(request_table(given.port)):
            return failure("BadUserArgument", "InputParseError", text, target=given.name)
    return failure("InternalError", "ModuleLoadFailed", more=text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
