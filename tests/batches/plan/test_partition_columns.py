from __future__ import annotations

from typing import Any

import pytest

from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.items import Item
from blobprep.batches.work import Job
from blobprep.errors import DatasetError, InvalidOption
from tests.batches.plan.conftest import Account


def columns(items: list[Item]) -> list[Any]:
    return [dict(item.partition_columns) for item in items]


def test_the_types_of_columns_are_decided_over_the_whole_batch(account: Account) -> None:
    account.put("year=2024/region=7/a.csv", "year=2025/region=x/b.csv")
    items = account.items("az://raw/**/*.csv", partition_columns=True)
    assert columns(items) == [
        {"year": ("int64", ("2024",)), "region": ("text", ("7",))},
        {"year": ("int64", ("2025",)), "region": ("text", ("x",))},
    ]
    assert columns(account.items("az://raw/**/*.csv")) == [{}, {}]


def test_each_blob_of_a_group_has_its_own_value(account: Account) -> None:
    account.put("north/1.csv", "north/2.csv", "south/3.csv")
    items = account.items(
        "az://raw/{region}/{day}.csv", "az://prepared/{region}/", group_by=("region",), partition_columns=True
    )
    assert columns(items) == [
        {"region": ("text", ("north", "north")), "day": ("int64", ("1", "2"))},
        {"region": ("text", ("south",)), "day": ("int64", ("3",))},
    ]


def test_another_type_is_another_fingerprint(account: Account) -> None:
    job = Job("az://contoso@prepared/_batch/", "az://contoso@raw/s.py", "source", "0" * 64)
    account.put("1.csv")
    (before,) = account.items("az://raw/{part}.csv", partition_columns=True)
    account.put("x.csv")
    (after, _) = account.items("az://raw/{part}.csv", partition_columns=True)
    assert Fingerprints(job).of(before) != Fingerprints(job).of(after)
    assert Item.from_json(after.to_json()) == after


def test_names_that_do_not_say_the_same_are_refused(account: Account) -> None:
    account.put("year=2024/a.csv", "z/b.csv")
    with pytest.raises(DatasetError, match=r"the name of az://contoso@raw/z/b\.csv has no 'year'"):
        account.plan("az://raw/**/*.csv", partition_columns=True)
    with pytest.raises(InvalidOption, match="--partition-columns adds no column"):
        account.plan("az://raw/z/*.csv", partition_columns=True)
