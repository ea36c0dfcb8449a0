from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import AccessError, ClaimLost, OutputContainerMissing, OutputExists, StoreUnavailable
from blobprep.inputs.resolve import ResolvedInputs, ResolvedScript
from blobprep.manifest import ErrorRecord, IsolationRecord, Manifest
from blobprep.outputs.collector import LeftFile
from blobprep.outputs.plan import OutputPlan
from blobprep.outputs.processes import this_process
from blobprep.outputs.publish import Outputs
from blobprep.protocol import Facts, TableFacts
from blobprep.runs.record import first_manifest, last_manifest, stopped_manifest
from blobprep.runs.session_use import ComputeResult
from blobprep.runs.verdict import Verdict
from blobprep.settings.local_paths import locate_path
from blobprep.stores.location import BlobLocation
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, ask, manifest_of, memory, names, put, text_of

NOW = datetime(2024, 5, 30, tzinfo=UTC)
SCRIPT = ResolvedInputs(ResolvedScript("az://work/prep.py", "source", b"pass\n", b"pass\n"), (), {})
FAILED = ErrorRecord("0085", "it failed")
COMMON = {"log.txt", "script.py", "report.html", "manifest.json"}


def piped(data: bytes) -> int:
    """Return a descriptor from which these bytes can be read."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


class Trial:
    """Publish without a child: the tables are what a test says."""

    def __init__(self, store: Any, **asked: Any) -> None:
        self.request = ask(store, **asked)
        self.plan = self.request.output_plan()

    def open(self) -> Outputs:
        record = this_process(self.plan.planned)
        return Outputs.open(
            self.plan,
            first_manifest(self.request, SCRIPT, IsolationRecord("process", "process"), record, NOW),
            lambda manifest, error: stopped_manifest(manifest, error, NOW),
            is_alive=lambda _: False,
        )

    def crash(self, planned: Sequence[str] = ()) -> None:
        """Leave a claim, and what was committed of these, as a killed process does."""
        outputs = self.open()
        outputs.claim.plan([f"az://work/out/{name}" if "/" in name else name for name in planned])
        for name in planned:
            put(self.request.output.store, f"out/{name}", b"half a run")

    def publish(
        self,
        tables: dict[str, bytes] | None = None,
        figures: Sequence[str] = (),
        error: ErrorRecord | None = None,
        artifacts: Sequence[str] = (),
        opened: Outputs | None = None,
    ) -> Manifest:
        tables = {"results": b"table"} if tables is None else tables
        facts = Facts(outputs={port: TableFacts(1, 1) for port in tables})
        files = {"figure": [left(name, "saved") for name in figures], "artifact": [left(name) for name in artifacts]}
        with opened or self.open() as outputs:
            with outputs.streams(lambda: None) as streams:
                for port, data in tables.items():
                    os.write(streams[port], data)
            outputs.finish_streams()
            texts = {"script": SCRIPT.script.source, "log": b"out | hello\n"}
            records = outputs.publish(facts.outputs, files, texts, succeeded=error is None)
            records = (*records, outputs.publish_page("report", b"<p>hello</p>"))
            computed = ComputeResult(Verdict(facts, error), {}, files)
            outputs.finish(last_manifest(outputs.claim.manifest, SCRIPT, computed, records, {}, NOW))
        return outputs.claim.manifest


def left(name: str, origin: str | None = None) -> LeftFile:
    """Return a file whose bytes are its name."""
    return LeftFile(name, len(name), partial(piped, name.encode()), origin)


def written(manifest: Manifest) -> set[str]:
    return {each.name for each in manifest.outputs}


def test_a_run_leaves_table_log_script_and_figures() -> None:
    store = memory()
    manifest = Trial(store).publish(figures=["b.png", "sub/a.png"])
    assert names(store) == {"results.parquet", *COMMON, "figures/b.png", "figures/sub/a.png"}
    assert [each.name for each in manifest.outputs if each.origin] == ["figures/b.png", "figures/sub/a.png"]
    assert text_of(store, "out/log.txt") == "out | hello\n"
    assert text_of(store, "out/script.py") == "pass\n"


def test_each_output_has_its_port_and_content_type() -> None:
    store = memory()
    manifest = Trial(store, format="csv").publish(figures=["a.png"])
    kinds = {
        each.name: (each.port, store.properties(CONTAINER, f"out/{each.name}").content_type)
        for each in manifest.outputs
    }
    assert kinds == {
        "results.csv": ("results", "text/csv"),
        "log.txt": ("device", "text/plain; charset=utf-8"),
        "script.py": ("script", "text/x-python"),
        "report.html": ("report", "text/html; charset=utf-8"),
        "figures/a.png": ("device", "image/png"),
    }


def test_a_failed_run_leaves_log_and_figures_and_no_table() -> None:
    store = memory()
    Trial(store).publish(figures=["a.png"], error=FAILED)
    assert names(store) == {*COMMON, "figures/a.png"}
    assert manifest_of(store).status == "failed"


def test_a_second_table_is_written_where_it_is_asked_for() -> None:
    store = memory()
    Trial(store, second_output=True).publish({"results": b"1", "results2": b"2"})
    assert text_of(store, "out/results2.parquet") == "2"


def test_a_second_table_that_was_not_returned_leaves_no_blob() -> None:
    store = memory()
    Trial(store, second_output=True).publish({"results": b"1"})
    assert "results2.parquet" not in names(store)


def test_what_stands_there_unrecorded_is_in_the_way_before_anything_is_written() -> None:
    store = memory()
    put(store, "out/results.parquet", b"somebody's")
    with pytest.raises(OutputExists, match=r"az://work/out/results\.parquet exists and was not written by a run"):
        Trial(store).open()
    assert names(store) == {"results.parquet"}


def test_a_refusal_stays_one_when_asked_again() -> None:
    store = memory()
    put(store, "out/log.txt", b"somebody's")
    for _ in range(2):
        with pytest.raises(OutputExists):
            Trial(store).publish()
    assert text_of(store, "out/log.txt") == "somebody's"


def test_what_stands_there_unrecorded_is_replaced_where_that_is_asked_for() -> None:
    store = memory()
    put(store, "out/results.parquet", b"somebody's")
    Trial(store, overwrite=True).publish()
    assert text_of(store, "out/results.parquet") == "table"


def test_a_figure_in_the_way_is_not_overwritten() -> None:
    store = memory()
    put(store, "out/figures/a.png", b"somebody's")
    with pytest.raises(OutputExists, match=r"az://work/out/figures/a\.png exists"):
        Trial(store).publish(figures=["a.png"])
    assert text_of(store, "out/figures/a.png") == "somebody's"
    assert "results.parquet" not in names(store)


def test_a_figure_in_the_way_is_replaced_where_that_is_asked_for() -> None:
    store = memory()
    put(store, "out/figures/a.png", b"somebody's")
    Trial(store, overwrite=True).publish(figures=["a.png"])
    assert text_of(store, "out/figures/a.png") == "a.png"


def test_after_a_failure_one_just_runs_again() -> None:
    store = memory()
    Trial(store).publish(figures=["a.png"], error=FAILED)
    Trial(store).publish(figures=["a.png"])
    assert manifest_of(store).status == "succeeded"


def test_after_a_failed_overwrite_one_just_runs_again() -> None:
    store = memory()
    Trial(store).publish(figures=["old.png"])
    Trial(store, overwrite=True).publish(error=FAILED)
    Trial(store).publish(figures=["new.png"])
    assert names(store) == {"results.parquet", *COMMON, "figures/new.png"}


def test_after_a_commit_that_failed_half_way_one_just_runs_again() -> None:
    store = memory()

    def fail(operation: str, blob: str) -> None:
        if operation == "write" and blob.endswith("b.png"):
            raise StoreUnavailable("down")

    with pytest.raises(StoreUnavailable):
        Trial(Hooked(store, before=fail)).publish(figures=["a.png", "b.png"])
    assert "figures/a.png" in names(store)
    Trial(store).publish(figures=["b.png"])
    assert names(store) == {"results.parquet", *COMMON, "figures/b.png"}


def test_what_a_killed_run_committed_goes_with_the_next_success() -> None:
    store = memory()
    Trial(store, format="csv").crash(["results.csv", "figures/a.png"])
    Trial(store).publish(figures=["b.png"])
    assert names(store) == {"results.parquet", *COMMON, "figures/b.png"}
    assert written(manifest_of(store)) == names(store) - {"manifest.json"}


def test_what_a_run_left_goes_even_where_the_one_that_replaced_it_was_killed() -> None:
    store = memory()
    Trial(store).publish(figures=["old.png"])
    Trial(store, overwrite=True).crash()
    Trial(store).publish()
    assert names(store) == {"results.parquet", *COMMON}


def test_a_failure_takes_nothing_of_an_earlier_run_away() -> None:
    store = memory()
    Trial(store).publish(figures=["old.png"])
    Trial(store, overwrite=True).publish(error=FAILED)
    assert {"results.parquet", "figures/old.png"} <= names(store)


def test_replacing_deletes_what_the_earlier_run_recorded_and_nothing_else() -> None:
    store = memory()
    Trial(store, format="csv", second_output=True).publish({"results": b"1", "results2": b"2"}, figures=["a.png"])
    put(store, "out/notes.txt", b"mine")
    put(store, "out/figures/mine.png", b"mine")
    Trial(store, overwrite=True).publish()
    assert names(store) == {"results.parquet", *COMMON, "notes.txt", "figures/mine.png"}


def test_what_somebody_changed_since_the_earlier_run_is_not_deleted() -> None:
    store = memory()
    Trial(store, format="csv").publish()
    put(store, "out/results.csv", b"edited by hand")
    Trial(store, overwrite=True).publish()
    assert text_of(store, "out/results.csv") == "edited by hand"


def test_what_cannot_be_deleted_is_no_failure() -> None:
    store = memory()
    Trial(store, format="csv").publish()

    def refuse(operation: str, blob: str) -> None:
        if operation == "delete":
            raise AccessError("no")

    Trial(Hooked(store, before=refuse), overwrite=True).publish()
    assert manifest_of(store).status == "succeeded"


def test_a_blob_that_appears_while_the_run_goes_on_is_not_overwritten() -> None:
    store = memory()
    trial = Trial(store, overwrite=True)
    opened = trial.open()
    put(store, "out/results.parquet", b"somebody's")
    with pytest.raises(OutputExists, match="appeared meanwhile"):
        trial.publish(opened=opened)
    assert text_of(store, "out/results.parquet") == "somebody's"


def test_what_another_wrote_meanwhile_is_not_replaced_by_the_next_run_either() -> None:
    store = memory()
    opened = Trial(store).open()
    put(store, "out/results.parquet", b"somebody's")
    with pytest.raises(OutputExists, match="appeared meanwhile"):
        Trial(store).publish(opened=opened)
    failed = manifest_of(store)
    assert failed.claim is not None
    assert set(failed.claim.planned) == {"log.txt", "script.py", "report.html"}

    with pytest.raises(OutputExists, match=r"results\.parquet exists and was not written by a run"):
        Trial(store).publish()
    assert text_of(store, "out/results.parquet") == "somebody's"


def test_outputs_that_were_untouched_are_not_looked_at() -> None:
    asked: list[tuple[str, str]] = []
    hooked = Hooked(memory(), before=lambda operation, blob: asked.append((operation, blob)))
    trial = Trial(hooked, untouched=True)
    asked.clear()
    manifest = trial.publish()
    assert manifest.status == "succeeded"
    assert {operation for operation, _ in asked} == {"write"}


def test_what_came_to_untouched_outputs_is_not_overwritten() -> None:
    store = memory()
    put(store, "out/results.parquet", b"somebody's")
    for message in ("appeared meanwhile", "exists and was not written by a run"):
        with pytest.raises(OutputExists, match=message):
            Trial(store, untouched=True).publish()
    assert text_of(store, "out/results.parquet") == "somebody's"


def test_a_run_that_was_cut_off_at_untouched_outputs_is_taken_over() -> None:
    store = memory()
    Trial(store, untouched=True).crash(["results.parquet"])
    assert Trial(store, untouched=True).publish({"results": b"table"}).status == "succeeded"
    assert text_of(store, "out/results.parquet") == "table"


def test_nothing_is_published_once_the_claim_is_lost() -> None:
    store = memory()
    trial = Trial(store)
    opened = trial.open()
    other = replace(opened.claim.manifest, run_id="other")
    store.write(CONTAINER, "out/manifest.json", other.encode(), content_type="application/json")
    with pytest.raises(ClaimLost):
        trial.publish(opened=opened, figures=["a.png"])
    assert names(store) == {"manifest.json"}


# Figures elsewhere


def elsewhere(store: Any, prefix: str = "shared/", container: str = CONTAINER) -> BlobLocation:
    return BlobLocation(store, container, prefix, f"az://{container}/{prefix}")


def test_figures_may_go_elsewhere() -> None:
    store = memory()
    manifest = Trial(store, figures=elsewhere(store)).publish(figures=["a.png"])
    assert names(store, "shared/") == {"a.png"}
    assert "figures/a.png" not in names(store)
    assert {each.reference for each in manifest.outputs if each.origin} == {"az://work/shared/a.png"}


def test_a_figure_of_another_prefix_s_run_is_not_overwritten() -> None:
    store = memory()
    Trial(store, figures=elsewhere(store), output="one/").publish(figures=["a.png"])
    with pytest.raises(OutputExists, match=r"az://work/shared/a\.png"):
        Trial(store, figures=elsewhere(store), output="two/").publish(figures=["a.png"])


def test_figures_elsewhere_are_replaced_and_cleared_like_the_others() -> None:
    store = memory()
    Trial(store, figures=elsewhere(store)).publish(figures=["a.png", "b.png"])
    put(store, "shared/mine.png", b"mine")
    Trial(store, figures=elsewhere(store), overwrite=True).publish(figures=["b.png", "c.png"])
    assert names(store, "shared/") == {"b.png", "c.png", "mine.png"}


def test_figures_of_a_commit_that_failed_are_cleared_elsewhere_too() -> None:
    store = memory()

    def fail(operation: str, blob: str) -> None:
        if operation == "write" and blob.endswith("b.png"):
            raise StoreUnavailable("down")

    hooked = Hooked(store, before=fail)
    with pytest.raises(StoreUnavailable):
        Trial(hooked, figures=elsewhere(hooked)).publish(figures=["a.png", "b.png"])
    assert names(store, "shared/") == {"a.png"}
    Trial(store, figures=elsewhere(store)).publish()
    assert names(store, "shared/") == set()


def test_moving_the_figures_touches_nothing_of_the_same_name_there() -> None:
    store = memory()
    Trial(store).publish(figures=["a.png"])
    put(store, "shared/a.png", b"somebody's")
    Trial(store, figures=elsewhere(store), overwrite=True).publish()
    assert text_of(store, "shared/a.png") == "somebody's"


def test_moving_the_figures_after_a_failure_does_not_make_others_ours() -> None:
    store = memory()
    Trial(store).publish(figures=["a.png"], error=FAILED)
    put(store, "shared/a.png", b"somebody's")
    with pytest.raises(OutputExists, match=r"az://work/shared/a\.png"):
        Trial(store, figures=elsewhere(store)).publish(figures=["a.png"])


def test_the_figures_container_is_missed_before_the_script_runs() -> None:
    store = memory()
    with pytest.raises(OutputContainerMissing, match="container pictures of output az://pictures/ does not exist"):
        Trial(store, figures=elsewhere(store, "", "pictures")).open()
    assert names(store) == set()


def test_the_figures_container_is_created_where_that_is_asked_for() -> None:
    store = memory()
    Trial(store, figures=elsewhere(store, "", "pictures"), create_container=True).publish(figures=["a.png"])
    assert store.read("pictures", "a.png") == b"a.png"


def test_a_token_that_may_not_look_at_the_figures_container_may_still_write() -> None:
    store = memory()
    store.create_container("pictures")

    def refuse(operation: str, blob: str) -> None:
        if operation == "container_exists":
            raise AccessError("no")

    hooked = Hooked(store, before=refuse)
    Trial(hooked, figures=elsewhere(hooked, "", "pictures")).publish(figures=["a.png"])
    assert store.read("pictures", "a.png") == b"a.png"


def test_places_lead_to_what_was_written() -> None:
    store = memory()
    trial = Trial(store, figures=elsewhere(store), artifacts=("a",))
    outputs = trial.publish(figures=["a.png"], artifacts=["a"]).outputs
    assert {name: place.printed for name, place in trial.plan.places(outputs).items()} == {
        **{record.name: record.reference for record in outputs},
        "manifest.json": "az://work/out/manifest.json",
    }


def test_what_was_staged_and_not_published_is_forgotten_before_the_manifest_says_that_the_run_was_stopped() -> None:
    told: list[str] = []
    store = memory()
    trial = Trial(Hooked(store, before=lambda operation, blob: told.append(operation)))

    def interrupted() -> None:
        with trial.open() as outputs:
            with outputs.streams(lambda: None) as streams:
                rest = memoryview(bytes(9 << 20))
                while rest:
                    rest = rest[os.write(streams["results"], rest) :]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert told[-2:] == ["abandon", "write"]
    assert manifest_of(store).status == "interrupted"


def test_a_claim_that_was_lost_before_the_streams_were_opened_stops_the_child_at_once() -> None:
    store = memory()
    told: list[str] = []
    with Trial(store).open() as outputs:
        other = replace(outputs.claim.manifest, run_id="other")
        store.write(CONTAINER, "out/manifest.json", other.encode(), content_type="application/json")
        with pytest.raises(ClaimLost):
            outputs.claim.plan(["a"])
        with outputs.streams(lambda: told.append("stopped")):
            assert told == ["stopped"]
        with pytest.raises(ClaimLost):
            outputs.finish_streams()
    assert manifest_of(store).run_id == "other"


def test_cells_have_a_descriptor_where_artifacts_were_asked_for() -> None:
    with Trial(memory(), artifacts=("a",)).open() as outputs, outputs.streams(lambda: None) as streams:
        assert set(streams) == {"results", "artifacts"}
    with Trial(memory()).open() as outputs, outputs.streams(lambda: None) as streams:
        assert set(streams) == {"results"}


def test_a_run_that_failed_leaves_no_artifact() -> None:
    store = memory()
    Trial(store, artifacts=("a",)).publish(figures=["a.png"], artifacts=["a"], error=FAILED)
    assert names(store) == {*COMMON, "figures/a.png"}


def test_records_stand_in_the_order_in_which_the_outputs_are_given() -> None:
    manifest = Trial(memory(), artifacts=("a",)).publish(figures=["b.png", "a.png"], artifacts=["a"])
    assert [record.name for record in manifest.outputs] == [
        "results.parquet",
        "script.py",
        "log.txt",
        "figures/b.png",
        "figures/a.png",
        "artifacts/a",
        "report.html",
    ]


def test_files_that_a_place_cannot_hold_beside_each_other_are_left_out_and_the_first_ones_are_kept(
    tmp_path: Path,
) -> None:
    (tmp_path / "out").mkdir()
    request = replace(Trial(memory()).request, output=locate_path(str(tmp_path / "out"), prefix=True))
    plan: OutputPlan = request.output_plan()
    said: list[str] = []

    figures = [left("a.png"), left("a.png/b.png"), left("x" * 300), left("c.png")]
    fitting = plan.fitting({"figure": figures, "artifact": [left("a.png")]}, said.append)

    assert {row: [file.name for file in files] for row, files in fitting.items()} == {
        "figure": ["a.png", "c.png"],
        "artifact": ["a.png"],
    }
    assert [line.partition(" was left out, because ")[0] for line in said] == [
        "figures/a.png/b.png",
        "figures/" + "x" * 300,
    ]
    assert plan.fitting({"figure": figures[:1]}, said.append) == {"figure": figures[:1]}
