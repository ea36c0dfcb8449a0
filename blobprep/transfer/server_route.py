"""Copies that the service makes by itself, and what becomes of those that it refuses to make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, get_args

from blobprep.errors import BlobChanged, BlobprepError, ConditionNotMet, InvalidOption, OutputExists, StoreUnavailable
from blobprep.outputs.blob_write import output_errors
from blobprep.stores.location import BlobLocation, blob_changed
from blobprep.stores.server_side import ServerCopies, ServerCopy, ServerSource, server_copies
from blobprep.transfer.move import Carrier
from blobprep.transfer.pairs import Copy, Written, exists_already
from blobprep.transfer.ranges import Range

__all__ = ["ServerMode", "ServerRoute", "find_route", "require_mode"]

ServerMode = Literal["auto", "always", "never"]
"""Whether the service makes copies between accounts by itself. `auto`: where it can, and the others pass this machine;
`always`: a copy that it does not make fails."""

_ENOUGH: Final = 3
"""Refusals after which a service that has not made one copy is not asked again."""

_FINAL: Final = (BlobChanged, OutputExists)
"""Errors that a copy through this machine would end with, too."""


class ServerRoute:
    """What makes copies from one account to another, or to itself, without their bytes passing this machine.

    The thread that leads the copies calls all methods.

    Args:
        copies: what the service does.
        mode: whether a copy that it refuses passes this machine.

    Attributes:
        refused: how many it refused.
        first: the error of the first refusal.
    """

    def __init__(self, copies: ServerCopies, mode: ServerMode) -> None:
        self.refused = 0
        self.first: BlobprepError | None = None
        self._copies, self._mode = copies, mode
        self._made = 0
        self._elsewhere: set[int] = set()  # the copies under way that were refused, by their places in the plan

    def carrier(self, copy: Copy) -> Carrier | None:
        """Return what makes a copy; None if its bytes, if there are any, pass this machine."""
        if copy.state.size == 0 or copy.index in self._elsewhere:
            return None
        if self._mode == "auto" and self.refused >= _ENOUGH and not self._made:
            self.refused += 1
            self._elsewhere.add(copy.index)
            return None
        return _ServerSide(copy, self._copies)

    def is_refused(self, carrier: Carrier, copy: Copy, error: BlobprepError) -> bool:
        """Note an error, and return whether the copy passes this machine instead, as the same attempt."""
        if self._mode == "always" or not isinstance(carrier, _ServerSide) or isinstance(error, _FINAL):
            return False
        self.refused += 1
        self.first = self.first or error
        self._elsewhere.add(copy.index)
        # It may only have taken too long: another attempt, if there is one, passes this machine.
        return not isinstance(error, StoreUnavailable)

    def end(self, copy: Copy, *, is_made: bool) -> None:
        """Note that a copy has ended."""
        self._elsewhere.discard(copy.index)
        self._made += is_made


def require_mode(mode: str) -> ServerMode:
    """Return the mode that is named.

    Raises:
        InvalidOption: there is no such mode.
    """
    for known in get_args(ServerMode):
        if mode == known:
            return known  # type: ignore[no-any-return]
    raise InvalidOption(f"server_side does not take {mode!r}", remedy=f"use one of: {', '.join(get_args(ServerMode))}")


def find_route(source: BlobLocation, target: BlobLocation, mode: ServerMode) -> ServerRoute | None:
    """Return what makes copies from one place to another by itself; None if bytes pass this machine.

    Raises:
        InvalidOption: they must not, but nothing makes such copies.
    """
    if mode == "never":
        return None
    copies = server_copies(source.store, target.store)
    if not isinstance(copies, str):
        return ServerRoute(copies, mode)
    if mode == "always":
        raise InvalidOption(
            f"no service copies from {source.printed} to {target.printed}: {copies}", remedy="leave out --server-side"
        )
    return None


class _ServerSide:
    """A copy that the service makes; as `Carrier`."""

    def __init__(self, copy: Copy, copies: ServerCopies) -> None:
        self.written: Written | None = None
        self._copy = copy
        place, state = copy.source, copy.state
        source = ServerSource(
            *(place.container, place.blob, state.size, state.etag, state.md5), place.version_id, place.snapshot
        )
        self._begun: ServerCopy = copies.begin(source, copy.target.container, copy.target.blob)
        self.parts = tuple(Range(index, *span) for index, span in enumerate(self._begun.parts))

    def move(self, part: Range) -> int:
        """Copy one part; as `Carrier.move`."""
        with self._errors():
            self._begun.copy_part(part.index)
        if len(self.parts) == 1:
            self.finish()
        return part.length

    def held(self, part: Range) -> int:
        """Return 0: nothing passes this machine."""
        return 0

    def finish(self) -> Written:
        """Publish the copy; as `Carrier.finish`."""
        if self.written is None:
            state = self._copy.state
            with self._errors():
                etag, md5 = self._begun.publish(
                    content_type=state.content_type, metadata=state.metadata, condition=self._copy.condition
                )
            self.written = Written(etag, md5, server_side=True)
        return self.written

    def give_up(self) -> None:
        """Do nothing: no part waits for another."""

    def abandon(self) -> None:
        """Do nothing: the service drops what is not committed."""

    @contextmanager
    def _errors(self) -> Iterator[None]:
        copy = self._copy
        with output_errors(copy.target, exists_already, others=False):
            try:
                yield
            except ConditionNotMet as error:
                if error.code != "SourceConditionNotMet":
                    raise
                raise blob_changed(copy.source, copy.state.etag) from error
