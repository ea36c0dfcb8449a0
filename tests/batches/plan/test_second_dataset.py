from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.errors import BlobNotFound, InvalidOption, InvalidReference, LimitError
from blobprep.settings.workspace import Workspace
from tests.batches.plan.conftest import Account
from tests.inputs.hooked import Hooked


@pytest.fixture
def account() -> Account:
    account = Account()
    account.put("sales/2024-05-29.csv", "sales/2024-05-30.csv")
    return account


def seconds(account: Account, dataset2: str, **given: object) -> list[list[str]]:
    items = account.items("az://raw/sales/{day}.csv", dataset2=dataset2, **given)
    return [[blob.reference.removeprefix("az://contoso@raw/") for blob in item.dataset2] for item in items]


def test_one_dataset_can_be_that_of_all_items(account: Account) -> None:
    account.put("labels.csv", "labels-a.csv", "labels-b.csv")
    assert seconds(account, "az://raw/labels.csv") == [["labels.csv"]] * 2
    assert seconds(account, "az://raw/labels-*.csv") == [["labels-a.csv", "labels-b.csv"]] * 2
    (item, _) = account.items("az://raw/sales/{day}.csv", dataset2="az://raw/labels.csv")
    assert item.dataset2[0].etag == account.store.properties("raw", "labels.csv").etag
    assert item.size == 8


def test_each_item_can_have_its_own_by_name(account: Account) -> None:
    account.put("labels/2024-05-29.csv", "labels/2024-05-30.csv")
    assert seconds(account, "az://raw/labels/{day}.csv") == [["labels/2024-05-29.csv"], ["labels/2024-05-30.csv"]]
    assert seconds(account, "az://raw/labels/{name}") == [["labels/2024-05-29.csv"], ["labels/2024-05-30.csv"]]


def test_each_item_can_have_all_blobs_with_its_parts(account: Account) -> None:
    account.put("labels/2024-05-29/b.csv", "labels/2024-05-29/a.csv", "labels/2024-05-30/c.csv", "labels/x/d.csv")
    assert seconds(account, "az://raw/labels/{day}/*.csv") == [
        ["labels/2024-05-29/a.csv", "labels/2024-05-29/b.csv"],
        ["labels/2024-05-30/c.csv"],
    ]


def test_many_are_looked_up_by_one_listing() -> None:
    account = Account()
    names = [f"{place:04}" for place in range(300)]
    account.put(*(f"sales/{name}.csv" for name in names), *(f"labels/{name}.csv" for name in names))
    asked: list[str] = []
    hooked = Hooked(account.store, before=lambda operation, blob: asked.append(operation))
    account.workspace = Workspace(environment={}, account="contoso", stores={"contoso": hooked})
    assert seconds(account, "az://raw/labels/{day}.csv") == [[f"labels/{name}.csv"] for name in names]
    assert (asked.count("list"), asked.count("properties")) == (2, 0)


def test_an_item_without_its_own_fails_but_a_batch_where_all_lack_it_is_refused(account: Account) -> None:
    account.put("labels/2024-05-30.csv", "labels/2024-05-30/a.csv")
    for dataset2, missing in (
        ("az://raw/labels/{day}.csv", "az://contoso@raw/labels/2024-05-29.csv"),
        ("az://raw/labels/{day}/*.csv", "az://raw/labels/2024-05-29/*.csv"),
    ):
        with account.plan("az://raw/sales/{day}.csv", dataset2=dataset2) as plan:
            assert plan.notes == (f"1 of 2 items will fail, as their dataset2 is not there: {missing}",)
            first, second = plan
            assert (first.dataset2[0].etag, len(second.dataset2)) == ("", 1)
    with pytest.raises(BlobNotFound, match=r"dataset2: none of the 2 items has it; the first is .*2024-05-29\.tsv"):
        account.plan("az://raw/sales/{day}.csv", dataset2="az://raw/labels/{day}.tsv")
    with pytest.raises(BlobNotFound, match="dataset2: there is no blob"):
        account.plan("az://raw/sales/{day}.csv", dataset2="az://raw/labels.csv")


def test_a_value_cannot_lead_to_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("n\n1\n")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "ok.csv").write_text("n\n1\n")
    account = Account()
    account.put("x=..%2Fsecret/a.csv", "x=ok/a.csv", "x=a%2Fb/a.csv")
    with account.plan("az://raw/**/*.csv", dataset2="labels/{x}.csv") as plan:
        found = {item.parts["x"]: item.dataset2[0] for item in plan}
    assert {value: bool(blob.etag) for value, blob in found.items()} == {"../secret": False, "ok": True, "a/b": False}
    assert found["../secret"].reference == f"{tmp_path}/labels/..%2Fsecret.csv"


def test_a_group_has_the_dataset_of_its_parts(account: Account) -> None:
    account.put("north/a.csv", "north/b.csv", "labels/north.csv")
    (item,) = account.items(
        "az://raw/{region}/?.csv",
        "az://prepared/{region}/",
        group_by=("region",),
        dataset2="az://raw/labels/{region}.csv",
    )
    assert (len(item.inputs), item.dataset2[0].reference) == (2, "az://contoso@raw/labels/north.csv")


@pytest.mark.parametrize(
    ("dataset2", "error", "message"),
    [
        ("az://raw/labels/{dya}.csv", InvalidOption, r"dataset2 .* names {dya}, which is not a part"),
        ("az://raw/labels/{dya}/*.csv", InvalidOption, r"dataset2 .* names {dya}, which is not a part"),
        ("az://raw/labels/", InvalidReference, "must be a single blob"),
        ("az://raw/{labels", InvalidReference, "a brace without its counterpart"),
        ("az://raw/many/*", LimitError, "has more than 100 blobs"),
    ],
)
def test_what_cannot_be_a_second_dataset_is_refused(
    account: Account, dataset2: str, error: type[Exception], message: str
) -> None:
    account.put(*(f"many/{place}" for place in range(101)))
    with pytest.raises(error, match=message):
        account.plan("az://raw/sales/{day}.csv", dataset2=dataset2)


def test_options_of_a_name_in_the_settings_go_along(tmp_path: Path, account: Account) -> None:
    account.put("labels.csv")
    config = tmp_path / "blobprep.toml"
    config.write_text('[datasets.labels]\nblob = "az://raw/labels.csv"\nread = { header = false }\n', encoding="utf-8")
    account.workspace = Workspace(config=config, environment={}, account="contoso", stores={"contoso": account.store})
    item, _ = account.items("az://raw/sales/*", dataset2="labels")
    assert (item.read2, item.dataset2[0].reference) == ({"header": "false"}, "az://contoso@raw/labels.csv")
