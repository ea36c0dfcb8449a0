"""Workers, a scheduler and a coordinator, as events in time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random

from tests.batches.simulation.account import Account


@dataclass(frozen=True)
class Costs:
    """What an item costs, measured on the real thing; seconds unless said otherwise.

    Attributes:
        reading: requests before the script runs: the claim and the input.
        writing: requests behind it: results, script, log and the last manifest.
        compute: of a core of a worker, storage aside.
        coordinator: of the one process that takes items from the plan and writes the record.
        scheduler: of the one process that hands an item to a worker and its record back.
        listing: for a page of 5,000 names.
    """

    reading: int
    writing: int
    compute: float
    coordinator: float
    scheduler: float
    listing: float = 0.2


@dataclass(frozen=True)
class Cluster:
    """The machines of a batch.

    Attributes:
        workers: machines.
        slots: items that each runs at a time, one on a core; fetching and writing go on beside it.
        ahead: items of a slot that are under way at a time: one computes, others wait for storage.
        mean_life: seconds until a worker is lost, on average; a new one takes its place.
        replaced: seconds until it does.
        noticed: seconds until the loss is known.
        stale: seconds until the claim of an item that a lost worker began may be taken over.
        attempts: at an item.
    """

    workers: int
    slots: int
    ahead: int = 2
    mean_life: float = 6 * 3600.0
    replaced: float = 180.0
    noticed: float = 30.0
    stale: float = 90.0
    attempts: int = 3


@dataclass
class Outcome:
    """What a simulated batch came to.

    Attributes:
        seconds: until the record is finished.
        done, failed: items.
        runs: attempts at items in all.
        lost: workers.
        answered, refused: requests.
        busy: the share of the time that each part worked: what is near 1 is the bottleneck.
        in_flight: most items under way at a time.
    """

    seconds: float = 0.0
    done: int = 0
    failed: int = 0
    runs: int = 0
    lost: int = 0
    answered: int = 0
    refused: int = 0
    in_flight: int = 0
    busy: dict[str, float] = field(default_factory=dict)


class _Queue:
    """A process that does one thing after another."""

    def __init__(self, cost: float) -> None:
        self._cost, self.free, self.worked = cost, 0.0, 0.0

    def pass_through(self, now: float) -> float:
        self.free = max(self.free, now) + self._cost
        self.worked += self._cost
        return self.free


class Simulation:
    """One batch.

    Args:
        items: how many.
        costs: of each.
        cluster: what runs them.
        account: what they read from and write to.
        random: of everything that varies.
    """

    def __init__(self, items: int, costs: Costs, cluster: Cluster, account: Account, random: Random) -> None:
        self._items, self._costs, self._cluster, self._account, self._random = items, costs, cluster, account, random
        self._coordinator, self._scheduler = _Queue(costs.coordinator), _Queue(costs.scheduler)
        self._dies = [random.expovariate(1 / cluster.mean_life) for _ in range(cluster.workers)]
        self._cores = [[0.0] * cluster.slots for _ in range(cluster.workers)]  # when each is free
        self._computed = 0.0
        self._again: list[tuple[float, int]] = []  # when an item may be tried again, and its next attempt
        self._taken = 0
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Run it to its end, and return what came of it."""
        places = [worker for worker in range(self._cluster.workers) for _ in range(self._slots)]
        events = [(0.0, index, worker) for index, worker in enumerate(places)]
        heapq.heapify(events)
        last, steps, self.outcome.in_flight = 0.0, 0, len(places)
        while events:
            now, place, worker = heapq.heappop(events)
            steps += 1
            if steps % 100_000 == 0:
                self._account.forget(now)
            taken = self._take(now)
            if taken is None:
                continue  # the place is no longer needed
            at, attempt = taken
            ended = self._item(worker, at, attempt)
            last = max(last, ended)
            heapq.heappush(events, (ended, place, worker))
        return self._finish(last)

    @property
    def _slots(self) -> int:
        return self._cluster.slots * self._cluster.ahead

    def _take(self, now: float) -> tuple[float, int] | None:
        """Return when the next item reaches a worker, and which attempt at it this is; None if there is none."""
        if self._again and (self._again[0][0] <= now or self._taken == self._items):
            ready, attempt = heapq.heappop(self._again)
            now = max(now, ready)
        elif self._taken < self._items:
            self._taken += 1
            attempt = 1
            now = max(now, self._taken / 5_000 * self._costs.listing)  # as far as the listing has come
        else:
            return None
        return self._scheduler.pass_through(self._coordinator.pass_through(now)), attempt

    def _item(self, worker: int, at: float, attempt: int) -> float:
        """Run an item, and return when its place is free again."""
        at = self._alive(worker, at)
        self.outcome.runs += 1
        read, answered = self._account.ask(at, self._costs.reading)
        if not answered:
            return self._failed(read, attempt, wait=30.0)
        cores = self._cores[worker]
        core = min(range(len(cores)), key=cores.__getitem__)
        begun = max(read, cores[core])
        cores[core] = computed = begun + self._costs.compute * self._random.uniform(0.7, 1.5)
        self._computed += computed - begun
        ended, answered = self._account.ask(computed, self._costs.writing)
        if ended > self._dies[worker]:
            known = max(self._cluster.noticed, self._cluster.stale)
            return self._failed(self._dies[worker], attempt, wait=known)
        if not answered:
            return self._failed(ended, attempt, wait=30.0)
        self.outcome.done += 1
        return ended

    def _failed(self, now: float, attempt: int, wait: float) -> float:
        if attempt >= self._cluster.attempts:
            self.outcome.failed += 1
        else:
            heapq.heappush(self._again, (now + wait * 2 ** (attempt - 1), attempt + 1))
        return now

    def _alive(self, worker: int, at: float) -> float:
        """Return when a worker can begin something: at once, or when the one in its place is there."""
        died, mean = self._dies[worker], self._cluster.mean_life
        if at < died:
            return at
        back = died + self._cluster.replaced
        self.outcome.lost += 1
        self._dies[worker] = back + self._random.expovariate(1 / mean)
        self._cores[worker] = [back] * self._cluster.slots
        return max(at, back)

    def _finish(self, last: float) -> Outcome:
        outcome, cluster = self.outcome, self._cluster
        outcome.seconds = last
        outcome.answered, outcome.refused = self._account.answered, self._account.refused
        outcome.busy = {
            "account": self._account.answered / (self._account.rate * last),
            "coordinator": self._coordinator.worked / last,
            "cores of the workers": self._computed / (last * cluster.workers * cluster.slots),
            "listing": self._items / 5_000 * self._costs.listing / last,
            "scheduler": self._scheduler.worked / last,
        }
        return outcome
