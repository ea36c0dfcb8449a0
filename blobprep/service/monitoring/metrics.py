"""What a server counts, for Prometheus: a registry of its own, without names or values from requests."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The metrics of one server.

    Attributes:
        registry: has them.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("service", "operation")
        self._requests = Counter(
            "blobprep_requests", "Requests answered.", (*labels, "status", "code"), registry=self.registry
        )
        self._seconds = Histogram(
            "blobprep_request_seconds", "Seconds from a request to its answer.", labels, buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._stages = Histogram(
            "blobprep_stage_seconds", "Seconds of a stage of scoring.", ("service", "stage"), buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._received = Counter("blobprep_received_bytes", "Bytes of bodies.", labels, registry=self.registry)
        self._sent = Counter("blobprep_sent_bytes", "Bytes of answers.", labels, registry=self.registry)
        self._of_stage: dict[tuple[str, str], Histogram] = {}
        self._active = Gauge("blobprep_requests_active", "Requests being answered.", registry=self.registry)

    def begin(self) -> None:
        """Count a request that is being answered."""
        self._active.inc()

    def end(
        self, service: str, operation: str, status: int, code: str, seconds: float, received: int, sent: int
    ) -> None:
        """Count a request that was answered.

        Args:
            service: its name; empty for none.
            operation: what was asked for.
            status: of HTTP.
            code: the class of the failure; empty for none.
            seconds: that it took.
            received: bytes of its body.
            sent: bytes of the answer.
        """
        self._active.dec()
        self._requests.labels(service, operation, str(status), code).inc()
        self._seconds.labels(service, operation).observe(seconds)
        self._received.labels(service, operation).inc(received)
        self._sent.labels(service, operation).inc(sent)

    def note_stage(self, service: str, stage: str, seconds: float) -> None:
        """Note what a stage of scoring took."""
        child = self._of_stage.get((service, stage))
        if child is None:
            child = self._of_stage[service, stage] = self._stages.labels(service, stage)
        child.observe(seconds)

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read when somebody asks for it."""
        Gauge(name, text, registry=self.registry).set_function(read)

    def as_text(self) -> bytes:
        """Return them as Prometheus reads them."""
        return generate_latest(self.registry)
