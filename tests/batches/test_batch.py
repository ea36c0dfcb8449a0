"""`blobprep.batch`: from a pattern to results and a record."""

from __future__ import annotations

import gc
import io
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import blobprep
from blobprep.batches.coordination.progress import BatchProgress
from blobprep.batches.record.summary import BatchSummary
from blobprep.batches.records import Counts
from blobprep.errors import BatchFailed, BlobNotFound, InvalidOption, OutputError, OutputExists
from blobprep.manifest import ClaimRecord
from blobprep.outputs.processes import this_process
from tests.batches.arranging import Account
from tests.remains import descriptors, new_descriptors

SCRIPT = """
def azureml_main(frame):
    if frame["a"][0] == 13:
        raise KeyError("mass")
    frame["b"] = frame["a"] * 2
    return frame
"""
LEAVING = """
import pathlib

def azureml_main(frame):
    if frame["a"][0] == 0:
        place = pathlib.Path({place!r})
        place.parent.mkdir(parents=True)
        place.write_bytes(b"another's")
    return frame
"""
GATED = """
import pathlib, time

def azureml_main(frame):
    while frame["a"][0] != 30 and not pathlib.Path({gate!r}).exists():
        time.sleep(0.01)
    return frame
"""
SAS = "sv=2022-11-02&sp=rl&se=2030-01-01T00:00:00Z&sig=CANARYCANARYCANARYCANARYCANARYCANARYCANARYCA%3D"
OUTPUT = "az://prepared/{day}/{stem}/"
RECORD = "prepared/_batch/"


def put(account: Account, *numbers: int) -> None:
    for number in numbers:
        account.put(f"raw/2024-05-{number % 3 + 1:02d}/{number:03d}.csv", f"a\n{number}\n1\n".encode())


def run(account: Account, **options: Any) -> blobprep.Batch:
    script = account.folder / "prep.py"
    if not script.exists():
        script.write_text(SCRIPT)
    options = {"output": OUTPUT, "isolation": "off", "workers": 1, "workspace": account.workspace, **options}
    return blobprep.batch("prep.py", "az://raw/{day}/*.csv", **options)


def summary(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(account.workspace.locate(f"az://{RECORD}batch.json").read())
    return found


def blobs(account: Account, below: str = RECORD) -> set[str]:
    place = account.workspace.locate(f"az://{below}")
    return {found.blob.removeprefix(place.blob) for found in place.store.list(place.container, place.blob)}


def results(account: Account) -> dict[str, bytes]:
    folder = account.folder / "blobs" / "prepared"
    return {str(path.parent.relative_to(folder)): path.read_bytes() for path in folder.rglob("results.parquet")}


def test_a_batch_leaves_results_and_a_record_that_adds_up(account: Account) -> None:
    put(account, 1, 2, 13, 4)
    ended = run(account)
    assert (ended.status, ended.counts) == ("failed", Counts(done=3, failed=1))
    assert repr(ended) == "<Batch failed: 4 items (3 done, 1 failed), record az://dev@prepared/_batch/>"
    assert set(results(account)) == {"2024-05-02/001", "2024-05-03/002", "2024-05-02/004"}
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-02/001"]))["b"].tolist() == [2, 2]
    assert blobs(account) == {"batch.json", "items.jsonl", "items.parquet", "report.html"}
    told = summary(account)
    assert told["counts"] == {"matched": 4, "done": 3, "skipped": 0, "failed": 1, "pending": 0}
    assert (told["status"], told["claim"], told["engine"], told["rows_in"]) == ("failed", None, "local", 8)
    assert told["message"] == "1 item of 4 failed; most often (1): KeyError: 'mass'"
    assert told["causes"] == [
        {
            "code": "0085",
            "message": "KeyError: 'mass'",
            "count": 1,
            "item": "az://dev@raw/2024-05-02/013.csv",
        }
    ]
    table = pq.read_table(io.BytesIO(account.workspace.locate(f"az://{RECORD}items.parquet").read()))
    assert table.column("status").to_pylist() == ["done", "done", "failed", "done"]
    assert [record.key for record in ended] == table.column("key").to_pylist()
    assert [record.parts["day"] for record in ended.failed] == ["2024-05-02"]
    assert b"KeyError" in ended.report


def test_a_batch_with_items_that_failed_can_be_raised(account: Account) -> None:
    put(account, 13)
    with pytest.raises(BatchFailed, match="KeyError") as raised:
        run(account).raise_for_failure()
    assert "--resume" in raised.value.remedy
    put(account, 14)
    run(account, overwrite=True, where=["stem=014"]).raise_for_failure()


def test_a_batch_that_is_resumed_does_what_failed_changed_or_is_new(account: Account) -> None:
    put(account, 1, 2, 13)
    first = {record.key: record for record in run(account)}
    account.put("raw/2024-05-03/002.csv", b"a\n20\n")
    account.put("raw/2024-05-02/013.csv", b"a\n14\n")
    put(account, 5)
    again = run(account, resume=True)
    assert (again.status, again.counts) == ("succeeded", Counts(done=3, skipped=1))
    kept = "az://dev@raw/2024-05-02/001.csv"
    assert {record.key: record for record in again}[kept] == replace(first[kept], status="skipped")
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-03/002"]))["b"].tolist() == [40]
    assert run(account, resume=True).counts == Counts(skipped=4)


def test_results_that_are_gone_are_made_again_if_the_batch_is_to_look(account: Account) -> None:
    put(account, 1, 2)
    run(account)
    before = results(account)
    (account.folder / "blobs" / "prepared" / "2024-05-02" / "001" / "results.parquet").unlink()
    assert run(account, resume=True).counts == Counts(skipped=2)
    assert run(account, resume=True, verify=True).counts == Counts(done=1, skipped=1)
    assert results(account) == before


def test_another_script_makes_all_items_run_again(account: Account) -> None:
    put(account, 1, 2)
    run(account)
    (account.folder / "prep.py").write_text(SCRIPT.replace("* 2", "* 3"))
    assert run(account, resume=True).counts == Counts(done=2)
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-02/001"]))["b"].tolist() == [3, 3]


def test_items_without_a_record_are_known_by_their_manifests(account: Account) -> None:
    put(account, 1, 2)
    run(account)
    before = results(account)
    place = account.workspace.locate(f"az://{RECORD}")
    for name in blobs(account):
        place.store.delete(place.container, place.blob + name)
    runs = {record.key: record.run_id for record in run(account)}
    assert results(account) == before
    manifest = json.loads(account.workspace.locate("az://prepared/2024-05-02/001/manifest.json").read())
    assert manifest["batch"]["record"] == "az://dev@prepared/_batch/"
    assert runs["az://dev@raw/2024-05-02/001.csv"] == manifest["run_id"]


def test_a_record_is_not_replaced_unless_asked(account: Account) -> None:
    put(account, 1)
    first = run(account).summary
    assert first is not None
    with pytest.raises(OutputExists, match=f"holds the record of batch {first.batch_id}") as raised:
        run(account)
    assert all(way in raised.value.remedy for way in ("--resume", "--overwrite", "--record"))
    assert run(account, overwrite=True).counts == Counts(done=1)
    again = summary(account)
    assert again["edition"] == again["batch_id"]
    assert run(account, resume=True).counts == Counts(skipped=1)
    assert summary(account)["edition"] == again["edition"]
    account.workspace.locate(f"az://{RECORD}").store.delete("prepared", "_batch/items.jsonl")
    assert run(account, resume=True).counts == Counts(skipped=1)  # by the manifest of its run


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_came_to_an_output_since_the_batch_began_is_replaced_only_if_asked(
    account: Account, overwrite: bool
) -> None:
    put(account, *range(0, 24, 3))
    place = account.folder / "blobs" / "prepared" / "2024-05-01" / "021" / "results.parquet"
    (account.folder / "prep.py").write_text(LEAVING.format(place=str(place)))
    ended = run(account, overwrite=overwrite)
    if overwrite:
        assert ended.counts == Counts(done=8)
        assert pd.read_parquet(place)["a"].tolist() == [21, 1]
    else:
        assert ended.counts == Counts(done=7, failed=1)
        assert place.read_bytes() == b"another's"


def test_of_two_batches_with_one_record_the_second_is_refused(account: Account) -> None:
    put(account, 1)
    run(account)
    place = account.workspace.locate(f"az://{RECORD}batch.json")
    standing = BatchSummary.decode(place.read())
    live = replace(standing, status="running", claim=ClaimRecord("another machine", "1:1", ()))
    place.store.write(place.container, place.blob, live.encode(), content_type="application/json")
    with pytest.raises(OutputExists, match=f"batch {standing.batch_id} is writing to"):
        run(account, resume=True)
    dead = replace(live, claim=replace(this_process(()), process="1:1"))
    place.store.write(place.container, place.blob, dead.encode(), content_type="application/json")
    assert run(account, resume=True).counts == Counts(skipped=1)
    assert f"took over az://dev@prepared/_batch/ from batch {standing.batch_id}" in account.workspace.warnings[-1]


def test_the_record_of_copies_is_not_gone_on_with(account: Account) -> None:
    put(account, 1)
    blobprep.cp("az://raw/2024*/*.csv", "az://code/copies/", record=f"az://{RECORD}", workspace=account.workspace)
    kept = summary(account)
    for option in ("resume", "overwrite"):
        with pytest.raises(OutputExists, match="holds the record of the copies"):
            run(account, **{option: True})
    assert summary(account) == kept


def test_a_record_that_cannot_be_read_is_refused_and_the_batch_has_ended(account: Account) -> None:
    put(account, 1)
    run(account)
    lines = account.workspace.locate(f"az://{RECORD}items.jsonl")
    lines.store.write(lines.container, lines.blob, b"{}\n", content_type="text/plain")
    with pytest.raises(OutputError, match=r"items\.jsonl is not the record of a batch"):
        run(account, resume=True)
    told = summary(account)
    assert (told["status"], told["error"]["code"], told["claim"]) == ("failed", "OutputError", None)
    assert run(account, overwrite=True).counts == Counts(done=1)


def test_the_record_goes_where_it_is_wanted(account: Account) -> None:
    put(account, 1)
    ended = run(account, record="az://code/records/nightly")
    assert ended.record.printed == "az://code/records/nightly/"
    assert "items.jsonl" in blobs(account, "code/records/nightly/")
    assert blobs(account) == set()


def test_a_batch_of_local_files_needs_no_account(account: Account) -> None:
    (account.folder / "in").mkdir()
    for name in ("a", "b"):
        (account.folder / "in" / f"{name}.csv").write_text("a\n1\n")
    (account.folder / "prep.py").write_text(SCRIPT)
    ended = blobprep.batch("prep.py", "in/*.csv", output="out/{stem}/", isolation="off", workers=1)
    assert ended.counts == Counts(done=2)
    assert (account.folder / "out" / "_batch" / "batch.json").exists()
    assert blobprep.batch(
        "prep.py", "in/*.csv", output="out/{stem}/", isolation="off", workers=1, resume=True
    ).counts == Counts(skipped=2)


def test_a_function_is_a_script_too(account: Account) -> None:
    put(account, 1)

    def double(frame: pd.DataFrame) -> pd.DataFrame:
        return frame * 2

    ended = blobprep.batch(
        double, "az://raw/{day}/*.csv", output=OUTPUT, isolation="off", workers=1, workspace=account.workspace
    )
    assert ended.counts == Counts(done=1)
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-02/001"]))["a"].tolist() == [2, 2]
    assert any(name.startswith("script-") for name in blobs(account))


def test_a_bundle_may_be_a_folder(account: Account) -> None:
    put(account, 1)
    (account.folder / "lib").mkdir()
    (account.folder / "lib" / "times.py").write_text("FACTOR = 5\n")
    (account.folder / "prep.py").write_text(
        "import times\n\ndef azureml_main(frame):\n    return frame * times.FACTOR\n"
    )
    assert run(account, bundle="lib").counts == Counts(done=1)
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-02/001"]))["a"].tolist() == [5, 5]
    (account.folder / "lib" / "times.py").write_text("FACTOR = 6\n")
    assert run(account, bundle="lib", resume=True).counts == Counts(done=1)


def test_a_second_dataset_for_all_items_is_pinned_and_part_of_what_they_depend_on(account: Account) -> None:
    put(account, 1, 2)
    account.put("code/labels.csv", b"label\nx\n")
    (account.folder / "prep.py").write_text(
        'def azureml_main(frame, labels):\n    frame["label"] = labels["label"][0]\n    return frame\n'
    )
    first = run(account, dataset2="az://code/labels.csv")
    assert first.counts == Counts(done=2)
    assert next(iter(first)).inputs[-1].reference == "az://dev@code/labels.csv"
    assert run(account, dataset2="az://code/labels.csv", resume=True).counts == Counts(skipped=2)
    account.put("code/labels.csv", b"label\ny\n")
    assert run(account, dataset2="az://code/labels.csv", resume=True).counts == Counts(done=2)
    assert pd.read_parquet(io.BytesIO(results(account)["2024-05-02/001"]))["label"].tolist() == ["y", "y"]


def test_what_the_items_shared_is_closed_with_the_batch(account: Account) -> None:
    put(account, 1, 2, 4)
    account.put("code/factors.csv", b"k\n3\n")
    (account.folder / "prep.py").write_text("def azureml_main(frame, factors):\n    return frame\n")
    (account.folder / "lib").mkdir()
    (account.folder / "lib" / "helper.py").write_text("FACTOR = 3\n")
    gc.collect()
    before = descriptors()
    gc.disable()
    try:
        assert run(account, bundle="lib", dataset2="az://code/factors.csv").counts == Counts(done=3)
        assert not [file for file in new_descriptors(before).values() if "memfd" in file]
    finally:
        gc.enable()


def test_results_of_all_items_are_combined_once_all_have_some(account: Account) -> None:
    put(account, 1, 13, 3)
    combined = account.workspace.locate("az://prepared/all.parquet")
    first = run(account, combine="az://prepared/all.parquet").summary
    assert first is not None
    assert first.message.endswith("KeyError: 'mass'; the results were not combined")
    with pytest.raises(BlobNotFound):
        combined.read()
    account.put("raw/2024-05-02/013.csv", b"a\n14\n")
    assert run(account, combine="az://prepared/all.parquet", resume=True).status == "succeeded"
    assert pd.read_parquet(io.BytesIO(combined.read()))["b"].tolist() == [6, 2, 2, 2, 28]


# Early ends


def test_a_budget_that_is_exceeded_ends_the_batch(account: Account) -> None:
    for number in range(20):
        account.put(f"raw/2024-05-01/{number:03d}.csv", b"a\n13\n")
    ended = run(account, max_failures=1, workers=1)
    assert ended.status == "failed"
    assert ended.counts.failed >= 2
    assert ended.counts.pending > 0
    assert ended.counts.matched == 20
    assert ended.summary is not None
    assert "more than --max-failures 1 allows, so no more were begun; most often" in ended.summary.message
    assert "KeyError: 'mass'" in ended.summary.message


def test_a_batch_that_was_stopped_is_interrupted_and_can_be_resumed(account: Account) -> None:
    put(account, *range(30, 50))
    (account.folder / "prep.py").write_text(GATED.format(gate=str(account.folder / "gate")))
    stop = blobprep.Stop()

    def watch(progress: BatchProgress) -> None:
        if progress.done:
            stop.request()
            (account.folder / "gate").touch()

    ended = run(account, stop=stop, on_progress=watch, workers=1)
    assert ended.status == "interrupted"
    assert ended.counts.pending > 0
    assert ended.counts.done + ended.counts.pending == 20
    again = run(account, resume=True)
    assert again.status == "succeeded"
    assert again.counts == Counts(done=ended.counts.pending, skipped=ended.counts.done)


# Dry runs


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(account: Account) -> None:
    put(account, 1, 2, 4)
    planned = run(account, dry_run=True)
    assert (planned.status, planned.counts) == ("planned", Counts(pending=3))
    preview = planned.preview
    assert preview is not None
    assert (preview.matched, preview.to_run, preview.size, preview.seconds) == (3, 3, 18, None)
    assert preview.first[0].output == "az://dev@prepared/2024-05-02/001/"
    assert blobs(account, "prepared/") == set()


def test_a_dry_run_estimates_by_what_is_known(account: Account) -> None:
    put(account, 1, 2)
    run(account)
    put(account, 4, 5)
    preview = run(account, dry_run=True, resume=True).preview
    assert preview is not None
    assert (preview.matched, preview.to_run, preview.known) == (4, 2, 2)
    assert preview.seconds is not None
    assert preview.seconds > 0
    anew = run(account, dry_run=True, overwrite=True).preview
    assert anew is not None
    assert anew.to_run == 4


# Refusals


def test_the_token_of_a_list_is_nowhere_in_the_record(account: Account) -> None:
    put(account, 1)
    account.put("raw/list.txt", b"az://dev@raw/2024-05-02/001.csv\n")
    script = account.folder / "prep.py"
    script.write_text(SCRIPT)
    ended = blobprep.batch(
        "prep.py",
        list=f"https://dev.blob.core.windows.net/raw/list.txt?{SAS}",
        output="az://prepared/{stem}/",
        isolation="off",
        workspace=account.workspace,
    )
    assert ended.status == "succeeded"
    assert summary(account)["options"]["list"] == "https://dev.blob.core.windows.net/raw/list.txt"
    written = (account.folder / "blobs" / "prepared").rglob("*")
    assert [path for path in written if path.is_file() and b"CANARY" in path.read_bytes()] == []


def test_nothing_is_left_where_nothing_matches(account: Account) -> None:
    with pytest.raises(BlobNotFound):
        run(account)
    assert blobs(account, "prepared/") == set()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"max_failures": "many"}, "max_failures is 'many'"),
        ({"attempts": 0}, "attempts is 0"),
        ({"workers": 0}, "0 workers"),
        ({"engine": "slurm"}, "no engine 'slurm'"),
        ({"where": "year>1"}, "where must be a list"),
        ({"debug": True}, "debugger"),
        ({"combine_by": ["day"]}, "combine_by is given without combine"),
        ({"combine": "az://prepared/all/", "combine_by": ["month"]}, "has no such part"),
        ({"combine": "az://prepared/all.xlsx"}, "cannot be written in excel"),
        ({"combine": "az://prepared/all/"}, "is a prefix"),
        ({"record": "az://prepared/{stem}/"}, "has a part in braces, but a batch has one record"),
        ({"combine": "az://prepared/all.csv", "format": "jsonl"}, "results in jsonl cannot be combined"),
        ({"rows_per_run": 0}, "rows_per_run is 0"),
        ({"dataset2": pd.DataFrame()}, "dataset2 of a batch must be text"),
        ({"output": f"az://prepared/{{stem}}/?{SAS}"}, "output of a batch must be text without a SAS token"),
        ({"record": f"az://prepared/record/?{SAS}"}, "record of a batch must be text without a SAS token"),
        ({"combine": f"az://prepared/all.parquet?{SAS}"}, "combine of a batch must be text without a SAS token"),
    ],
)
def test_options_that_cannot_be_are_refused(account: Account, options: dict[str, Any], told: str) -> None:
    put(account, 1)
    with pytest.raises(InvalidOption, match=told):
        run(account, **options)
    assert blobs(account, "prepared/") == set()
