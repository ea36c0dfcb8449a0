"""What a client is told when a request fails: the classic classes, codes and statuses.

Source:
    Microsoft, "Machine Learning Web Service Error Codes" of Studio (classic).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FailureDetail", "ServiceFailure"]


@dataclass(frozen=True, slots=True)
class FailureDetail:
    """One detail of a failure: its code, what it is about, and a sentence."""

    code: str
    message: str
    target: str = ""


class ServiceFailure(Exception):
    """A request that gets an error as its answer.

    Attributes:
        status: of HTTP.
        code: the class of the error, as clients compare it: `BadArgument`, `Unauthorized`, `ModuleExecutionError`, ….
        message: one sentence.
        details: codes that say more; clients read the first one's message.
        retry_after: seconds after which it may be tried again; None where that is no use.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: tuple[FailureDetail, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details, self.retry_after = (
            status,
            code,
            message,
            details,
            retry_after,
        )
