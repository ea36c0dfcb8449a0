"""What is at the outputs of a batch before it begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import blobprep
from blobprep.batches.coordination.presence import is_untouched
from blobprep.batches.engines.local import LocalEngine
from blobprep.errors import AccessError
from blobprep.stores.location import BlobLocation
from tests.batches.arranging import Account
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, memory, put


def place(store: object, prefix: str) -> BlobLocation:
    return BlobLocation(store, CONTAINER, prefix, f"az://{CONTAINER}/{prefix}")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("there", "untouched"),
    [
        ((), True),
        (("out/_batch/batch.json", "out/_batch/items/000001.jsonl"), True),
        (("output/a", "ou/b"), True),
        (("out/_batch/batch.json", "out/a/log.txt"), False),
        (("out/a",), False),
        (("out/_batch",), False),
    ],
)
def test_outputs_are_untouched_if_there_is_nothing_but_the_record(there: tuple[str, ...], untouched: bool) -> None:
    store = memory()
    for blob in there:
        put(store, blob, b"")
    assert is_untouched(place(store, "out/"), place(store, "out/_batch/")) is untouched


def test_a_record_of_the_same_name_elsewhere_is_no_record_of_these_outputs() -> None:
    store = memory()
    put(store, "out/_batch/batch.json", b"")
    assert is_untouched(place(store, "out/"), place(memory(), "out/_batch/")) is False
    assert is_untouched(place(store, "out/"), place(store, "records/")) is False


def test_a_container_that_is_missing_is_untouched_and_one_that_cannot_be_listed_is_not() -> None:
    missing = memory()
    del missing._containers[CONTAINER]
    assert is_untouched(place(missing, "out/"), place(missing, "out/_batch/")) is True

    def refuse(operation: str, blob: str) -> None:
        raise AccessError("no")

    hooked = Hooked(memory(), before=refuse)
    assert is_untouched(place(hooked, "out/"), place(hooked, "out/_batch/")) is False


@pytest.mark.parametrize("output", ["az://prepared/{stem}/", "az://prepared/deep/er/{stem}/", "local/{stem}/"])
def test_runs_of_a_batch_are_told_whether_its_outputs_were_untouched(
    output: str, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    submit = LocalEngine._submit

    def spying(self: LocalEngine, work: object) -> object:
        told.append(work.job.untouched)  # type: ignore[attr-defined]
        return submit(self, work)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalEngine, "_submit", spying)
    Path("prep.py").write_text("def azureml_main(frame):\n    return frame\n")
    for number, resume in ((1, False), (2, True)):
        account.put(f"raw/{number}.csv", b"a\n1\n")
        ended = blobprep.batch(
            "prep.py",
            "az://raw/*.csv",
            output=output,
            isolation="off",
            workers=1,
            resume=resume,
            workspace=account.workspace,
        )
        assert ended.status == "succeeded"
    assert told == [True, False]


def test_a_blob_at_the_place_of_an_output_is_refused_before_its_item_runs(account: Account) -> None:
    account.put("raw/1.csv", b"a\n1\n")
    theirs = account.workspace.locate(account.put("prepared/1/log.txt", b"somebody's"))
    Path("prep.py").write_text("def azureml_main(frame):\n    raise ValueError\n")
    ended = blobprep.batch(
        "prep.py", "az://raw/*.csv", output="az://prepared/{stem}/", isolation="off", workspace=account.workspace
    )
    (record,) = (
        json.loads(line) for line in account.workspace.locate("az://prepared/_batch/items.jsonl").read().splitlines()
    )
    assert (ended.status, record["error"]["code"]) == ("failed", "OutputExists")
    assert theirs.read() == b"somebody's"
