"""The items of a batch on their way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from blobprep.batches.coordination.coordinator import Coordinator
from blobprep.batches.coordination.outage import FREE, Outage
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.items import Item
from blobprep.batches.record.spool import encode_record
from blobprep.batches.records import ItemError, ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.errors import Defect, UsageError
from tests.batches.coordinating import (
    BROKEN,
    CLAIMED,
    LOST,
    PASSES,
    REFUSED,
    Engine,
    coordinate,
    done,
    failed,
    item,
    items,
)
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

    records, _ = coordinate(items(2), Engine(outcome), stale=95.0)
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


# Storage that refuses


class Storage:
    """Storage that is away from one time to another, by a clock that each look and each item moves on."""

    def __init__(self, begins: float, ends: float) -> None:
        self.now, self.asked = 0.0, 0
        self._begins, self._ends = begins, ends

    @property
    def is_away(self) -> bool:
        return self._begins <= self.now < self._ends

    def clock(self) -> float:
        self.now += 0.1
        return self.now

    def answers(self, planned: Item) -> bool:
        self.asked += 1
        return not self.is_away

    def outcome(self, work: WorkItem) -> ItemRecord:
        self.now += 1
        return failed(work, REFUSED) if self.is_away else done(work)


class Asking(Engine):
    """An engine that asks for more items each time it has room, although it was told that there are none."""

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        source = iter(works)
        while True:
            while len(self._held) < self._window and (work := next(source, None)) is not None:
                self._held.append(work)
            if not self._held:
                return
            yield self._outcome(self._held.pop(0))


def under(storage: Storage, engine: Engine, count: int, patience: float, **options: Any) -> Any:
    outage = Outage(patience, storage.clock, lambda: 1.0)
    return under_outage(outage, storage, engine, count, **options)


def under_outage(outage: Outage, storage: Storage, engine: Engine, count: int, **options: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Coordinator, "_rest", lambda self, seconds: True)
        return coordinate(items(count), engine, outage=outage, answers=storage.answers, **options)


@pytest.mark.parametrize("count", [1, 2, 60])
def test_an_outage_costs_no_item_an_attempt_and_holds_the_batch_back(count: int) -> None:
    storage = Storage(0 if count < 60 else 20, 600)
    engine = Engine(storage.outcome, window=6)
    records, coordinator = under(storage, engine, count, 3600.0, allowed=0, attempts=1)
    told = coordinator.outage.told()
    assert statuses(records) == {"done": count}
    assert {record.attempt for record in records} == {1}
    assert told.refusals <= 2 + 6  # two are not an outage yet, and then what is under way
    assert (told.count, told.lasts, told.message) == (1, False, REFUSED.message)
    assert 500 < told.seconds < 700
    assert 9 < storage.asked < 16  # after 2, 4, 8, 16, 32, 60, 60 … seconds
    assert not coordinator.exceeded


def test_an_outage_that_outlasts_patience_ends_the_batch() -> None:
    storage = Storage(20, 1e9)
    records, coordinator = under(storage, Engine(storage.outcome, window=6), 60, 300.0, allowed=0)
    assert coordinator.outage.is_over_patience
    assert not coordinator.exceeded
    found = statuses(records)
    assert 0 < found["failed"] <= 2 + 6
    assert found["pending"] == 60 - found["done"] - found["failed"]
    assert 300 < storage.now < 400


def test_storage_is_not_asked_before_the_time_that_it_wants() -> None:
    storage = Storage(0, 30)
    error = replace(REFUSED, wait=120.0)
    engine = Engine(lambda work: failed(work, error) if storage.is_away else done(work))
    under(storage, engine, 1, 3600.0)
    assert storage.asked == 1
    assert storage.now > 120


def test_after_an_outage_fewer_items_are_under_way_and_one_more_for_each_that_comes_through() -> None:
    storage, seen = Storage(5, 100), list[int]()
    outage = Outage(3600.0, storage.clock, lambda: 1.0)

    def outcome(work: WorkItem) -> ItemRecord:
        seen.append(len(engine.running()) + 1)
        return storage.outcome(work)

    engine = Asking(outcome, window=8)
    records, _ = under_outage(outage, storage, engine, 60)
    assert statuses(records) == {"done": 60}
    assert max(seen[:8]) == 8
    again = 1 + next(place for place in range(8, 60) if seen[place] < seen[place + 1])
    assert seen[again : again + 5] == [4, 5, 6, 7, 8]


def test_an_item_that_storage_refuses_again_and_again_while_others_come_through_uses_up_its_attempts() -> None:
    storage = Storage(0, 0)

    def outcome(work: WorkItem) -> ItemRecord:
        return failed(work, REFUSED) if work.item.key == item(3).key else storage.outcome(work)

    records, coordinator = under(storage, Engine(outcome), 10, 3600.0, attempts=3)
    assert statuses(records) == {"done": 9, "failed": 1}
    assert records[3].attempt == 3
    assert coordinator.outage.told().refusals == FREE + 3


def test_the_claim_of_a_run_that_could_not_record_its_end_costs_no_attempt() -> None:
    tries = Counter[str]()

    def outcome(work: WorkItem) -> ItemRecord:
        tries[work.item.key] += 1
        error = {1: REFUSED, 2: CLAIMED, 3: CLAIMED}.get(tries[work.item.key])
        return done(work) if error is None else failed(work, error)

    records, _ = under(Storage(0, 0), Engine(outcome), 2, 3600.0, stale=0.0)
    assert statuses(records) == {"done": 2}
    assert {record.attempt for record in records} == {1}


def test_an_engine_that_takes_no_more_ends_the_batch() -> None:
    class Tired(Engine):
        def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
            yield self._outcome(next(iter(works)))

    records, _ = coordinate(items(3), Tired())
    assert statuses(records) == {"done": 1, "pending": 2}


def test_a_stop_ends_the_wait_for_storage() -> None:
    storage, stop = Storage(0, 1e9), Stop()

    def answers(planned: Item) -> bool:
        stop.request()
        return False

    outage = Outage(3600.0, storage.clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Coordinator, "_rest", lambda self, seconds: True)
        records, _ = coordinate(items(9), Engine(storage.outcome), outage=outage, answers=answers, stop=stop)
    assert statuses(records) == {"failed": 3, "pending": 6}


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
