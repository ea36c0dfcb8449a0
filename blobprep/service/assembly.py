"""All that a server works with, put together: services, keys, children, routes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from starlette.applications import Starlette
from starlette.middleware import Middleware

from blobprep.errors import SettingError
from blobprep.formats import option_text
from blobprep.service.access.authentication import Access, FetchesKeys
from blobprep.service.access.keys import KeyFile
from blobprep.service.access.tokens import TokenRules, Tokens
from blobprep.service.app import create_app
from blobprep.service.configuration import definitions
from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.documents import routes as documents
from blobprep.service.jobs import routes as jobs
from blobprep.service.jobs.server import limits_of, serve_jobs
from blobprep.service.learned import LearnedColumns
from blobprep.service.monitoring import health
from blobprep.service.monitoring.metrics import Metrics
from blobprep.service.monitoring.observation import AccessLog, Observation
from blobprep.service.registry import Services
from blobprep.service.schema import learn_from_sample
from blobprep.service.scoring import PoolScorer
from blobprep.service.unread import ClosesUnread
from blobprep.settings import Workspace

__all__ = ["ServiceTables", "key_file", "open_app"]

_KEYS: Final = "keys.json"
_TENANT: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

ServiceTables = Mapping[str, Mapping[str, object]]
"""The settings of each service by its name, with paths spelled out."""


@contextmanager
def open_app(
    workspace: Workspace,
    tables: ServiceTables,
    state: Path,
    *,
    workers: int | None = None,
    access_log: TextIO | None = None,
) -> Iterator[tuple[Starlette, Services]]:
    """Put the application of a server together, with all that it works with; end that afterwards.

    Args:
        workspace: the settings in force.
        tables: the settings of each service by its name.
        state: the folder for keys, jobs and learned columns.
        workers: requests that are worked on at a time.
        access_log: a stream that gets a line for each request.

    Raises:
        SettingError, BlobprepError: as `serve`.
    """
    learned = LearnedColumns(state, {name: _samples(table) for name, table in tables.items()})
    known = (
        _with_samples(workspace, learned.applied(definition), tables[definition.name], learned)
        for definition in definitions(tables)
    )
    services = Services(known, learned.try_keep)
    access = Access(key_file(state), _tokens(tables))
    metrics = Metrics()
    with ExitStack() as stack:
        scorer = stack.enter_context(
            PoolScorer(
                workspace, workers=workers, on_edit=lambda name: services.forget(name, _told(services, tables, name))
            )
        )
        services.on_mismatch = scorer.scripts.look
        metrics.watch("blobprep_scoring_running", "Requests being worked on.", lambda: scorer.places.running)
        metrics.watch("blobprep_scoring_waiting", "Requests that wait for that.", lambda: scorer.places.waiting)
        queue = stack.enter_context(serve_jobs(state, workspace, services, limits_of(workspace)))
        metrics.watch("blobprep_jobs_queued", "Batch jobs that wait.", lambda: queue.count("Queued"))
        metrics.watch("blobprep_jobs_running", "Batch jobs that servers have.", lambda: queue.count("Running"))
        app = create_app(
            services,
            scorer,
            access.authenticate,
            more=[
                *jobs.routes(services, queue, workspace, access.authenticate),
                *health.routes(metrics, {}, {"inputs": scorer.scripts.notice}),
                *documents.routes(services, str(workspace.setting("server.url") or "")),
            ],
            middleware=[
                Middleware(ClosesUnread),
                Middleware(Observation, log=AccessLog(access_log), metrics=metrics),
                Middleware(FetchesKeys, access=access),
            ],
        )
        yield app, services


def key_file(state: Path) -> KeyFile:
    """Return the keys of the services that keep their state in a folder."""
    return KeyFile(state / _KEYS)


def _samples(table: Mapping[str, object]) -> str:
    """Return what tells the samples of a service from others."""
    return json.dumps([table.get(key) for key in ("sample1", "read1", "sample2", "read2")], default=str)


def _told(services: Services, tables: ServiceTables, name: str) -> list[str]:
    """Return the inputs of a service whose columns the settings tell."""
    return [
        given.name
        for given in services.named(name).inputs
        if any(tables[name].get(f"{key}{given.port[-1]}") for key in ("columns", "sample"))
    ]


def _with_samples(
    workspace: Workspace, definition: ServiceDefinition, table: Mapping[str, object], learned: LearnedColumns
) -> ServiceDefinition:
    """Return a service with the columns of its samples, where it does not declare them; a child reads each sample."""
    inputs = []
    for given in definition.inputs:
        place = given.port[-1]
        reference = table.get(f"sample{place}")
        if given.columns or not reference:
            inputs.append(given)
            continue
        read = table.get(f"read{place}")
        options = {key: option_text(value) for key, value in read.items()} if isinstance(read, Mapping) else {}
        columns, rows = learn_from_sample(workspace, str(reference), options)
        shown = rows if table.get("show_sample") else None
        inputs.append(ServiceInput(given.name, given.port, columns, shown))
    if tuple(inputs) == definition.inputs:
        return definition
    known = replace(definition, inputs=tuple(inputs))
    learned.keep(known)
    return known


def _tokens(tables: ServiceTables) -> dict[str, Tokens]:
    tokens = {}
    for name, table in tables.items():
        tenant, audiences = table.get("tenant"), table.get("audiences")
        if bool(tenant) != bool(audiences):
            raise SettingError(
                f"[services.{name}] names one of tenant and audiences", remedy="name both, or leave both out"
            )
        if tenant and not _TENANT.fullmatch(str(tenant)):
            raise SettingError(
                f"[services.{name}] names tenant {tenant}, and tokens name theirs by its id",
                remedy="use the tenant's id, 12345678-90ab-cdef-1234-567890abcdef: az account show --query tenantId",
            )
        if tenant and isinstance(audiences, list):
            roles = table.get("roles")
            tokens[name] = Tokens(
                TokenRules.of_tenant(str(tenant).lower(), audiences, roles if isinstance(roles, list) else ())
            )
    return tokens
