"""What claims a prefix: the record of a run, or that of something larger, such as a batch of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeVar

from blobprep.errors import ClaimLost, OutputExists
from blobprep.manifest import MANIFEST_NAME, ClaimRecord, Manifest
from blobprep.stores.location import BlobLocation

__all__ = ["RUN", "ClaimKind", "Claimable", "Claiming", "named_in"]


class Claimable(Protocol):
    """A record that is written first, as a claim with status `running`, and last, as what came of it."""

    @property
    def status(self) -> str:
        """Return `running`, `succeeded`, `failed` or `interrupted`."""
        ...

    @property
    def claim(self) -> ClaimRecord | None:
        """Return which process holds the prefix, and what it is going to write there."""
        ...

    def encode(self) -> bytes:
        """Return the bytes of its blob."""
        ...


Claiming = TypeVar("Claiming", bound=Claimable)


@dataclass(frozen=True, slots=True)
class ClaimKind(Generic[Claiming]):
    """A kind of record that claims a prefix.

    Attributes:
        blob: the name of its blob below the prefix.
        noun: what it records, for messages.
        document: what it is called, for messages.
        option: chooses the prefix.
        holds: what a finished one means for its prefix, for messages.
        sequel: what becomes of what another left that was cut off; may be empty.
        loss: what becomes of one whose prefix was taken over, and the remedy.
        decode: reads the bytes of its blob; raises ValueError if they are none.
        id_of: returns what tells two of them apart.
        with_claim: returns it with another claim.
        named: returns the names of the blobs that it wrote or planned.
        supersedes: tells whether it may replace another that succeeded, without `overwrite`.
    """

    blob: str
    noun: str
    document: str
    option: str
    holds: str
    sequel: str
    loss: tuple[str, str]
    decode: Callable[[bytes], Claiming]
    id_of: Callable[[Claiming], str]
    with_claim: Callable[[Claiming, ClaimRecord | None], Claiming]
    named: Callable[[Claiming], tuple[str, ...]]
    supersedes: Callable[[Claiming, Claiming], bool]

    def title(self, record: Claiming) -> str:
        """Return what names one in a message: `run 20240530T180700Z-1f2e3d4c`."""
        return f"{self.noun} {self.id_of(record)}"

    def finished(self, prefix: BlobLocation, previous: Claiming) -> OutputExists:
        """Return the error for a prefix with a record that succeeded and may not be replaced."""
        return OutputExists(
            f"{prefix.printed} holds {self.holds} {self.title(previous)}",
            remedy=f"choose another {self.option}, or replace them with --overwrite",
        )

    def live(self, prefix: BlobLocation, previous: Claiming, silent: float, stale: float) -> OutputExists:
        """Return the error for a prefix whose claim is alive.

        Args:
            prefix: what is claimed.
            previous: the record that claims it.
            silent: seconds since its last heartbeat.
            stale: seconds without one after which it may be taken over.
        """
        return _passing(
            f"{self.title(previous)} is writing to {prefix.printed} now (last heartbeat {silent:.0f} s ago)",
            f"wait for it, or choose another {self.option}; {stale:.0f} s after its last heartbeat it may be taken "
            "over",
        )

    def at_once(self, prefix: BlobLocation) -> OutputExists:
        """Return the error for a prefix that another claimed while this one tried to."""
        return _passing(
            f"another {self.noun} claimed {prefix.printed} at the same moment", f"choose another {self.option}"
        )

    def lost(self, prefix: BlobLocation) -> ClaimLost:
        """Return the error for a prefix that another has taken over."""
        consequence, remedy = self.loss
        return ClaimLost(f"another {self.noun} has taken over {prefix.printed}; {consequence}", remedy=remedy)

    def unknown(self, target: BlobLocation, error: ValueError) -> OutputExists:
        """Return the error for a blob in the place of the record that is something else."""
        return OutputExists(
            f"{target.printed} exists and is not a {self.document} of this version: {error}",
            remedy=f"choose another {self.option}; blobprep does not replace a file it does not recognize",
        )


def _passing(message: str, remedy: str) -> OutputExists:
    error = OutputExists(message, remedy=remedy)
    error.passes = True
    return error


def named_in(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of the blobs a run wrote or planned; references for those in folders, which may be elsewhere."""
    planned = manifest.claim.planned if manifest.claim else ()
    return (*planned, *(record.reference if "/" in record.name else record.name for record in manifest.outputs))


def _supersedes(manifest: Manifest, previous: Manifest) -> bool:
    """Tell whether a run of a batch finds the results of the same batch that are out of date."""
    mine, found = manifest.batch, previous.batch
    if mine is None or found is None or mine.record != found.record:
        return False
    return mine.fingerprint != found.fingerprint


RUN: Final = ClaimKind(
    blob=MANIFEST_NAME,
    noun="run",
    document="manifest",
    option="--output",
    holds="the results of",
    sequel="; what it left there is replaced",
    loss=(
        "the outputs of this one were not published",
        "give each run an --output of its own, for example with {run_id}",
    ),
    decode=Manifest.decode,
    id_of=lambda manifest: manifest.run_id,
    with_claim=lambda manifest, record: replace(manifest, claim=record),
    named=named_in,
    supersedes=_supersedes,
)
"""A run, which claims its output prefix with its manifest."""
