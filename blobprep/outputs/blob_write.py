"""One blob written whole, the container it needs, and what a store's refusal means for an output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from blobprep.errors import (
    AccessError,
    ConditionNotMet,
    ContainerNotFound,
    OutputContainerMissing,
    OutputError,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores import BLOCK_SIZE, Condition
from blobprep.stores.location import BlobLocation

__all__ = ["make_container", "output_errors", "write"]


def write(target: BlobLocation, content: bytes, content_type: str, condition: Condition) -> str:
    """Write a blob of any size in one step, and return its ETag; raises as `Store.write`."""
    store = target.store
    if len(content) <= BLOCK_SIZE:
        return store.write(target.container, target.blob, content, content_type=content_type, condition=condition)
    upload = store.upload(target.container, target.blob)
    try:
        starts = range(0, len(content), BLOCK_SIZE)
        for index, start in enumerate(starts):
            upload.put(index, content[start : start + BLOCK_SIZE])
        return upload.commit(len(starts), content_type=content_type, condition=condition)
    finally:
        upload.abandon()


@contextmanager
def output_errors(
    target: BlobLocation, changed: Callable[[BlobLocation], OutputError] | None = None, *, others: bool = True
) -> Iterator[None]:
    """Turn a store's errors into an output's; refused access and an unreachable store stay what they are.

    Args:
        target: the blob that is written.
        changed: makes the error for a blob that is not in the state the write demands; `ConditionNotMet` stays if None.
        others: whether an error without a meaning of its own, such as a lease on the blob, becomes an `OutputError`.

    Raises:
        OutputContainerMissing: there is no such container.
        OutputError: the blob could not be written.
    """
    try:
        yield
    except (AccessError, StoreUnavailable):
        raise
    except ConditionNotMet as error:
        if changed is None:
            raise
        raise changed(target) from error
    except ContainerNotFound as error:
        raise OutputContainerMissing(
            f"{target.printed} cannot be written: its container does not exist",
            remedy="check its name, or create it with --create-container",
        ) from error
    except StoreError as error:
        if not others:
            raise
        raise OutputError(f"{target.printed} could not be written: {error.message}", remedy=error.remedy) from error


def make_container(prefix: BlobLocation, *, create: bool) -> None:
    """Create the container a prefix lacks; a folder on this machine is created without being asked for.

    Raises:
        OutputContainerMissing: it was not to be created.
    """
    if not (create or (prefix.store.protocol == "file" and not prefix.container)):
        raise OutputContainerMissing(
            f"the container {prefix.container} of output {prefix.printed} does not exist",
            remedy="create it, or run again with --create-container",
        )
    prefix.store.create_container(prefix.container)
