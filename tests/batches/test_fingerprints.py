"""What the results of an item depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.work import Job
from blobprep.runs.options import OPTIONS, RunOptions

BLOB = InputBlob("az://contoso@raw/a.csv", "0x1", 12)
ITEM = Item(BLOB.reference, (BLOB,), "az://contoso@prepared/a/", {"stem": "a"}, {"stem": "a"})
JOB = Job("az://contoso@prepared/_batch/", "prep.py", "source", "ab" * 32, options=RunOptions("prep.py").to_json())

# By option, whether results may depend on it. A new option has to be decided on here.
DEPENDS = {
    "script": False,
    "dataset1": False,
    "dataset2": False,
    "bundle": False,
    "parameters": False,
    "output": False,
    "figures": True,
    "format": True,
    "read1": True,
    "read2": True,
    "partition_columns": True,
    "write": True,
    "overwrite": False,
    "create_container": False,
    "lossless": True,
    "second_output": True,
    "artifacts": True,
    "report": False,
    "duplicate_suffix": True,
    "isolation": False,
    "timeout": False,
    "memory": False,
    "limits": False,
    "allow_hosts": False,
    "allow_accounts": False,
    "emulator": False,
    "interpreter": True,
    "debug": False,
    "classic": True,
    "debugger": False,
}


def mark(item: Item = ITEM, job: Job = JOB) -> str:
    return Fingerprints(job).of(item)


def test_equal_items_have_equal_marks_in_every_process() -> None:
    assert mark() == mark(Item.from_json(ITEM.to_json()), replace(JOB, batch="az://contoso@elsewhere/"))
    assert len(mark()) == 64


@pytest.mark.parametrize(
    "other",
    [
        replace(ITEM, inputs=(replace(BLOB, etag="0x2"),)),
        replace(ITEM, inputs=(replace(BLOB, reference="az://contoso@raw/b.csv"),)),
        replace(ITEM, inputs=(BLOB, BLOB)),
        replace(ITEM, inputs=(), dataset2=(BLOB,)),
        replace(ITEM, parameters={"stem": "b"}),
        replace(ITEM, read1={"rows": "0-100"}),
        replace(ITEM, partition_columns={"year": ("int64", ("2024",))}),
    ],
    ids=["etag", "blob", "more blobs", "other port", "parameter", "piece", "columns"],
)
def test_an_item_that_reads_something_else_has_another_mark(other: Item) -> None:
    assert mark(other) != mark()


@pytest.mark.parametrize(
    "other",
    [
        replace(ITEM, output="az://contoso@prepared/b/"),
        replace(ITEM, parts={"other": "a"}),
        replace(ITEM, inputs=(replace(BLOB, size=13),)),
    ],
    ids=["output", "parts", "size"],
)
def test_a_mark_is_of_what_results_depend_on_alone(other: Item) -> None:
    assert mark(other) == mark()


@pytest.mark.parametrize("field", ["script_sha256", "script_kind", "bundle_sha256"])
def test_another_script_or_bundle_gives_another_mark(field: str) -> None:
    changed: Any = {field: "other"}
    assert mark(job=replace(JOB, **changed)) != mark()


def test_of_every_option_it_is_decided_whether_results_depend_on_it() -> None:
    assert list(DEPENDS) == list(OPTIONS)


@pytest.mark.parametrize("option", DEPENDS)
def test_an_option_is_in_the_mark_if_results_depend_on_it(option: str) -> None:
    changed = replace(JOB, options={**JOB.options, option: "another"})
    assert (mark(job=changed) != mark()) == DEPENDS[option]
