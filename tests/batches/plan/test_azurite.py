"""Plans of blobs whose names mean harm, over Microsoft's emulator."""

from __future__ import annotations

import pytest

from blobprep.errors import InvalidOption, OutputError
from blobprep.settings.workspace import Workspace
from blobprep.stores.base import IfMatch
from tests import emulator
from tests.batches.plan.conftest import Account
from tests.runs.arranging import azure

NAMES = [
    "{run_id}/{0}.csv",
    "100%/%41.csv",
    "a b/+&=?#.csv",
    "we*ird/**.csv",
    "ünï/\u202e\u00a0.csv",
    "y=2024/=.csv",
    ".../...csv",
    "long/" + "x" * 900 + ".csv",
    "\U0001f600/<&>'\".csv",
]


@pytest.fixture
def account(azurite: str) -> Account:
    account = Account()
    account.store = azure(azurite)  # type: ignore[assignment]
    account.workspace = Workspace(environment={}, account=emulator.ACCOUNT, stores={emulator.ACCOUNT: account.store})
    account.store.create_container("hostile")
    account.store.create_container("prepared")
    for name in NAMES:
        account.store.write("hostile", name, b"n\n1\n", content_type="text/csv")
    return account


def test_names_that_mean_harm_are_read_and_written_where_they_belong(account: Account) -> None:
    items = account.items("az://hostile/{part}/*.csv", "az://prepared/in/{part}/{stem}/")
    assert len(items) == len(NAMES)
    seen = set()
    for item in items:
        source = account.workspace.locate(item.inputs[0].reference, names=())
        assert source.read(if_match=item.inputs[0].etag) == b"n\n1\n"
        output = account.workspace.locate(item.output, prefix=True, names=())
        target = output.child("manifest.json")
        etag = target.store.write(target.container, target.blob, b"{}", content_type="application/json")
        target.store.delete(target.container, target.blob, condition=IfMatch(etag))
        assert (target.blob.count("/"), target.blob.split("/")[0]) == (3, "in")
        seen.add((source.blob, item.parts["part"]))
    assert seen == {(name, name.partition("/")[0]) for name in NAMES}


def test_an_output_that_the_service_cannot_write_is_refused_with_its_item(account: Account) -> None:
    with pytest.raises(OutputError, match=r"the output of .*x\.csv cannot be .*, because it is longer than 1024 char"):
        account.plan("az://hostile/{part}/{name}", "az://prepared/a-rather-long-folder-for-results/" + "{name}/" * 2)
    with pytest.raises(InvalidOption, match="have the same output"):
        account.plan("az://hostile/**", "az://prepared/one/")
