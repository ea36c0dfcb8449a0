"""The items of a batch on their way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from blobprep.batches.coordination.coordinator import Coordinator
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.items import Item
from blobprep.batches.record.spool import encode_record
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.errors import Defect, UsageError
from tests.batches.coordinating import BROKEN, CLAIMED, LOST, PASSES, Engine, coordinate, done, failed, item, items
from tests.runs.arranging import located, memory, names


def statuses(records: list[ItemRecord]) -> Counter[str]:
    return Counter(record.status for record in records)


def known(records: list[ItemRecord]) -> list[tuple[ItemRecord, bytes]]:
    return [(record, encode_record(record)) for record in records]


def test_every_item_has_its_record_in_the_order_of_the_plan() -> None:
    records, _ = coordinate(items(20), Engine(window=7))
    assert [record.key for record in records] == [planned.key for planned in items(20)]
    assert statuses(records) == {"done": 20}
    assert {record.attempt for record in records} == {1}


def test_what_is_done_and_has_not_changed_is_skipped() -> None:
    first, _ = coordinate(items(5), Engine())
    engine = Engine()
    again, _ = coordinate([*items(2), item(2, "0x2"), *items(7)[3:]], engine, known(first))
    assert [record.status for record in again] == ["skipped"] * 2 + ["done"] + ["skipped"] * 2 + ["done"] * 2
    assert engine.runs == [[item(number).key for number in (2, 5, 6)]]
    assert again[0] == replace(first[0], status="skipped")


def test_an_item_whose_output_is_elsewhere_now_is_run_again() -> None:
    first, _ = coordinate(items(1), Engine())
    moved = replace(item(0), output="az://contoso@work/elsewhere/")
    again, _ = coordinate([moved], Engine(), known(first))
    assert statuses(again) == {"done": 1}


def test_what_failed_or_was_not_reached_is_run_again() -> None:
    first, _ = coordinate(items(4), Engine(lambda work: failed(work) if "2" in work.item.output else done(work)))
    engine = Engine()
    again, _ = coordinate(items(4), engine, known(first[:3]))
    assert engine.runs == [[item(2).key, item(3).key]]
    assert [record.attempt for record in again] == [1, 1, 2, 1]


def test_items_that_are_gone_are_counted_and_leave_the_record() -> None:
    first, _ = coordinate(items(5), Engine())
    again, coordinator = coordinate([item(1), item(3)], Engine(), known(first))
    assert [record.key for record in again] == [item(1).key, item(3).key]
    assert coordinator.gone == 3


def test_a_plan_out_of_order_is_a_defect() -> None:
    with pytest.raises(Defect, match="not sorted"):
        coordinate([item(2), item(1)], Engine())


# Once more


def test_an_item_is_tried_again_if_its_failure_passes() -> None:
    def outcome(work: WorkItem) -> ItemRecord:
        return failed(work, PASSES) if "1" in work.item.key and work.attempt < 3 else done(work)

    pauses: list[int] = []

    def pause(number: int) -> float:
        pauses.append(number)
        return 0.0

    engine = Engine(outcome)
    records, _ = coordinate(items(3), engine, pause=pause)
    assert statuses(records) == {"done": 3}
    assert [record.attempt for record in records] == [1, 3, 1]
    assert engine.runs == [[planned.key for planned in items(3)], [item(1).key], [item(1).key]]
    assert pauses == [2, 3]


@pytest.mark.parametrize(("error", "waits"), [(CLAIMED, True), (PASSES, False)])
def test_the_last_attempt_waits_until_the_claim_of_a_lost_worker_may_be_taken_over(
    error: ItemError, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(Coordinator, "_rest", lambda self, seconds: rests.append(seconds) or True)

    def outcome(work: WorkItem) -> ItemRecord:
        return failed(work, error) if work.attempt < 3 else done(work)

    records, _ = coordinate(items(2), Engine(outcome), patience=95.0)
    assert statuses(records) == {"done": 2}
    assert rests == [0.0, 95.0 if waits else 0.0]


def test_an_item_is_not_tried_again_if_its_failure_stays() -> None:
    engine = Engine(failed)
    records, _ = coordinate(items(2), engine)
    assert statuses(records) == {"failed": 2}
    assert len(engine.runs) == 1


def test_attempts_end() -> None:
    engine = Engine(lambda work: failed(work, PASSES))
    records, _ = coordinate(items(2), engine, attempts=2)
    assert statuses(records) == {"failed": 2}
    assert [record.attempt for record in records] == [2, 2]
    assert len(engine.runs) == 2


def test_an_item_that_ends_its_workers_is_run_alone_at_last_and_told() -> None:
    def outcome(work: WorkItem) -> ItemRecord:
        is_poison = work.item.key == item(1).key
        takes_others = work.attempt == 1 and work.item.key == item(0).key
        return failed(work, LOST) if is_poison or takes_others else done(work)

    engine = Engine(outcome)
    records, _ = coordinate(items(3), engine)
    assert [record.status for record in records] == ["done", "failed", "done"]
    assert engine.runs[-1] == [item(1).key]
    error = records[1].error
    assert error is not None
    assert "its worker was lost at each of 3 attempts, the last time with no other item beside it" in error.message
    assert error.passes


def test_items_of_a_worker_lost_once_are_done_by_others() -> None:
    records, _ = coordinate(items(9), Engine(lambda work: failed(work, LOST) if work.attempt == 1 else done(work)))
    assert statuses(records) == {"done": 9}


# The end


def test_a_budget_that_is_exceeded_begins_no_more_items() -> None:
    engine = Engine(failed, window=2)
    records, coordinator = coordinate(items(10), engine, allowed=2)
    assert coordinator.exceeded
    assert statuses(records) == {"failed": 4, "pending": 6}  # one was under way when the third failed


def test_failures_that_are_tried_again_do_not_use_up_the_budget() -> None:
    engine = Engine(lambda work: failed(work, PASSES) if work.attempt == 1 else done(work))
    records, coordinator = coordinate(items(10), engine, allowed=0)
    assert not coordinator.exceeded
    assert statuses(records) == {"done": 10}


def test_a_stop_lets_running_items_end() -> None:
    stop = Stop()

    def outcome(work: WorkItem) -> ItemRecord:
        if work.item.key == item(2).key:
            assert stop.request() == 2  # the engine holds two more
        return done(work)

    records, _ = coordinate(items(10), Engine(outcome, window=3), stop=stop)
    assert [record.status for record in records] == ["done"] * 5 + ["pending"] * 5


def test_a_second_stop_ends_running_items_too() -> None:
    stop = Stop()

    def outcome(work: WorkItem) -> ItemRecord:
        if work.item.key == item(2).key:
            stop.request()
            stop.request()
        return done(work)

    records, _ = coordinate(items(10), Engine(outcome, window=3), stop=stop)
    assert [record.status for record in records] == ["done"] * 3 + ["pending"] * 7


def test_what_is_in_place_is_known_of_a_batch_that_was_stopped_at_once() -> None:
    first, _ = coordinate(items(3), Engine())
    stop = Stop()
    stop.request()
    records, _ = coordinate(items(5), Engine(), known(first), stop=stop)
    assert [record.status for record in records] == ["skipped"] * 3 + ["pending"] * 2


def test_no_item_waits_for_another_attempt_once_the_batch_is_to_end() -> None:
    stop = Stop()

    def outcome(work: WorkItem) -> ItemRecord:
        stop.request()
        return failed(work, PASSES)

    engine = Engine(outcome)
    records, _ = coordinate(items(1), engine, stop=stop, pause=lambda number: 1e9)
    assert statuses(records) == {"failed": 1}
    assert len(engine.runs) == 1


def test_an_engine_that_breaks_leaves_a_record_of_every_item() -> None:
    class Broken(Engine):
        def run(self, works: Any) -> Iterator[ItemRecord]:
            yield from super().run(iter([next(works), next(works)]))
            raise UsageError("no worker can be reached")

    seen: list[list[ItemRecord]] = []

    def planned() -> Iterator[Item]:
        yield from items(5)
        seen.append([])  # the plan was read to its end

    with pytest.raises(UsageError, match="no worker"):
        coordinate(planned(), Broken())
    assert seen


# The journal


def test_segments_hold_what_was_run_and_not_what_was_skipped() -> None:
    first, _ = coordinate(items(3), Engine())
    store = memory()
    coordinate(items(5), Engine(lambda work: failed(work, BROKEN)), known(first), located(store, "out/_batch/"))
    assert names(store) == {"_batch/items/000001.jsonl"}
    lines = store.read("work", "out/_batch/items/000001.jsonl").splitlines()
    assert [json.loads(line)["key"] for line in lines] == [item(3).key, item(4).key]
