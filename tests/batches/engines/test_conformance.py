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
from tests.batches.arranging import Account, run_all, told_alike

NUMBERS = range(10, 16)  # 13 fails
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


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, object]]:
    """The results and records of an undisturbed run, one item at a time."""
    account = Account(tmp_path_factory.mktemp("expected"))
    records = run_all(LocalEngine(account.workspace, workers=1), account.works(NUMBERS))
    return account.results(), dict(told_alike(records))


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_gives_the_same_results_and_records(
    name: str, account: Account, expected: tuple[dict[str, bytes], dict[str, object]]
) -> None:
    with ENGINES[name](account) as engine:
        records = list(engine.run(account.works(NUMBERS)))

    assert sorted(record.status for record in records) == ["done"] * 5 + ["failed"]
    assert all(record.worker and record.started and record.ended >= record.started for record in records)
    assert (account.results(), told_alike(records)) == expected
