"""Real children that compare two datasets."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from blobprep.inputs.spool import InputSpool
from blobprep.protocol import AskedDataset, ChildRequest, Facts, decode_facts
from blobprep.protocol.comparisons import AskedComparison
from blobprep.protocol.profiles import AskedProfile
from blobprep.sandbox.call import WholeInputs
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.run_log import RunLog
from tests.sandbox.running import csv_options
from tests.sandbox.test_repeated_calls import PROCESSES, started

pytestmark = pytest.mark.usefixtures("forked")

BEFORE = b"id,price\n1,1\n2,2\n3,3\n"
AFTER = b"id,price\n1,1\n3,4\n4,4\n"


def compare(level: Level, first: bytes, second: bytes, **asked: Any) -> Facts:
    """Ask a new child to compare two CSV datasets."""
    data = {"dataset1": first, "dataset2": second}
    datasets = tuple(
        AskedDataset(port, f"az://c/{port}.csv", len(rows), "csv", csv_options()) for port, rows in data.items()
    )
    with ExitStack() as stack:
        files = {port: stack.enter_context(InputSpool.holding(port, rows)) for port, rows in data.items()}
        session = stack.enter_context(started(level))
        result = session.call(
            ChildRequest("compare", datasets=datasets, **asked),
            {port: file.readable for port, file in files.items()},
            log=RunLog(),
            inputs=WholeInputs({port: len(rows) for port, rows in data.items()}),
            seconds=60,
            last=True,
        )
    assert result.ending.complete
    return decode_facts(result.facts)


@pytest.mark.parametrize("level", PROCESSES)
def test_a_child_compares_two_datasets_and_profiles_both(level: Level) -> None:
    facts = compare(level, BEFORE, AFTER, comparison=AskedComparison(("id",)), profile=AskedProfile())

    compared = facts.comparison
    assert facts.failure is None
    assert compared is not None
    assert (compared.same, compared.changed, compared.removed, compared.added) == (1, 1, 1, 1)
    assert {port: profile.rows for port, profile in facts.profiles.items()} == {"dataset1": 3, "dataset2": 3}
    assert {port: (table.rows, table.format) for port, table in facts.inputs.items()} == {
        "dataset1": (3, "csv"),
        "dataset2": (3, "csv"),
    }


def test_a_key_that_is_no_column_is_a_failure_with_a_remedy() -> None:
    facts = compare("process", BEFORE, AFTER, comparison=AskedComparison(("nowhere",)))

    assert facts.failure is not None
    assert facts.failure.message == "the key 'nowhere' is no column of both datasets"
    assert facts.failure.remedy == "give one that both have: id, price"
    assert facts.comparison is None


def test_a_dataset_that_cannot_be_decoded_is_named() -> None:
    facts = compare("process", BEFORE, b'a,b\n"1,2\n')

    assert facts.failure is not None
    assert (facts.failure.kind, facts.failure.port) == ("dataset", "dataset2")
