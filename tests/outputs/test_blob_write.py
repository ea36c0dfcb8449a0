"""What a store's errors mean for a blob that is written."""

from __future__ import annotations

import pytest

from blobprep.errors import (
    AccessError,
    BlobprepError,
    ConditionNotMet,
    ContainerNotFound,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreError,
    StoreUnavailable,
)
from blobprep.outputs.blob_write import output_errors
from blobprep.stores.location import BlobLocation
from tests.runs.arranging import located, memory


def taken(target: BlobLocation) -> OutputExists:
    return OutputExists(f"{target.printed} is taken")


@pytest.mark.parametrize(
    ("cause", "message", "kind"),
    [
        (AccessError("refused"), "refused", AccessError),
        (StoreUnavailable("down"), "down", StoreUnavailable),
        (ConditionNotMet("other ETag"), "az://work/out/a is taken", OutputExists),
        (
            ContainerNotFound("no such container"),
            "az://work/out/a cannot be written: its container does not exist",
            OutputContainerMissing,
        ),
        (StoreError("a lease", remedy="break it"), "az://work/out/a could not be written: a lease", OutputError),
        (OSError("not a store's"), "not a store's", OSError),
    ],
)
def test_a_stores_error_becomes_an_outputs(cause: Exception, message: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught, output_errors(located(memory(), "out/a"), taken):
        raise cause
    assert type(caught.value) is kind
    assert getattr(caught.value, "message", str(caught.value)) == message
    assert caught.value is cause or caught.value.__cause__ is cause


def test_the_remedy_of_the_store_is_kept() -> None:
    with pytest.raises(OutputError) as caught, output_errors(located(memory(), "out/a")):
        raise StoreError("a lease", remedy="break it")
    assert caught.value.remedy == "break it"


@pytest.mark.parametrize("cause", [ConditionNotMet("other ETag"), StoreError("a lease")])
def test_an_error_that_the_caller_wants_itself_stays(cause: BlobprepError) -> None:
    with pytest.raises(StoreError) as caught, output_errors(located(memory(), "out/a"), others=False):
        raise cause
    assert caught.value is cause
