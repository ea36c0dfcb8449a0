"""The page of a batch: what it says, what it weighs, and that data is nothing but text in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.batches.options import BatchOptions
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.report.page import FULL, make_batch_report, read_head
from blobprep.batches.report.view import gather_batch
from blobprep.report.batch_page import render_batch
from blobprep.report.batch_views import BatchHead
from blobprep.report.page import BYTES
from blobprep.runs.options import RunOptions
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation
from tests.batches.report.building import HEAD, many, record
from tests.report.reading import Page
from tests.report.test_comparison_page import words


def page_of(head: BatchHead, records: Iterable[ItemRecord], *, matched: int = 0, limit: int = BYTES) -> bytes:
    return render_batch(gather_batch(head, records, matched=matched, full=FULL), bytes=limit)


def told_by(page: bytes) -> str:
    Page(page)
    return unescape(words(page.decode()))


def test_the_page_begins_with_counts_that_add_up_and_the_failures_with_their_tracebacks() -> None:
    page = page_of(HEAD, [record("a"), record("b", "failed"), record("c", "failed")], matched=4)

    told = told_by(page)
    assert "4 items: 1 done, 2 failed, 1 pending, in 10 min 0 s, on 2 workers (local)" in told
    assert "2 items failed, for 1 reason." in told
    assert 'File "prep.py", line 8, in azureml_main' in told
    assert "What to do: Look at 'mass'." in told


def test_an_item_is_linked_to_what_it_left() -> None:
    page = Page(page_of(HEAD, [record("a b")]))

    names = ("results.csv", "report.html", "manifest.json")
    assert {f"../a%20b/{name}" for name in names} <= set(page.values("href"))


def test_what_is_not_listed_is_counted_and_is_said_to_be_elsewhere() -> None:
    page = page_of(HEAD, many(10_000))

    told = told_by(page)
    assert "2,000 of 10,000 items are listed" in told
    assert "All of them are in items.parquet and items.jsonl." in told
    assert 'href="./items.parquet"' in page.decode()
    assert len(page) < 2_000_000


@pytest.mark.parametrize("limit", [150_000, 1_000_000])
def test_the_page_of_a_hard_batch_keeps_to_its_budget(limit: int) -> None:
    records = [
        record(f"{place:05}", "failed", error=ItemError("0085", "x" * 5_000, f"  File \"s.py\", line {place}\n" * 400))
        for place in range(2_500)
    ]  # fmt: skip

    page = page_of(HEAD, records, limit=limit)

    assert len(page) <= limit
    assert f"of {len(records):,} items are listed" in told_by(page)


def test_a_batch_that_runs_says_so_and_an_empty_one_too() -> None:
    running = told_by(page_of(replace(HEAD, status="running", ended=""), [], matched=7))

    assert "Running" in running
    assert "7 items: 7 pending" in running
    assert "Endednot yet" in running
    assert "There are no items." in running


def test_one_item_that_takes_most_of_the_time_is_pointed_at() -> None:
    page = page_of(HEAD, [record("a", seconds=1.0), record("b", seconds=500.0)])

    assert "The slowest item ran for 83.3 % of the batch's time" in told_by(page)


def test_the_head_of_a_record_names_what_was_given_and_not_what_is_so_anyway() -> None:
    run = RunOptions(script="prep.py", dataset1="az://raw/*.csv", output="az://out/{stem}/", lossless=True)
    options = BatchOptions(run, max_failures="5%", group_by=("month",))
    document = {
        "status": "running", "started": "2026-11-30T18:00:00.000Z", "engine": "dask", "workers": 8,
        "script": {"reference": "az://code/prep.py", "sha256": "ab"}, "options": options.to_json(),
    }  # fmt: skip

    head = read_head("az://out/_batch/", document)

    assert head.options == {"lossless": "true", "group_by": '["month"]', "max_failures": "5%"}
    assert (head.source, head.output, head.script) == ("az://raw/*.csv", "az://out/{stem}/", "az://code/prep.py")
    assert (head.engine, head.workers, head.ended) == ("dask", 8, "")


def test_the_page_that_is_stored_leads_to_items_though_its_prefix_was_given_without_the_account(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, "contoso")
    prefix = BlobLocation(store, "prepared", "2024/_batch/", "az://prepared/2024/_batch/")

    page = Page(make_batch_report(prefix, {"status": "succeeded"}, [record("a")]))

    assert "./items.parquet" not in page.values("href")
    assert "../a/report.html" in page.values("href")


_NASTY = st.text(st.sampled_from("a\"'<>&\x00\x1b\u202e\u2028/:.ü中 {}"), max_size=12)


@given(_NASTY, _NASTY, _NASTY)
def test_no_text_of_data_becomes_markup(name: str, text: str, worker: str) -> None:
    made = record("a", "failed", error=ItemError(text, name, text, name), worker=worker)
    hostile = replace(made, key=name, output=f"az://contoso@prepared/{text}/", run_id="x")
    head = replace(HEAD, name=f"az://contoso@prepared/{name}/", engine=text, script=name, options={text: name})

    page = render_batch(gather_batch(head, [hostile, replace(record("b"), key=text, output=hostile.output)]))

    attributes = Page(page).attributes
    assert not [attribute for _, attribute, _ in attributes if attribute == "style" or attribute.startswith("on")]
    links = [value for tag, attribute, value in attributes if attribute == "href" and tag == "a"]
    assert all(value and value.startswith(("#", "./", "../")) for value in links)
    assert "\u202e" not in page.decode()
