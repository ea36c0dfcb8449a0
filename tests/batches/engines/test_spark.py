"""A batch as tasks of a Spark with two cores; `make test-spark` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from blobprep.batches.engines.spark import SparkEngine
from blobprep.spark import run_items
from tests.batches.arranging import Account, told_alike
from tests.batches.engines.conftest import NUMBERS, Expected

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One for all tests here: the Java that all sessions share stays in the folder that it was started in."""
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield Account(folder)


@pytest.fixture
def spark(account: Account) -> Iterator[Any]:
    """A session in the account's folder, where its Python workers find `blobprep.toml`."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_spark_gives_the_same_results_and_records(spark: Any, account: Account, expected: Expected) -> None:
    engine = SparkEngine(spark)

    records = list(engine.run(account.works(NUMBERS)))

    assert sorted(record.status for record in records) == ["done"] * 5 + ["failed"]
    assert {name: account.results()[name] for name in expected.results} == expected.results
    assert told_alike(records) == expected.records
    assert engine.workers == 2


def test_more_items_than_a_job_has_come_in_rounds(spark: Any, account: Account) -> None:
    engine = SparkEngine(spark)

    first = list(engine.run(account.works(range(100, 125))))
    again = list(engine.run(account.works(range(100, 105))))

    assert [record.status for record in first] == ["done"] * 25
    assert len(again) == 5


def test_a_batch_of_items_is_recorded_as_anywhere(spark: Any, account: Account) -> None:
    for number in range(3):
        account.put(f"raw/year={number}/a.csv", f"a\n{number}\n".encode())
    (account.folder / "prep.py").write_text("def azureml_main(frame):\n    return frame * 2\n")

    batch = run_items(spark, "prep.py", "az://dev@raw/year=*/a.csv", output="az://dev@prepared/spark/{year}/")
    again = run_items(
        spark, "prep.py", "az://dev@raw/year=*/a.csv", output="az://dev@prepared/spark/{year}/", resume=True
    )

    assert (batch.counts.done, batch.counts.matched) == (3, 3)
    assert (again.counts.skipped, again.counts.matched) == (3, 3)
    assert {record.rows_out for record in batch} == {1}


def test_a_job_that_spark_gives_up_loses_no_item(spark: Any, account: Account) -> None:
    job = account.job("import os, signal\ndef azureml_main(frame):\n    return frame\n")
    works = list(account.works([7, 8], job))
    engine = SparkEngine(spark)
    spark.stop()

    records = list(engine.run(works))

    assert [record.error.code for record in records if record.error] == ["WorkerLost", "WorkerLost"]
    assert all(record.error and record.error.passes for record in records)
