"""A Dask cluster whose processes are killed, and what its scheduler gets to see."""

from __future__ import annotations

import asyncio
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from blobprep.batches.engines.choice import open_engine
from blobprep.batches.engines.dask import DaskEngine
from blobprep.batches.records import ItemRecord
from blobprep.batches.worker.attempt import run_work
from blobprep.errors import InvalidOption, UsageError
from blobprep.settings.workspace import Workspace
from tests.batches.arranging import Account

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SLOW = "import time\ndef azureml_main(frame):\n    time.sleep(0.3)\n    return frame\n"


class Cluster:
    """A scheduler on a port of this machine, and workers; all of them processes of their own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder, self._log = folder, (folder / "dask.log").open("ab")
        self.scheduler = self._start_scheduler()
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def add_worker(self) -> subprocess.Popen[bytes]:
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        self.workers.append(self._start("dask_worker", f"tcp://{self.address}", *options))
        return self.workers[-1]

    def restart_scheduler(self) -> None:
        self.scheduler = self._start_scheduler()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._log.close()

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        return self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
        return subprocess.Popen(command, cwd=self._folder, stdout=self._log, stderr=self._log)


@pytest.fixture
def cluster(account: Account) -> Iterator[Cluster]:
    made = Cluster(account.folder)
    yield made
    made.close()


def _results(account: Account, numbers: range) -> bool:
    return set(account.results()) == {f"{number:05d}" for number in numbers}


def test_a_worker_that_is_killed_loses_no_item(account: Account, cluster: Cluster) -> None:
    numbers = range(100, 112)
    first = cluster.add_worker()
    cluster.add_worker()
    with closing(open_engine(f"dask://{cluster.address}", account.workspace)) as engine:
        records: list[ItemRecord] = []
        for record in engine.run(account.works(numbers, account.job(SLOW))):
            records.append(record)
            if len(records) == 3:
                first.send_signal(signal.SIGKILL)

    assert {record.status for record in records} <= {"done", "skipped"}, [record.error for record in records]
    assert len(records) == len({record.key for record in records}) == len(numbers)
    assert _results(account, numbers)


def test_items_under_way_outlive_their_scheduler(account: Account, cluster: Cluster) -> None:
    numbers = range(200, 210)
    cluster.add_worker()
    with closing(DaskEngine.connect(cluster.address, patience=60)) as engine:
        records: list[ItemRecord] = []
        for record in engine.run(account.works(numbers, account.job(SLOW))):
            records.append(record)
            if len(records) == 2:
                cluster.scheduler.send_signal(signal.SIGKILL)
                cluster.scheduler.wait()
                cluster.restart_scheduler()
                cluster.add_worker()

    assert {record.status for record in records} <= {"done", "skipped"}, [record.error for record in records]
    assert len(records) == len({record.key for record in records}) == len(numbers)
    assert _results(account, numbers)


def test_a_scheduler_that_stays_away_is_told_and_every_item_comes_back(account: Account, cluster: Cluster) -> None:
    cluster.add_worker()
    with closing(DaskEngine.connect(cluster.address, patience=3)) as engine:
        records: list[ItemRecord] = []

        def run() -> None:
            for record in engine.run(account.works(range(10), account.job(SLOW))):
                records.append(record)
                if len(records) == 2:
                    cluster.scheduler.send_signal(signal.SIGKILL)

        with pytest.raises(UsageError, match="the Dask scheduler is gone"):
            run()

    assert {record.status for record in records} == {"done", "pending"}
    assert not [record for record in records if record.status == "pending" and record.attempt]


def test_where_no_scheduler_answers_is_said(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blobprep.batches.engines.dask._CONNECT", 0.5)
    with pytest.raises(UsageError, match="no Dask scheduler answers at"):
        open_engine("dask://127.0.0.1:1", account.workspace)


def test_a_client_of_the_callers_stays_open(account: Account, cluster: Cluster) -> None:
    from distributed import Client

    cluster.add_worker()
    with ExitStack() as stack:
        client = stack.enter_context(Client(f"tcp://{cluster.address}", set_as_default=False))
        with closing(open_engine("local", account.workspace, executor=client)) as engine:
            assert [record.status for record in engine.run(account.works([1]))] == ["done"]
            assert engine.name == "dask"
        assert client.status == "running"


def test_an_adaptive_cluster_grows_for_what_waits(account: Account) -> None:
    with (
        LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        cluster.adapt(minimum=0, maximum=2, interval="200ms")
        engine = DaskEngine(client)
        assert engine.workers == 0
        records = list(engine.run(account.works(range(8), account.job(SLOW))))

    assert {record.status for record in records} == {"done"}
    assert _results(account, range(8))


def test_an_item_that_storage_refused_is_another_task_when_it_is_run_again(account: Account) -> None:
    (work,) = account.works([1])
    engine = open_engine("dask", account.workspace, workers=1)
    try:
        first, second = (record for tried in (work, replace(work, refused=1)) for record in engine.run([tried]))
    finally:
        engine.close()

    assert (first.status, second.status) == ("done", "skipped")  # and not the answer to the first one once more


def test_no_credential_is_in_what_a_scheduler_gets(
    account: Account, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "Y2FuYXJ5LW9mLWEta2V5LW5vYm9keS1tYXktc2Vl"
    text = f"DefaultEndpointsProtocol=https;AccountName=other;AccountKey={canary}"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
    works = list(account.works([1, 2], account.job(SLOW)))
    seen: list[bytes] = []
    with closing(DaskEngine.connect(cluster.address)) as engine:
        watching = threading.Event()

        def watch() -> None:
            while not watching.wait(0.05):
                seen.append(engine._client.run_on_scheduler(_everything_of))

        watcher = threading.Thread(target=watch)
        watcher.start()
        cluster.add_worker()
        records = list(engine.run(works))
        watching.set()
        watcher.join()

    assert {record.status for record in records} == {"done"}
    assert any(b"az://dev@raw/00001.csv" in state for state in seen)  # what it gets is what was looked at
    assert canary.encode() not in b"".join(seen)
    assert canary.encode() not in b"".join(pickle.dumps((run_work, work.encode())) for work in works)
    assert canary not in (account.folder / "dask.log").read_text()
    assert not [path for path in account.folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]


def _everything_of(dask_scheduler: object) -> bytes:
    from distributed.protocol import pickle as dask_pickle

    tasks = dask_scheduler.tasks.values()  # type: ignore[attr-defined]
    return b"".join(dask_pickle.dumps((task.key, task.run_spec, str(task))) for task in tasks)


def test_workers_of_another_version_are_told_before_anything_runs(account: Account, cluster: Cluster) -> None:
    cluster.add_worker()
    job = account.job(versions={**account.job().versions, "pandas": "9.9.9"})
    works = list(account.works([1], job))
    with closing(DaskEngine.connect(cluster.address)) as engine:
        engine._client.wait_for_workers(1)
        with pytest.raises(UsageError, match=r"pandas .* where the batch has 9\.9\.9"):
            list(engine.run(works))

    assert not account.results()


def test_a_worker_that_comes_late_is_checked_by_each_item(account: Account, cluster: Cluster) -> None:
    job = account.job(versions={**account.job().versions, "pandas": "9.9.9"})
    works = list(account.works([1], job))
    with closing(DaskEngine.connect(cluster.address)) as engine:
        assert engine.workers == 0
        coming = threading.Timer(1.5, cluster.add_worker)
        coming.start()
        (record,) = engine.run(works)
        coming.join()

    assert record.error is not None
    assert (record.error.code, record.error.passes) == ("VersionMismatch", True)


def test_a_cluster_that_is_interrupted_as_it_starts_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "prep.py").write_text(SLOW)
    program = str(Path(sys.executable).with_name("blobprep"))
    command = [program, "batch", "prep.py", "*.csv", "--output", "o/{stem}/", "--engine", "dask"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while not _children_of(process.pid):  # those are its workers
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        said += process.stderr.read()
    assert process.returncode == 143
    assert "Traceback" not in said, said


def _children_of(pid: int) -> str:
    """Return the ids of the processes that the threads of a process have started."""
    with suppress(FileNotFoundError):  # a thread has just ended
        return "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return ""


def test_an_asynchronous_client_is_refused() -> None:
    async def refused() -> None:
        cluster = LocalCluster(n_workers=0, processes=False, dashboard_address=None, asynchronous=True)
        async with cluster, Client(cluster, asynchronous=True) as client:
            with pytest.raises(InvalidOption, match="an asynchronous dask Client cannot run a batch"):
                open_engine("local", Workspace(environment={}), executor=client)

    asyncio.run(refused())
