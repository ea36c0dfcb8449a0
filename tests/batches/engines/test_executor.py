"""Executors whose workers end, and those that are shut down."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing

import pytest

from blobprep.batches.engines.base import Engine
from blobprep.batches.engines.choice import open_engine
from blobprep.batches.engines.executor import ExecutorEngine
from blobprep.batches.engines.local import LocalEngine
from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.errors import InvalidOption, UsageError
from tests.batches.arranging import Account

# It ends the process that runs the item, not the child, once: at level `off` both are one.
DOOMED = """
import os, pathlib, signal

def azureml_main(frame):
    mark = pathlib.Path({mark!r})
    if frame["a"][0] == 13 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return frame
"""


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))


def _doomed(account: Account, count: int = 6) -> Iterator[WorkItem]:
    job = account.job(DOOMED.format(mark=str(account.folder / "mark")), options={"isolation": "off"})
    return account.works(range(13, 13 + count), job)


def _codes(records: list[ItemRecord]) -> set[str]:
    return {record.error.code if record.error else record.status for record in records}


def test_a_pool_that_breaks_loses_no_item_and_takes_no_more(account: Account) -> None:
    works = list(_doomed(account, 40))  # more than can be under way when the first one ends its process
    with _processes() as pool:
        engine = ExecutorEngine(pool, account.workspace)
        records: list[ItemRecord] = []
        with pytest.raises(UsageError, match="ProcessPoolExecutor takes no more items"):
            records.extend(engine.run(works))

        assert len(records) >= 4  # all that were taken
        lost = [record for record in records if record.error]
        assert _codes(lost) == {"WorkerLost"}
        assert all(record.error and record.error.passes for record in lost)
        with pytest.raises(UsageError, match="resume the batch with a new one"):
            list(engine.run(works))


@pytest.mark.slow
def test_a_function_that_makes_pools_is_asked_for_another(account: Account) -> None:
    works = list(_doomed(account))
    pools: list[ProcessPoolExecutor] = []

    def make() -> ProcessPoolExecutor:
        pools.append(_processes())
        return pools[-1]

    engine = ExecutorEngine(make, account.workspace)
    first = list(engine.run(works))
    lost = {record.key for record in first if record.status == "failed"}
    again = list(engine.run(work for work in works if work.item.key in lost))
    for pool in pools:
        pool.shutdown()

    assert {record.key for record in first} == {work.item.key for work in works}
    assert "az://dev@raw/00013.csv" in lost
    assert _codes(again) <= {"done", "skipped"}
    assert len(account.results()) == 6
    assert len(pools) == 2


def test_an_executor_that_was_shut_down_is_told(account: Account) -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()

    with closing(ExecutorEngine(pool, account.workspace)) as engine, pytest.raises(UsageError, match="takes no more"):
        list(engine.run(account.works([1])))


def test_interrupted_items_of_this_machine_are_pending_and_their_manifests_say_so(account: Account) -> None:
    job = account.job("import time\ndef azureml_main(frame):\n    time.sleep(60)\n    return frame\n")
    works = list(account.works(range(10), job))
    with closing(LocalEngine(account.workspace, workers=2)) as engine:
        interrupting = threading.Thread(target=_interrupt_once_items_run, args=(engine, account))
        interrupting.start()
        records = list(engine.run(works))
        interrupting.join()

    assert 2 <= len(records) <= 6
    assert {record.status for record in records} == {"pending"}, [record.error for record in records]
    manifests = [path.read_text() for path in account.folder.rglob("manifest.json")]
    assert manifests
    assert not [text for text in manifests if '"status": "interrupted"' not in text]


def _interrupt_once_items_run(engine: Engine, account: Account) -> None:
    while not list(account.folder.rglob("manifest.json")):
        threading.Event().wait(0.05)
    engine.interrupt()


@pytest.mark.parametrize("name", ["dusk", "dask://", "dask://host", "local://x"])
def test_an_unknown_engine_is_refused_with_those_there_are(name: str, account: Account) -> None:
    with pytest.raises(InvalidOption, match="dask://HOST:PORT"):
        open_engine(name, account.workspace)


def test_what_is_no_executor_is_refused(account: Account) -> None:
    with pytest.raises(InvalidOption, match="a int cannot run a batch"):
        open_engine("local", account.workspace, executor=3)
    with pytest.raises(InvalidOption, match="0 workers"):
        open_engine("local", account.workspace, workers=0)


def test_an_engine_of_ones_own_is_taken_as_it_is(account: Account) -> None:
    with closing(LocalEngine(account.workspace, workers=1)) as engine:
        assert isinstance(engine, Engine)
        assert open_engine("dask", account.workspace, executor=engine) is engine
