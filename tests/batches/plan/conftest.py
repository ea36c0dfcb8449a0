"""An account with blobs, and plans of batches about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from blobprep.batches.items import Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.plan import Plan, plan_items
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores.memory import MemoryStore

TODAY = date(2026, 11, 30)


class Account:
    """An account in memory with the containers `raw` and `prepared`."""

    def __init__(self) -> None:
        self.store = MemoryStore("contoso")
        self.store.create_container("raw")
        self.store.create_container("prepared")
        self.workspace = Workspace(environment={}, account="contoso", stores={"contoso": self.store})

    def put(self, *names: str, data: bytes = b"a\n1\n", content_type: str = "application/octet-stream") -> None:
        for name in names:
            self.store.write("raw", name, data, content_type=content_type)

    def plan(self, pattern: str | None, output: str = "az://prepared/{folder}/{name}/", **given: Any) -> Plan:
        """Plan a batch; options are those of the batch, and else those of its runs."""
        own = {name: given.pop(name) for name in list(given) if name in BatchOptions.__dataclass_fields__}
        lines = given.pop("standard_input", ())
        options = BatchOptions(RunOptions("prep.py", pattern, output=output, **given), **own)
        return plan_items(options, self.workspace, today=TODAY, standard_input=lines)

    def items(self, pattern: str | None, output: str = "az://prepared/{folder}/{name}/", **given: Any) -> list[Item]:
        with self.plan(pattern, output, **given) as plan:
            found = list(plan)
            assert found == list(plan)
            assert plan.matched == len(found)
            assert plan.size == sum(item.size for item in found)
            assert [item.key for item in found] == sorted({item.key for item in found})
        return found


@pytest.fixture
def account() -> Account:
    return Account()


def names_of(items: Iterable[Item]) -> list[str]:
    """Return the names of the blobs that items read."""
    return [blob.reference.removeprefix("az://contoso@raw/") for item in items for blob in item.inputs]
