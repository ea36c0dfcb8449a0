"""The findings of a diagnosis. Pure; they hold no secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from blobprep.errors import BlobprepError

__all__ = ["Diagnosis", "Examination", "Mark", "StepFinding", "fail", "ok", "skip", "warn"]

Mark = Literal["ok", "warn", "fail", "skip"]

_WORST_LAST: Final[tuple[Mark, ...]] = ("skip", "ok", "warn", "fail")


@dataclass(frozen=True, slots=True)
class StepFinding:
    """The result of one step.

    Attributes:
        mark: `ok`, `warn`, `fail`, or `skip` if the step could not run.
        topic: what was examined, in one or two words.
        text: what was found, in one sentence.
        cause: why, if the step failed or gives a warning; else empty.
        remedy: exactly what to do; else empty.
        error: the name of the error (`blobprep.errors`) that any other command ends with; empty except for failures.
    """

    mark: Mark
    topic: str
    text: str
    cause: str = ""
    remedy: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """The findings on the way to one reference or account.

    Attributes:
        subject: the reference or account, without secrets.
        findings: the findings, in the order of the steps.
    """

    subject: str
    findings: tuple[StepFinding, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All examinations of one call."""

    examinations: tuple[Examination, ...]

    def __iter__(self) -> Iterator[StepFinding]:
        return (finding for examination in self.examinations for finding in examination.findings)

    @property
    def worst(self) -> Mark:
        """Return the worst mark of all findings."""
        return max((finding.mark for finding in self), key=_WORST_LAST.index, default="skip")

    @property
    def failure(self) -> StepFinding | None:
        """Return the first failure, if any; later ones may only be its consequences."""
        return next((finding for finding in self if finding.mark == "fail"), None)

    def as_json(self) -> dict[str, Any]:
        """Return the diagnosis as plain data for JSON."""
        return {
            "worst": self.worst,
            "examinations": [
                {"subject": item.subject, "findings": [asdict(finding) for finding in item.findings]}
                for item in self.examinations
            ],
        }


def ok(topic: str, text: str) -> StepFinding:
    """Return the finding of a step that succeeded."""
    return StepFinding("ok", topic, text)


def warn(topic: str, text: str, cause: str = "", remedy: str = "") -> StepFinding:
    """Return the finding of a step that calls for attention."""
    return StepFinding("warn", topic, text, cause, remedy)


def fail(topic: str, text: str, cause: str, remedy: str, error: type[BlobprepError]) -> StepFinding:
    """Return the finding of a step that failed: why, and what to do."""
    return StepFinding("fail", topic, text, cause, remedy, error.__name__)


def skip(topic: str, reason: str) -> StepFinding:
    """Return the finding of a step that could not run."""
    return StepFinding("skip", topic, f"not checked: {reason}")
