"""What a step of the diagnosis found. Pure; holds no secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from blobprep.errors import BlobprepError

__all__ = ["Diagnosis", "Examination", "Finding", "Mark", "fail", "ok", "skip", "warn"]

Mark = Literal["ok", "warn", "fail", "skip"]

_WORST_LAST: Final[tuple[Mark, ...]] = ("skip", "ok", "warn", "fail")


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what one step found.

    Attributes:
        mark: `ok`, `warn`, `fail`, or `skip` where the step could not run.
        topic: what was looked at, one or two words.
        text: what was found, one sentence.
        cause: why, where it failed or may surprise; else empty.
        remedy: exactly what to do; else empty.
        error: the name of the error (`blobprep.errors`) that any other command ends with; only of failures.
    """

    mark: Mark
    topic: str
    text: str
    cause: str = ""
    remedy: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Hold what was found on the way to one reference or account.

    Attributes:
        subject: the reference or account, without secret.
        findings: in the order of the steps.
    """

    subject: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Hold every examination of one call."""

    examinations: tuple[Examination, ...]

    def __iter__(self) -> Iterator[Finding]:
        return (finding for each in self.examinations for finding in each.findings)

    @property
    def worst(self) -> Mark:
        """Return the worst mark of all."""
        return max((finding.mark for finding in self), key=_WORST_LAST.index, default="skip")

    @property
    def failure(self) -> Finding | None:
        """Return the first finding that failed: what follows may only be its consequence."""
        return next((finding for finding in self if finding.mark == "fail"), None)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "worst": self.worst,
            "examinations": [
                {"subject": each.subject, "findings": [asdict(finding) for finding in each.findings]}
                for each in self.examinations
            ],
        }


def ok(topic: str, text: str) -> Finding:
    """Say that a step went well."""
    return Finding("ok", topic, text)


def warn(topic: str, text: str, cause: str = "", remedy: str = "") -> Finding:
    """Say that a step may surprise."""
    return Finding("warn", topic, text, cause, remedy)


def fail(topic: str, text: str, cause: str, remedy: str, error: type[BlobprepError]) -> Finding:
    """Say that a step failed, why, and what to do."""
    return Finding("fail", topic, text, cause, remedy, error.__name__)


def skip(topic: str, reason: str) -> Finding:
    """Say that a step could not run, and why."""
    return Finding("skip", topic, f"not looked at: {reason}")
