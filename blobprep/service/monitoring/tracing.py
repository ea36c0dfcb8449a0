"""Spans of OpenTelemetry, where it is installed; nothing else needs it, and without it nothing is done."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

__all__ = ["Span", "open_tracer"]

Span = Callable[[str, Mapping[str, str]], AbstractContextManager[Callable[[str, Any], None]]]
"""Opens a span by its name, below the one that the headers of the request tell; what it yields adds an attribute."""


def _ignore(name: str, value: Any) -> None:
    """Add no attribute to no span."""


def _no_span(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Callable[[str, Any], None]]:
    return nullcontext(_ignore)


def open_tracer(provider: Any = None) -> Span:
    """Return what opens spans.

    Args:
        provider: of tracers; None for the one that the program has set up, which OpenTelemetry keeps.
    """
    try:
        trace = importlib.import_module("opentelemetry.trace")
        propagate = importlib.import_module("opentelemetry.propagate")
    except ImportError:
        return _no_span
    tracer = trace.get_tracer("blobprep", tracer_provider=provider)

    @contextmanager
    def open_span(name: str, headers: Mapping[str, str]) -> Iterator[Callable[[str, Any], None]]:
        told = any(name in headers for name in propagate.get_global_textmap().fields)
        context = propagate.extract(headers) if told else None
        kind = trace.SpanKind.SERVER
        # The message of an exception may have data in it.
        with tracer.start_as_current_span(
            name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span.set_attribute

    return open_span
