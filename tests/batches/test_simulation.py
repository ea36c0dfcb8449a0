"""The simulation of large batches: it accounts for every item, and what is slowest shows."""

from __future__ import annotations

from random import Random

import pytest

from tests.batches.simulation.account import Account
from tests.batches.simulation.cluster import Cluster, Costs, Simulation

_COSTS = Costs(reading=2, writing=5, compute=0.05, coordinator=0.0005, scheduler=0.0005)


def _run(items, costs=_COSTS, *, workers=20, rate=20_000.0, life=10**9, seed=1):
    random = Random(seed)
    return Simulation(items, costs, Cluster(workers, 4, mean_life=life), Account(rate, 0.01, 3, random), random).run()


def test_every_item_is_accounted_for_though_workers_are_lost():
    outcome = _run(20_000, life=60.0)
    assert outcome.lost > 5
    assert outcome.runs > 20_000
    assert outcome.done + outcome.failed == 20_000


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("cores of the workers", {"workers": 2}),
        ("account", {"rate": 1_000.0}),
        ("coordinator", {"costs": Costs(2, 5, 0.05, coordinator=0.005, scheduler=0.0005)}),
    ],
)
def test_the_bottleneck_is_what_is_busiest(part, given):
    outcome = _run(20_000, **given)
    assert max(outcome.busy, key=outcome.busy.__getitem__) == part
    assert outcome.busy[part] > 0.7


def test_an_account_refuses_above_its_rate_and_is_asked_again():
    outcome = _run(20_000, rate=1_000.0)
    assert outcome.refused
    assert outcome.answered >= 7 * outcome.done
    assert outcome.seconds > 20_000 * 7 / 1_000
