"""What one pass over the records of a batch keeps of them."""

from __future__ import annotations

import tracemalloc

import pytest

from blobprep.batches.report.view import gather_batch, way_to
from blobprep.report.batch_views import BatchView
from tests.batches.report.building import HEAD, HOME, many, record


def test_counts_add_up_to_all_that_matched() -> None:
    records = [record("a"), record("b", "skipped"), record("c", "failed"), record("d", "pending")]

    view = gather_batch(HEAD, records, matched=10)

    assert view.counts == {"done": 1, "skipped": 1, "failed": 1, "pending": 7}
    assert view.matched == 10


def test_failed_items_are_listed_first_and_the_others_in_the_order_of_their_keys() -> None:
    view = gather_batch(HEAD, [record("a"), record("b", "failed"), record("c", "pending"), record("d", "failed")])

    assert [item.key.rpartition("/")[2] for item in view.items] == ["b.csv", "d.csv", "a.csv", "c.csv"]
    assert view.below == "az://contoso@raw/2024/"
    assert view.items[0].error == "KeyError: 'mass'"


@pytest.fixture(scope="module")
def large() -> BatchView:
    return gather_batch(HEAD, many(20_000))


def test_of_many_items_the_failed_and_the_slowest_are_kept(large: BatchView) -> None:
    seconds = sorted((made.seconds for made in many(20_000) if made.status in ("done", "failed")), reverse=True)

    assert len(large.items) == 2_000
    assert sum(item.status == "failed" for item in large.items) == large.counts["failed"]
    assert [item.seconds for item in large.slowest] == seconds[:20]
    kept = {item.key for item in large.items}
    assert {item.key for item in large.slowest} <= kept


def test_sums_are_of_all_items_not_of_those_that_are_kept(large: BatchView) -> None:
    records = list(many(20_000))

    assert large.matched == 20_000
    assert large.rows_in == sum(made.rows_in or 0 for made in records)
    assert large.times.total == pytest.approx(sum(made.seconds for made in records))
    assert sum(lane.items for lane in large.lanes) == large.times.count == sum(large.pairs.values())
    assert sum(cause.count for cause in large.causes) == large.counts["failed"]
    assert [(cause.code, cause.told) for cause in large.causes if cause.code == "0085"] == [
        ("0085", "KeyError: 'mass'")
    ]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_items() -> None:
    def held(amount: int) -> int:
        tracemalloc.start()
        try:
            gather_batch(HEAD, many(amount, failing=0.0))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    held(100)

    assert held(6_000) < 1.5 * held(2_000)


@pytest.mark.parametrize(
    ("prefix", "home", "way"),
    [
        ("az://contoso@prepared/2024/a/", HOME, "../a/"),
        ("az://contoso@prepared/b c/100%25/", HOME, "../../b%20c/100%25/"),
        ("az://contoso@prepared/2024/_batch/a/", HOME, "a/"),
        ("az://contoso@other/2024/a/", HOME, None),
        ("az://fabrikam@prepared/2024/a/", HOME, None),
        ("out/a/", "out/_batch/", "../a/"),
        ("/data/out/a/", "az://contoso@prepared/2024/_batch/", None),
    ],
)
def test_the_way_from_the_record_to_an_item(prefix: str, home: str, way: str | None) -> None:
    assert way_to(prefix, home) == way


def test_an_item_leads_to_what_it_left_and_to_nothing_else() -> None:
    view = gather_batch(HEAD, [record("a"), record("b", "failed"), record("c", "pending")])

    failed, done, pending = view.items
    assert done.way == "../a/"
    assert done.links == {"results": "results.csv", "report": "report.html", "manifest": "manifest.json"}
    assert failed.links == {"manifest": "manifest.json"}
    assert pending.links == {}
