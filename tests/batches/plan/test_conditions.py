from __future__ import annotations

from datetime import UTC, datetime

import pytest

from blobprep.batches.plan.conditions import Subject, read_conditions
from blobprep.errors import BlobNotFound, InvalidOption
from tests.batches.plan.conftest import Account, names_of

MOMENT = datetime(2024, 5, 30, 18, 7, tzinfo=UTC)
SUBJECT = Subject({"year": "2024", "code": "007", "name": "iris_old.csv", "day": "2024-05-30"}, 1500, MOMENT)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("year=2024", True),
        ("year!=2024", False),
        ("year>=2023", True),
        ("year>999", True),  # as numbers
        ("year<2024.5", True),
        ("code=7", False),  # 007 is a text
        ("code=007", True),
        ("day>2024-05-29", True),  # as text
        ("day<2024-05-30", False),
        ("name=*_old.csv", True),
        ("name!=*_old.csv", False),
        ("name!=*_new.csv", True),
        ("name=iris_old?csv", True),
        ("name=iris%5Fold.*", True),
        ("size>0", True),
        ("size>=1.5kB", True),
        ("size<1500", False),
        ("size = 1500", True),
        ("modified>=2024-05-30", True),
        ("modified=2024-05-30", True),  # of that day
        ("modified>2024-05-30", False),
        ("modified<=2024-05-30", True),
        ("modified<2024-05-31", True),
        ("modified>2024-05-30T18:00Z", True),
        ("modified<2024-05-30T20:07+02:00", False),
        ("region=north", None),
        ("region!=n*", None),
        ("name=", False),
    ],
)
def test_a_condition_holds_or_not(text: str, holds: bool | None) -> None:
    (condition,) = read_conditions([text])
    assert condition.holds(SUBJECT) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year", "is not a condition"),
        ("=2024", "is not a condition"),
        ("year=>2024", None),
        ("size>big", "is not a size"),
        ("size>50%", "is not a size"),
        ("modified>yesterday", "is not a time"),
        ("name=%FF*", "UTF-8"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, message: str | None) -> None:
    if message is None:
        (condition,) = read_conditions([text])
        assert condition.holds(SUBJECT) is False  # `>2024` is a text like others
        return
    with pytest.raises(InvalidOption, match=message):
        read_conditions([text])


def test_all_conditions_must_hold(account: Account) -> None:
    account.put("2023/a.csv", "2024/a.csv", "2024/a_old.csv", "x/a.csv")
    account.put("2024/empty.csv", data=b"")
    items = account.items("az://raw/{year}/*.csv", where=("year>=2024", "name!=*_old.csv", "size>0"))
    assert names_of(items) == ["2024/a.csv", "x/a.csv"]
    with account.plan("az://raw/{year}/*.csv", where=("year=2024",)) as plan:
        assert plan.notes == ("2 of 5 blobs do not meet --where",)


def test_a_blob_without_a_part_meets_no_condition_on_it(account: Account) -> None:
    account.put("year=2024/a.csv", "b.csv")
    assert names_of(account.items("az://raw/**", where=("year!=2020",))) == ["year=2024/a.csv"]


def test_a_condition_on_a_part_that_no_blob_has_is_refused(account: Account) -> None:
    account.put("a.csv")
    with pytest.raises(InvalidOption, match=r"--where 'yaer=2024' names {yaer}, which is not a part"):
        account.plan("az://raw/*", where=("yaer=2024",))


def test_conditions_that_no_blob_meets_are_an_error(account: Account) -> None:
    account.put("a.csv", "b.csv")
    with pytest.raises(BlobNotFound, match=r"none of the 2 blobs of az://raw/\* meets --where"):
        account.plan("az://raw/*", where=("size>1GiB",))
