"""Looks that take more than they may, and children that end early."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from blobprep.errors import MemoryExceeded, TimeExceeded
from blobprep.runs import preview
from blobprep.settings import Workspace
from blobprep.stores.memory import MemoryStore
from tests.inputs.hooked import Hooked

pytestmark = pytest.mark.usefixtures("forked")


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A document, which is read whole before its first row is known."""
    monkeypatch.chdir(tmp_path)
    rows = [{"number": number, "text": "x" * 40} for number in range(100_000)]
    Path("large.json").write_text(json.dumps(rows), encoding="utf-8")
    return "large.json"


def test_a_look_that_takes_too_long_is_no_matter_of_the_scripts_time(
    large: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "_SECONDS", 0.001)

    with pytest.raises(TimeExceeded) as raised:
        preview.head(large, workspace=Workspace())

    assert raised.value.message == "large.json: its first rows could not be read within 0.001 seconds"


def test_a_look_that_takes_too_much_memory_names_the_setting(large: str) -> None:
    Path("blobprep.toml").write_text('[script]\nmemory = "150MiB"\n', encoding="utf-8")

    with pytest.raises(MemoryExceeded, match=r"^large\.json: .*\[script\] memory"):
        preview.head(large, workspace=Workspace())


def test_head_returns_when_the_child_died_before_the_store_was_first_asked(tmp_path: Path) -> None:
    memory = MemoryStore("contoso")
    memory.create_container("raw")
    memory.write("raw", "table.csv", b"a\n1\n", content_type="text/csv")
    before = set(threading.enumerate())

    def outlive_the_child(*_: str) -> None:
        for thread in set(threading.enumerate()) - before:
            if thread.name == "blobprep-pump":
                thread.join()

    store = Hooked(memory, before=outlive_the_child)
    (tmp_path / "blobprep.toml").write_text('[script]\nmemory = "20MiB"\n', encoding="utf-8")
    workspace = Workspace(environment={}, folder=tmp_path, account="contoso", stores={"contoso": store})

    with pytest.raises(MemoryExceeded, match="did not start within its memory limit"):
        preview.head("az://raw/table.csv", workspace=workspace)


def test_head_shows_far_times_and_leaves_out_an_index_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seconds = pa.array([-62_135_596_800, None, 1_714_566_600, 253_402_387_200], pa.timestamp("s", "America/New_York"))
    times = seconds.cast(pa.timestamp("us", "America/New_York"))
    frame = pd.DataFrame({"id": [1, 2, 3, 4]}, index=[0, 2, 3, 5])
    pq.write_table(pa.Table.from_pandas(frame).append_column("since", times), "members.parquet")

    shown = preview.head("members.parquet", workspace=Workspace())

    assert shown.names == ("id", "since")
    assert shown.rows == (
        ("1", "0001-01-01T00:00:00Z"),
        ("2", None),
        ("3", "2024-05-01T08:30:00-04:00"),
        ("4", "+10000-01-02T00:00:00Z"),
    )
