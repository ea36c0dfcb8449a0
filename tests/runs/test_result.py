from __future__ import annotations

import gc
import hashlib
import resource
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import blobprep
from blobprep.errors import OutputError, RunFailed
from blobprep.manifest import ErrorRecord, IsolationRecord, Manifest, OutputRecord, Status
from blobprep.runs.result import Run
from blobprep.runs.results_table import read_table
from blobprep.stores.memory import MemoryStore
from tests.remains import leaving_nothing
from tests.runs.arranging import located, memory, put

pytestmark = pytest.mark.usefixtures("forked")


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def run_of(store: MemoryStore, blobs: dict[str, bytes], status: Status = "succeeded", **values: Any) -> Run:
    """A run that left these blobs."""
    outputs = tuple(
        OutputRecord(
            name.partition(".")[0] if name.startswith(("results", "report")) else "device",
            name,
            put(store, f"out/{name}", data).printed,
            "0x1",
            len(data),
            hashlib.sha256(data).hexdigest(),
        )
        for name, data in blobs.items()
    )
    manifest = Manifest(
        "20240530T180700Z-1f2e3d4c",
        status,
        "2024-05-30T18:07:00.000Z",
        values.pop("request", {}),
        {},
        IsolationRecord("process", "process"),
        outputs=outputs,
        **values,
    )
    return Run(manifest, located(store, "out/"), "log", {name: located(store, f"out/{name}") for name in blobs})


TABLE = pa.table({"a": [1, None], "b": ["x", "y"]})


def test_the_table_is_what_was_written() -> None:
    assert run_of(memory(), {"results.parquet": parquet(TABLE)}).table.equals(TABLE)


def test_the_frame_is_the_table_as_pandas() -> None:
    frame = run_of(memory(), {"results.parquet": parquet(TABLE)}).dataframe
    pd.testing.assert_frame_equal(frame, TABLE.to_pandas())


def test_the_second_table_is_read_by_its_own_name() -> None:
    second = pa.table({"c": [3]})
    run = run_of(memory(), {"results.parquet": parquet(TABLE), "results2.parquet": parquet(second)})
    assert run.table2.equals(second)


def test_a_second_table_that_is_not_there_says_which_option_makes_one() -> None:
    with pytest.raises(RunFailed, match=r"has no results2 \(run again with --second-output\)"):
        _ = run_of(memory(), {"results.parquet": parquet(TABLE)}).table2


def test_a_text_is_read_back_as_it_was_written() -> None:
    run = run_of(memory(), {"results.csv": b"1;x\n2;y\n"}, request={"write": {"header": "false", "delimiter": ";"}})
    assert run.table.num_rows == 2
    assert run.table.column(1).to_pylist() == ["x", "y"]


def test_reading_leaves_nothing_open() -> None:
    run = run_of(memory(), {"results.parquet": parquet(TABLE)})
    with leaving_nothing():
        for _ in range(2):
            assert run.table.num_rows == 2
        gc.collect()


def test_figures_are_read_in_the_order_of_the_record() -> None:
    blobs = {"log.txt": b"log", "figures/z.png": b"1", "figures/a.png": b"2"}
    assert list(run_of(memory(), blobs).figures.items()) == [("figures/z.png", b"1"), ("figures/a.png", b"2")]


def test_a_result_somebody_replaced_is_not_this_runs() -> None:
    store = memory()
    run = run_of(store, {"results.parquet": parquet(TABLE)})
    put(store, "out/results.parquet", parquet(pa.table({"other": [1]})))
    with pytest.raises(OutputError, match="is no longer what run 20240530T180700Z-1f2e3d4c wrote"):
        _ = run.table


def test_a_result_somebody_deleted_is_not_this_runs() -> None:
    store = memory()
    run = run_of(store, {"results.parquet": parquet(TABLE)})
    store.delete("work", "out/results.parquet")
    with pytest.raises(OutputError, match="is no longer what run"):
        _ = run.table


@pytest.mark.parametrize("data", [b"", b"no parquet", parquet(TABLE)[:-20]])
def test_what_a_script_wrote_in_place_of_a_table_is_refused(data: bytes) -> None:
    with pytest.raises(OutputError, match="does not hold a valid table"):
        _ = run_of(memory(), {"results.parquet": data}).table


def test_a_run_that_failed_has_no_table_and_says_why() -> None:
    run = run_of(memory(), {}, "failed", error=ErrorRecord("0085", "Error 0085: …"))
    assert run.status == "failed"
    for read in (run.raise_for_failure, lambda: run.table, lambda: run.dataframe):
        with pytest.raises(RunFailed, match="Error 0085") as caught:
            read()
        assert caught.value.code == "0085"


def test_a_run_without_an_error_of_its_own_says_its_status() -> None:
    with pytest.raises(RunFailed, match="was interrupted") as caught:
        run_of(memory(), {}, "interrupted").raise_for_failure()
    assert caught.value.code == "interrupted"


def test_a_run_that_succeeded_raises_nothing() -> None:
    run_of(memory(), {}).raise_for_failure()


def test_log_and_places_are_not_shown_in_full() -> None:
    assert "log" not in repr(run_of(memory(), {})).replace("blobprep", "")


def test_a_file_that_expands_without_end_is_refused_and_takes_no_memory_here() -> None:
    sink = pa.BufferOutputStream()
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["x" * 100_000]))
    with pq.ParquetWriter(sink, pa.schema([("a", text.type)]), store_schema=False) as writer:
        writer.write_table(pa.table({"a": text}))
    bomb = bytes(sink.getvalue())
    record = OutputRecord("results", "results.parquet", "az://out/results.parquet", "0x1", len(bomb), "")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(OutputError, match="expands to more than"):
        read_table(bomb, record, {}, "strict", least=1 << 24)

    assert len(bomb) < 1_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes


# The report, and what a notebook displays

PAGE = b"<!doctype html><title>a run</title><p onclick='x'>\"all\" & well</p>\n"


def test_the_report_is_read_back_as_the_page_that_was_written() -> None:
    assert run_of(memory(), {"report.html": PAGE}).report == PAGE


def test_a_run_without_a_report_says_how_to_see_it_all_the_same() -> None:
    with pytest.raises(RunFailed, match="has no report") as caught:
        _ = run_of(memory(), {}).report
    assert "blobprep.show" in caught.value.remedy


def test_a_report_that_was_replaced_is_not_shown() -> None:
    store = memory()
    run = run_of(store, {"report.html": PAGE})
    put(store, "out/report.html", b"<script>alert(1)</script>")

    with pytest.raises(OutputError, match="no longer what run"):
        _ = run.report
    shown = displayed(run)
    assert "no longer what run" in shown
    assert "<script" not in shown


def displayed(value: Any) -> str:
    """Return what a notebook displays: IPython's own formatter asks for it."""
    from IPython.core.formatters import HTMLFormatter

    return str(HTMLFormatter()(value))


class _Elements(HTMLParser):
    """The elements of a text, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_notebook_displays_the_report_in_a_frame_that_reaches_nothing_around_it() -> None:
    ((tag, attributes),) = _Elements(displayed(run_of(memory(), {"report.html": PAGE}))).found

    assert tag == "iframe"
    assert attributes["sandbox"] == "allow-scripts"
    assert attributes["srcdoc"] == PAGE.decode()


@pytest.mark.parametrize("page", [{}, {"report.html": PAGE * 20_000}], ids=["none", "large"])
def test_a_notebook_displays_a_summary_where_the_report_is_not_there_or_too_large(page: dict[str, bytes]) -> None:
    error = ErrorRecord("0085", "it failed:\n<script>alert(1)</script>")
    shown = displayed(run_of(memory(), {"log.txt": b"", "<b>.png": b"", **page}, "failed", error=error))

    assert {tag for tag, _ in _Elements(shown).found} <= {"p", "pre", "table", "tr", "td"}
    assert "failed: run 20240530T180700Z-1f2e3d4c" in shown
    assert "az://work/out/log.txt" in shown
    assert "&lt;script&gt;" in shown
    assert len(shown) < 2000


def test_a_summary_links_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prep.py").write_text("def azureml_main():\n    return None\n")
    Path("a folder").mkdir()
    run = blobprep.run("prep.py", output="a folder/out/", report=False)

    links = {attributes["href"] for tag, attributes in _Elements(displayed(run)).found if tag == "a"}
    assert links == {"a%20folder/out/log.txt"}
