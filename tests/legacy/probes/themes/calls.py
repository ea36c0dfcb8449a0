"""Every public method, called with what it requires and with all that it takes, and what it asks for then."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tests.legacy.probes.answers import answer_to
from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.inventory import KINDS, METHODS
from tests.legacy.probes.samples import arguments

__all__ = ["TABLE"]

_ANSWERS = 3


def _probe(kind: str, method: str, full: bool) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        service = env.over_https(KINDS[kind])
        taken = inspect.signature(getattr(service, method)).parameters
        values = arguments(kind, method, env.folder)
        told: list[Any] = []
        values["progress_callback"] = lambda *progress: told.append(progress)
        chosen = {name: values[name] for name, p in taken.items() if full or p.default is p.empty}
        env.answer(*[answer_to(method)] * _ANSWERS)
        value = tried(getattr(service, method), **chosen)
        stream = chosen["stream"].getvalue() if "get" in method and "stream" in chosen else None
        return {"value": value, "progress": told, "stream": stream}

    return probe


TABLE = {
    f"{kind}.{method} {'full' if full else 'plain'}": _probe(kind, method, full)
    for kind, methods in METHODS.items()
    for method in methods
    for full in (False, True)
}
