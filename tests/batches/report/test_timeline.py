"""Work over time: whatever the order of records, all of it is somewhere, in few stretches."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.batches.report.timeline import Timeline
from tests.batches.report.building import START

_WORK = st.lists(
    st.tuples(st.sampled_from("abc"), st.floats(0, 90_000), st.floats(0, 5_000), st.booleans()), min_size=1, max_size=60
)


@given(_WORK)
def test_all_work_is_in_the_picture(work: list[tuple[str, float, float, bool]]) -> None:
    timeline = Timeline()
    for worker, began, seconds, failed in work:
        timeline.add(worker, START + began + seconds, seconds, failed=failed)

    lanes = timeline.lanes()
    start, end = timeline.ends

    assert {lane.name: lane.items for lane in lanes} == {
        worker: sum(name == worker for name, *_ in work) for worker, *_ in work
    }
    assert sum(sum(lane.failures.values()) for lane in lanes) == sum(failed for *_, failed in work)
    assert all(len(lane.busy) <= 256 for lane in lanes)
    assert start <= START + min(began for _, began, *_ in work)
    assert end >= START + max(began + seconds for _, began, seconds, _ in work) - 1e-6


def test_how_busy_a_worker_was_does_not_depend_on_the_order_of_records() -> None:
    work = [(START + second, 0.5) for second in range(1000)]  # ends, seconds: busy half of the time
    random.Random(1).shuffle(work)
    timeline = Timeline()
    for ended, seconds in work:
        timeline.add("a", ended, seconds, failed=False)

    (lane,) = timeline.lanes()

    assert len(lane.busy) >= 128
    assert sum(lane.busy) / len(lane.busy) == pytest.approx(0.5, abs=0.02)
    assert lane.seconds == 500


def test_many_workers_share_a_lane_and_none_is_lost() -> None:
    timeline = Timeline()
    for worker in range(1500):
        timeline.add(f"w{worker:04}", START + worker % 60, 1.0 + (worker < 3), failed=worker % 100 == 0)

    lanes = timeline.lanes()

    assert len(lanes) == 24
    assert [lane.name for lane in lanes[:3]] == ["w0000", "w0001", "w0002"]
    assert lanes[-1].name.endswith(" others")
    assert sum(lane.items for lane in lanes) == 1500
    assert sum(sum(lane.failures.values()) for lane in lanes) == 15


@pytest.mark.parametrize("seconds", [-1.0, 1e12, float("nan")])
def test_a_time_that_cannot_be_is_left_out(seconds: float) -> None:
    timeline = Timeline()
    timeline.add("a", START, seconds, failed=False)
    timeline.add("a", START, 1.0, failed=False)

    assert [lane.items for lane in timeline.lanes()] == [1]
