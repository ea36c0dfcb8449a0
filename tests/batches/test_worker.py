"""One item, from work to record, with real children over an account in a folder."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

import blobprep
from blobprep.batches.items import InputBlob
from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.attempt import run_item, run_work
from blobprep.batches.worker.function_file import encode_function
from blobprep.batches.worker.tools import Tools, ToolsBySettings, tools_of_this_process
from blobprep.errors import UsageError
from blobprep.runs.function_script import pickle_function
from blobprep.sandbox.child_pool import ChildPool
from blobprep.stores import Condition
from blobprep.stores.base import ANY
from tests.batches.arranging import Account


@pytest.fixture(scope="module")
def children() -> Iterator[ChildPool]:
    pool = ChildPool(kept=1)
    yield pool
    pool.close()


@pytest.fixture
def tools(account: Account, children: ChildPool) -> Iterator[Tools]:
    made = Tools(account.workspace, children)
    yield made
    made.code.close()


def _work(account: Account, **changes: object) -> WorkItem:
    (work,) = account.works([7])
    return replace(work, **changes)  # type: ignore[arg-type]


def _code(record: ItemRecord) -> str:
    assert record.error is not None, record
    return record.error.code


def test_the_record_tells_what_was_read_and_written(account: Account, tools: Tools) -> None:
    work = _work(account)

    record = run_item(work, tools)

    assert (record.status, record.rows_in, record.rows_out, record.attempt) == ("done", 2, 2, 1)
    assert (record.key, record.inputs, record.output) == (work.item.key, work.item.inputs, work.item.output)
    assert record.parts == {"day": "7"}
    names = {output.name: output for output in record.outputs}
    written = account.workspace.locate("az://dev@prepared/00007/results.parquet")
    assert names["results.parquet"].sha256 == hashlib.sha256(written.read()).hexdigest()
    assert names["results.parquet"].etag == written.properties().etag


def test_the_same_item_again_is_recognized_by_the_manifest_of_its_run(account: Account, tools: Tools) -> None:
    work = _work(account)
    first = run_item(work, tools)

    second = run_item(work, tools)

    assert (second.status, second.attempt) == ("skipped", 0)
    assert (second.run_id, second.outputs, second.rows_out) == (first.run_id, first.outputs, first.rows_out)


def test_it_is_recognized_also_where_results_may_be_overwritten(account: Account, tools: Tools) -> None:
    work = _work(account)
    work = replace(work, job=replace(work.job, overwrite=True))
    run_item(work, tools)

    assert run_item(work, tools).status == "skipped"


def test_results_of_the_same_batch_that_are_out_of_date_are_replaced(account: Account, tools: Tools) -> None:
    first = run_item(_work(account), tools)

    second = run_item(_work(account, fingerprint="b" * 64), tools)

    assert second.status == "done"
    assert second.run_id != first.run_id


def test_results_of_another_batch_are_refused(account: Account, tools: Tools) -> None:
    run_item(_work(account), tools)
    work = _work(account, fingerprint="b" * 64)

    record = run_item(replace(work, job=replace(work.job, batch="az://dev@prepared/_other/")), tools)

    assert (record.status, _code(record)) == ("failed", "OutputExists")
    assert record.error is not None
    assert not record.error.passes


def test_results_that_were_deleted_are_made_again(account: Account, tools: Tools) -> None:
    work = _work(account)
    first = run_item(work, tools)
    results = account.workspace.locate("az://dev@prepared/00007/results.parquet")
    results.store.delete(results.container, results.blob)

    second = run_item(work, tools)

    assert second.status == "done"
    assert second.run_id != first.run_id
    assert results.properties().size


def test_results_that_somebody_changed_are_left_alone(account: Account, tools: Tools) -> None:
    work = _work(account)
    run_item(work, tools)
    account.put("prepared/00007/results.parquet", b"mine")

    record = run_item(work, tools)

    assert _code(record) == "OutputExists"
    assert account.workspace.locate("az://dev@prepared/00007/results.parquet").read() == b"mine"


def test_an_item_that_another_process_runs_is_tried_again_later(account: Account, tools: Tools) -> None:
    class Twice:
        """Children, while whose first session starts the same item is run once more."""

        def __init__(self) -> None:
            self.other: ItemRecord | None = None

        def __call__(self, *arguments: object, **named: object) -> object:
            session = tools.children(*arguments, **named)  # type: ignore[arg-type]
            if self.other is None:
                observed = session.call

                def call(*given: object, **options: object) -> object:
                    self.other = run_item(work, tools)
                    return observed(*given, **options)  # type: ignore[arg-type]

                session.call = call  # type: ignore[method-assign, assignment]
            return session

    work, children = _work(account), Twice()

    first = run_item(work, replace(tools, children=children))  # type: ignore[arg-type]

    assert first.status == "done"
    assert children.other is not None
    assert _code(children.other) == "OutputExists"
    assert children.other.error is not None
    assert children.other.error.passes


def test_another_version_is_told_with_both_sides_and_what_to_install(account: Account, tools: Tools) -> None:
    work = _work(account)
    work = replace(work, job=replace(work.job, versions={**work.job.versions, "pandas": "9.9", "polars": "1.0"}))

    record = run_item(work, tools)

    assert _code(record) == "VersionMismatch"
    assert record.error is not None
    assert f"pandas {work.job.versions['pandas']}" not in record.error.message
    assert "where the batch has 9.9, no polars, which is 1.0" in record.error.message
    assert record.error.remedy == "install there what the batch was started with: pip install pandas==9.9 polars==1.0"


def test_a_script_that_changed_after_the_batch_began_is_not_run(account: Account, tools: Tools) -> None:
    work = _work(account)
    account.put("code/prep.py", b"def azureml_main(frame):\n    return frame\n")

    record = run_item(work, tools)

    assert _code(record) == "ScriptError"
    assert record.error is not None
    assert work.job.script_sha256 in record.error.message


def test_a_script_is_read_once(account: Account, tools: Tools) -> None:
    first, second = account.works([7, 8])
    run_item(first, tools)
    script = account.workspace.locate(first.job.script)
    script.store.delete(script.container, script.blob)

    assert run_item(second, tools).status == "done"


def test_a_blob_that_changed_since_the_listing_fails_its_item(account: Account, tools: Tools) -> None:
    work = _work(account)
    account.put("raw/00007.csv", b"a\n8\n")

    record = run_item(work, tools)

    assert _code(record) == "BlobChanged"
    assert record.error is not None
    assert not record.error.passes


def test_several_blobs_are_one_dataset(account: Account, tools: Tools) -> None:
    one, two = account.works([1, 2])
    item = replace(one.item, inputs=(*one.item.inputs, *two.item.inputs))

    record = run_item(replace(one, item=item), tools)

    assert (record.status, record.rows_in) == ("done", 4)


def _zip(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("factor.py", text)
    return buffer.getvalue()


def test_a_bundle_is_read_once_and_given_to_each_item(account: Account, tools: Tools) -> None:
    data = _zip("BY = 3\n")
    script = "import factor\ndef azureml_main(frame):\n    return frame * factor.BY\n"
    reference = account.put("code/factor.zip", data)
    job = account.job(script, bundle=reference, bundle_sha256=hashlib.sha256(data).hexdigest())
    first, second = account.works([7, 8], job)

    records = [run_item(first, tools)]
    bundle = account.workspace.locate(reference)
    bundle.store.delete(bundle.container, bundle.blob)
    records.append(run_item(second, tools))

    assert [record.status for record in records] == ["done", "done"]
    manifest = blobprep.manifest.Manifest.decode(
        account.workspace.locate("az://dev@prepared/00008/manifest.json").read()
    )
    assert manifest.inputs["bundle"].blobs[0].sha256 == job.bundle_sha256


def test_a_second_dataset_that_items_share_is_read_twice_at_most(account: Account, tools: Tools) -> None:
    script = "def azureml_main(frame, other):\n    frame['c'] = other['c'][0]\n    return frame\n"
    reference = account.put("raw/labels.csv", b"c\n5\n")
    properties = account.workspace.locate(reference).properties()
    labels = InputBlob(reference, properties.etag, properties.size)
    works = [
        replace(work, item=replace(work.item, dataset2=(labels,)))
        for work in account.works(range(4), account.job(script))
    ]

    records = [run_item(work, tools) for work in works[:2]]
    account.workspace.locate(reference).store.delete("raw", "labels.csv")
    records += [run_item(work, tools) for work in works[2:]]

    assert [record.status for record in records] == ["done"] * 4, [record.error for record in records]
    written = account.workspace.locate("az://dev@prepared/00003/manifest.json").read()
    manifest = blobprep.manifest.Manifest.decode(written)
    assert manifest.inputs["dataset2"].blobs[0].sha256 == hashlib.sha256(b"c\n5\n").hexdigest()
    assert manifest.inputs["dataset2"].rows == 1


def test_a_bundle_that_is_another_is_refused(account: Account, tools: Tools) -> None:
    reference = account.put("code/factor.zip", _zip("BY = 4\n"))
    work = _work(account)
    work = replace(work, job=replace(work.job, bundle=reference, bundle_sha256="0" * 64))

    assert _code(run_item(work, tools)) == "bundle"


def test_a_function_travels_as_a_file(account: Account, tools: Tools) -> None:
    factor = 5
    data = encode_function(pickle_function(lambda frame: frame * factor))
    reference = account.put("prepared/_batch/function.json", data)
    job = account.job(script=SCRIPT_ALONE)
    job = replace(job, script=reference, script_kind="function", script_sha256=hashlib.sha256(data).hexdigest())
    (work,) = account.works([7], job)

    record = run_item(work, tools)

    assert record.status == "done", record.error
    assert record.rows_out == 2


SCRIPT_ALONE = "def azureml_main(frame):\n    return frame\n"


def test_storage_that_cannot_be_reached_passes(account: Account, tools: Tools) -> None:
    work = _work(account)

    class Silent:
        """A store that is down for everything that is written."""

        def __getattr__(self, name: str) -> object:
            return getattr(tools.workspace.store("dev"), name)

        def write(self, *_: object, condition: Condition = ANY, **__: object) -> str:
            raise blobprep.errors.StoreUnavailable("nobody answers")

    workspace = blobprep.Workspace(folder=account.folder, environment={}, stores={"dev": Silent()})  # type: ignore[dict-item]

    record = run_item(work, replace(tools, workspace=workspace))

    assert _code(record) == "StoreUnavailable"
    assert record.error is not None
    assert record.error.passes


def test_what_nobody_expected_is_a_defect_with_its_traceback(account: Account, tools: Tools) -> None:
    work = _work(account)
    work = replace(work, item=replace(work.item, inputs=()))

    record = run_item(work, tools)

    assert (record.status, _code(record)) == ("failed", "Defect")
    assert record.error is not None
    assert "Traceback" in record.error.traceback


def test_a_worker_that_runs_out_of_descriptors_can_succeed_later(account: Account, tools: Tools) -> None:
    def exhausted(*_: object, **__: object) -> object:
        raise OSError(24, "Too many open files")

    record = run_item(_work(account), replace(tools, children=exhausted))  # type: ignore[arg-type]

    assert record.error is not None
    assert record.error.passes


def test_an_interrupted_item_is_pending(account: Account, tools: Tools) -> None:
    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    record = run_item(_work(account), replace(tools, children=interrupted))  # type: ignore[arg-type]

    assert (record.status, _code(record)) == ("pending", "interrupted")


def test_a_record_survives_json(account: Account, tools: Tools) -> None:
    work = _work(account)
    record = run_item(work, tools)

    assert ItemRecord.from_json(record.to_json()) == record
    assert WorkItem.decode(work.encode()) == work
    assert isinstance(record.inputs[0], InputBlob)


@pytest.fixture
def own_tools() -> Iterator[ToolsBySettings]:
    yield tools_of_this_process
    tools_of_this_process.close()


@pytest.mark.usefixtures("own_tools")
def test_a_process_that_was_forked_has_a_name_and_tools_of_its_own(account: Account) -> None:
    first, second = account.works([7, 8])
    before = ItemRecord.from_json(json.loads(run_work(first.encode())))
    reading, writing = os.pipe()
    if not (process := os.fork()):
        os.write(writing, run_work(second.encode()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        after = ItemRecord.from_json(json.loads(answer.read()))
    os.waitpid(process, 0)

    assert (before.status, after.status) == ("done", "done"), after.error
    assert after.worker == f"{platform.node()}/{process}" != before.worker
    assert run_work(first.encode())  # with children that are still there


def test_a_process_gives_up_what_no_item_has_used_for_a_while(account: Account) -> None:
    before = set(threading.enumerate())

    def has_children() -> bool:
        return any(thread.name == "blobprep-pump" for thread in set(threading.enumerate()) - before)

    own = ToolsBySettings(unused=0.2)
    with own.using({}) as tools, own.using({}) as same:
        assert same is tools
        assert run_item(_work(account), tools).status == "done"
        time.sleep(0.4)
        assert has_children()
    deadline = time.monotonic() + 30
    while has_children():
        assert time.monotonic() < deadline
        time.sleep(0.01)

    with own.using({}) as later:
        assert later is not tools
        with pytest.raises(UsageError), own.using({"config": "missing.toml"}):
            pass
        time.sleep(0.4)
        with own.using({}) as same:
            assert same is later  # it was at work all the while
    own.close()
