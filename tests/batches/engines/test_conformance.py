"""What every engine promises, shown on each: the same results and records, but for times, run ids and workers."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from blobprep.batches.engines.base import Engine
from blobprep.batches.engines.dask import DaskEngine
from blobprep.batches.engines.executor import ExecutorEngine
from blobprep.batches.engines.local import LocalEngine
from blobprep.batches.work import WorkItem
from tests.batches.arranging import Account, told_alike
from tests.batches.engines.conftest import NUMBERS, Expected

Make = Callable[[Account], AbstractContextManager[Engine]]


@contextmanager
def _local(account: Account) -> Iterator[Engine]:
    with closing(LocalEngine(account.workspace, workers=2)) as engine:
        yield engine


@contextmanager
def _threads(account: Account) -> Iterator[Engine]:
    with ThreadPoolExecutor(2) as pool, closing(ExecutorEngine(pool, account.workspace)) as engine:
        yield engine


@contextmanager
def _processes(account: Account) -> Iterator[Engine]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        yield ExecutorEngine(pool, account.workspace)


@contextmanager
def _dask(account: Account) -> Iterator[Engine]:
    with closing(DaskEngine.start(2, account.workspace.asked)) as engine:
        yield engine


ENGINES: dict[str, Make] = {"local": _local, "threads": _threads, "processes": _processes, "dask": _dask}
FEW = [name if name == "local" else pytest.param(name, marks=pytest.mark.slow) for name in ENGINES]


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_gives_the_same_results_and_records(name: str, account: Account, expected: Expected) -> None:
    with ENGINES[name](account) as engine:
        records = list(engine.run(account.works(NUMBERS)))

    assert sorted(record.status for record in records) == ["done"] * 5 + ["failed"]
    assert all(record.worker and record.started and record.ended >= record.started for record in records)
    assert (account.results(), told_alike(records)) == expected


@pytest.mark.parametrize("name", FEW)
def test_an_engine_that_was_stopped_takes_nothing_more(name: str, account: Account) -> None:
    with ENGINES[name](account) as engine:
        engine.stop()

        assert list(engine.run(account.works(NUMBERS))) == []


@pytest.mark.parametrize("name", FEW)
def test_items_that_were_taken_all_come_back_when_it_is_stopped(name: str, account: Account) -> None:
    taken: list[str] = []

    def taking() -> Iterator[WorkItem]:
        for work in account.works(range(100, 200)):
            taken.append(work.item.key)
            yield work

    with ENGINES[name](account) as engine:
        records = []
        for record in engine.run(taking()):
            records.append(record)
            engine.stop()

    assert sorted(record.key for record in records) == taken
    assert {record.status for record in records} == {"done"}
    assert len(taken) < 50
