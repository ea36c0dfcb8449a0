"""Print what a large batch comes to: `python -m tests.batches.simulation`."""

from __future__ import annotations

import argparse
from random import Random

from tests.batches.simulation.account import Account
from tests.batches.simulation.cluster import Cluster, Costs, Simulation

# Measured: `make bench WORKS=k`, `python -m tests.benchmarks.coordination`, 3,000 empty tasks of a local Dask cluster.
MEASURED = Costs(reading=2, writing=4, compute=0.035, coordinator=0.0011, scheduler=0.0008)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--slots", type=int, default=4, help="cores of each worker")
    parser.add_argument("--rate", type=float, default=20_000, help="requests a second that the account answers")
    parser.add_argument("--latency", type=float, default=0.012, help="seconds until an answer")
    parser.add_argument("--life", type=float, default=6 * 3600.0, help="seconds until a worker is lost, on average")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random = Random(given.seed)
    account = Account(given.rate, given.latency, 3, random)
    cluster = Cluster(given.workers, given.slots, mean_life=given.life)
    outcome = Simulation(given.items, MEASURED, cluster, account, random).run()
    print(
        f"{given.items:,} items on {given.workers} workers of {given.slots} cores: {outcome.seconds / 60:,.0f} minutes"
    )
    print(f"{given.items / outcome.seconds:,.0f} items a second, {outcome.in_flight:,} under way at a time")
    print(
        f"done {outcome.done:,}, failed {outcome.failed:,}, in {outcome.runs:,} attempts; workers lost {outcome.lost}"
    )
    print(f"requests answered {outcome.answered:,}, refused {outcome.refused:,}")
    for part, share in sorted(outcome.busy.items(), key=lambda row: -row[1]):
        print(f"{part:>24} {share:6.1%}")


if __name__ == "__main__":
    main()
