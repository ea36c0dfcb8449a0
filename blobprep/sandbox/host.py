"""What a host of a child does: it has started the child, reports its end, and cleans up after it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Channels", "Host", "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """How a child's process ended, or that it goes on and has exceeded no limit.

    Attributes:
        code: exit status; negative for the number of the signal that ended it; None where it is not known.
        cause: empty, the word of a limit's error, or `killed`.
        crowded: whether it came near its limit of threads and processes.
        goes_on: whether the process lives: the answer to `Host.check`.
    """

    code: int | None
    cause: str = ""
    crowded: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Channels:
    """The parent's ends: the control socket, and the reading ends of log, standard output and error.

    In debug mode the child keeps the terminal, and `out` and `err` are None.
    """

    control: socket.socket
    log: int
    out: int | None
    err: int | None

    def close(self) -> None:
        """Close them; the pump must have ended, or it would read from the next file of the same number."""
        self.control.close()
        for descriptor in (self.log, self.out, self.err):
            if descriptor is not None:
                os.close(descriptor)


class Host(Protocol):
    """The keeper of one child: reports its end and cleans up after it."""

    @property
    def channels(self) -> Channels:
        """Return the parent's ends."""
        ...

    @property
    def preparation(self) -> bytes:
        """Return the `prepare` frame that the child waits for; empty where it waits for none."""
        ...

    @property
    def folder(self) -> str:
        """Return the working folder's path; empty until the start was reported on `life`."""
        ...

    @property
    def measures(self) -> tuple[str, ...]:
        """Return by what limits are enforced, in words; valid as `folder` is."""
        ...

    def work(self) -> None:
        """Answer one request here, if this host does the child's work in this process; else return at once."""
        ...

    def life(self) -> socket.socket | None:
        """Return the socket on which start and end are reported, None where `work` is the child's whole life."""
        ...

    def ended(self, line: bytes) -> Report | None:
        """Read a line of `life`: how the child ended or that it goes on, or None where it reports something else."""
        ...

    def check(self) -> bool:
        """Ask for a check of all limits now, which `life` reports; return whether anything is limited here."""
        ...

    @property
    def pid(self) -> int:
        """Return the number of the child's process; 0 where it has none of its own, or is not known yet."""
        ...

    def start_clock(self) -> None:
        """Count CPU time from now on."""
        ...

    def kill(self) -> None:
        """End the child now; from any thread."""
        ...

    def end(self) -> None:
        """End what is left and remove the run's folder; harmless when that is done."""
        ...

    def close(self) -> None:
        """Close the parent's ends; no thread reads them any more."""
        ...
