"""Whole runs, with real children; runs that several tests look at are shared."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pyarrow as pa
import pytest

import blobprep
from blobprep.errors import (
    BlobChanged,
    BlobNotFound,
    BlobprepError,
    ClaimLost,
    DatasetError,
    InvalidOption,
    OutputContainerMissing,
    OutputExists,
    StoreUnavailable,
)
from blobprep.inputs.fetch import Fetch
from blobprep.inputs.sources import Dataset, FunctionScript, GivenFolder, GivenTable
from blobprep.inputs.spool import InputSpool
from blobprep.limits import Limits
from blobprep.outputs.blob_write import write
from blobprep.progress import Progress
from blobprep.runs.execute import execute
from blobprep.runs.result import Run
from blobprep.stores import ANY
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation
from tests import emulator
from tests.forking import forked_from
from tests.inputs.hooked import Hooked
from tests.remains import leaving_nothing
from tests.runs.arranging import CONTAINER, ask, azure, dataset, located, manifest_of, memory, names, put, text_of

pytestmark = pytest.mark.usefixtures("forked")

LEFT = {"results.parquet", "log.txt", "script.py", "report.html", "manifest.json"}
FIGURE = b"""
import matplotlib.pyplot as plt

def azureml_main(frame):
    print("hello")
    plt.plot([1, 2])
    plt.savefig("line.png")
    return frame[frame["a"] > 1]
"""
BUNDLED = b"""
import own

def azureml_main(first=None, second=None):
    import pandas as pd

    counts = [None if each is None else len(each) for each in (first, second)]
    return pd.DataFrame({"first": [counts[0]], "second": [counts[1]], "own": [own.VALUE]})
"""
FAILING = b"def azureml_main():\n    print('before')\n    raise ValueError('no good')\n"
ENDLESS = b"import time\n\ndef azureml_main():\n    time.sleep(1000)\n"
LARGE = b"""
import pandas as pd

def azureml_main():
    return pd.DataFrame({"a": range(4_000_000), "b": 0.1})
"""


# A run that goes well


@pytest.fixture(scope="module")
def good() -> Run:
    store = memory()
    with forked_from(None), leaving_nothing():
        return execute(ask(store, FIGURE, dataset1=dataset(store, "a.csv"), parameters={"year": "2024"}))


def test_a_run_gives_its_results(good: Run) -> None:
    assert good.status == "succeeded"
    assert good.table.to_pydict() == {"a": [2], "b": ["y"]}
    assert good.dataframe["b"].tolist() == ["y"]


def test_a_run_leaves_what_it_promises_and_nothing_else(good: Run) -> None:
    assert names(good.output.store) == {*LEFT, "figures/line.png"}
    assert list(good.figures) == ["figures/line.png"]
    assert good.figures["figures/line.png"].startswith(b"\x89PNG")


def test_the_manifest_is_the_one_that_was_written(good: Run) -> None:
    assert manifest_of(good.output.store) == good.manifest
    assert good.manifest.status == "succeeded"
    assert good.manifest.claim is None
    assert {each.name for each in good.manifest.outputs} == names(good.output.store) - {"manifest.json"}


def test_inputs_are_recorded_with_etag_and_checksum(good: Run) -> None:
    record = good.manifest.inputs["dataset1"]
    (blob,) = record.blobs
    assert (record.format, record.rows, record.columns) == ("csv", 2, 2)
    assert blob.sha256 == hashlib.sha256(b"a,b\n1,x\n2,y\n").hexdigest()
    assert blob.etag == good.output.store.properties(CONTAINER, "a.csv").etag


def test_outputs_are_recorded_as_they_are(good: Run) -> None:
    for each in good.manifest.outputs:
        data = good.blobs[each.name].read()
        assert (each.size, each.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert each.etag == good.blobs[each.name].properties().etag


def test_the_log_holds_what_the_script_said(good: Run) -> None:
    assert good.log == "out | hello\n" == text_of(good.output.store, "out/log.txt")


def test_the_script_is_kept_as_it_was_run(good: Run) -> None:
    assert good.output.store.read(CONTAINER, "out/script.py") == FIGURE
    assert good.manifest.script is not None
    assert good.manifest.script.sha256 == hashlib.sha256(FIGURE).hexdigest()


def test_each_stage_has_its_time(good: Run) -> None:
    assert {"resolve", "claim", "compute", "commit", "report"} <= set(good.manifest.timings)


def test_each_stage_is_announced_as_it_begins() -> None:
    store = memory()
    stages: list[str] = []

    execute(ask(store, dataset1=dataset(store, "a.csv")), stage=stages.append)

    assert stages == ["resolve", "fetch", "script", "commit", "report"]


def test_progress_tells_each_stage_and_what_the_child_does() -> None:
    store = memory()
    seen: list[Progress] = []

    with leaving_nothing():
        run = execute(ask(store, dataset1=dataset(store, "a.csv")), on_progress=seen.append)

    assert run.status == "succeeded", run.log
    stages = ["resolve", "fetch", "script", "commit", "report"]
    assert list(dict.fromkeys(progress.stage for progress in seen)) == stages
    doing = list(dict.fromkeys(progress.doing for progress in seen if progress.doing))
    assert doing == sorted(doing, key=("start", "read", "script").index)
    assert "script" in doing
    fetched = [progress for progress in seen if progress.stage == "fetch" and progress.total is not None]
    assert all(0 <= progress.done <= (progress.total or 0) for progress in fetched)


def test_a_finished_prefix_is_refused_and_stays(good: Run) -> None:
    before = good.manifest.run_id
    with pytest.raises(OutputExists, match=f"holds the results of run {before}"), leaving_nothing():
        execute(ask(good.output.store))
    assert manifest_of(good.output.store).run_id == before


# Whatever is connected


def folder_bundle(folder: Path) -> GivenFolder:
    (folder / "own.py").write_text("VALUE = 42\n")
    return GivenFolder(folder)


PORTS: list[tuple[Callable[[Any], dict[str, Any]], list[int | None]]] = [
    (lambda store: {}, [None, None]),
    (lambda store: {"dataset1": dataset(store, "a.csv")}, [2, None]),
    # Only the second port makes it the first argument.
    (lambda store: {"dataset2": dataset(store, "b.tsv", b"a\n1\n2\n3\n")}, [3, None]),
    (
        lambda store: {
            "dataset1": Dataset(GivenTable(pa.table({"a": [1]}))),
            "dataset2": Dataset(GivenTable(pd.DataFrame({"b": [1, 2, 3, 4]}))),
        },
        [1, 4],
    ),
]


@pytest.mark.parametrize(("ports", "rows"), PORTS)
def test_any_ports_may_be_connected(
    ports: Callable[[Any], dict[str, Any]], rows: list[int | None], tmp_path: Path
) -> None:
    store = memory()
    with leaving_nothing():
        run = execute(ask(store, BUNDLED, bundle=folder_bundle(tmp_path), format="csv", **ports(store)))
    assert run.status == "succeeded", run.log
    assert text_of(store, "out/results.csv") == (
        "first,second,own\n" + ",".join("" if each is None else str(each) for each in rows) + ",42\n"
    )


def test_a_function_travels_to_the_child() -> None:
    threshold = 1
    function = FunctionScript("prep", cloudpickle.dumps(lambda frame: frame[frame["a"] > threshold]), "prep = ...\n")
    store = memory()
    request = replace(ask(store, dataset1=dataset(store, "a.csv")), script=function)
    run = execute(request)
    assert run.status == "succeeded", run.log
    assert run.table.num_rows == 1
    assert text_of(store, "out/script.py") == "prep = ...\n"


def test_a_second_frame_is_written_where_it_is_asked_for() -> None:
    store = memory()
    script = b"def azureml_main(frame):\n    return frame, frame[:1]\n"
    run = execute(ask(store, script, dataset1=dataset(store, "a.csv"), second_output=True))
    assert (run.table.num_rows, run.table2.num_rows) == (2, 1)


def test_a_large_result_is_staged_while_it_is_made() -> None:
    puts = []
    store = Hooked(memory(), before=lambda operation, blob: puts.append(blob) if operation == "put" else None)
    seen: list[Progress] = []
    run = execute(ask(store, LARGE, format="csv"), on_progress=seen.append)
    assert run.status == "succeeded", run.log
    (results,) = (each for each in run.manifest.outputs if each.name == "results.csv")
    assert len(puts) == -(-results.size // (8 << 20)) > 2
    assert results.rows == 4_000_000
    written = [progress for progress in seen if progress.stage != "report"]
    assert (written[-1].stage, written[-1].done, written[-1].total) == ("commit", results.size, None)
    assert [progress.done for progress in written] == sorted(progress.done for progress in written)


@pytest.fixture(scope="module")
def inline() -> tuple[Run, Any]:
    """A run in this interpreter."""
    store = memory()
    return execute(ask(store, FIGURE, dataset1=dataset(store, "a.csv"), isolation="off")), store


def test_a_run_in_this_interpreter_leaves_the_same(inline: tuple[Run, Any], good: Run) -> None:
    run, store = inline
    assert names(store) == names(good.output.store)
    assert run.table.equals(good.table)
    assert run.manifest.isolation.enforced == "off"


# Scripts that fail


@pytest.fixture(scope="module")
def failed() -> Run:
    with leaving_nothing():
        return execute(ask(memory(), FAILING))


def test_a_script_that_fails_is_a_run_that_failed(failed: Run) -> None:
    assert failed.status == "failed"
    assert failed.manifest.error is not None
    assert failed.manifest.error.code == "0085"
    with pytest.raises(blobprep.errors.RunFailed):
        failed.raise_for_failure()


def test_a_script_that_fails_leaves_log_and_manifest_and_no_results(failed: Run) -> None:
    assert names(failed.output.store) == LEFT - {"results.parquet"}
    assert manifest_of(failed.output.store).status == "failed"


def test_the_log_tells_what_was_said_before_what_went_wrong(failed: Run) -> None:
    lines = failed.log.splitlines()
    assert lines[0] == "out | before"
    assert lines[1].startswith("note | Error 0085")
    assert lines.index("note | ValueError: no good") > 1


def test_after_a_failure_one_just_runs_again() -> None:
    store = memory()
    assert execute(ask(store, FAILING)).status == "failed"
    assert execute(ask(store, dataset1=dataset(store, "a.csv"))).status == "succeeded"


def test_a_limit_of_time_ends_the_script() -> None:
    with leaving_nothing():
        run = execute(ask(memory(), ENDLESS, limits=Limits(timeout=0.5)))
    assert run.manifest.error is not None
    assert run.manifest.error.code == "time"
    assert "--timeout" in run.log.splitlines()[-1]


def test_an_input_that_is_not_in_its_format_is_raised_and_recorded() -> None:
    store = memory()
    with pytest.raises(DatasetError, match=r"az://work/a\.parquet"), leaving_nothing():
        execute(ask(store, dataset1=dataset(store, "a.parquet", b"no parquet at all")))
    manifest = manifest_of(store)
    assert (manifest.status, manifest.error and manifest.error.code) == ("failed", "dataset")
    assert names(store) == LEFT - {"results.parquet"}


# What goes wrong around the script


def test_a_missing_input_leaves_no_trace() -> None:
    store = memory()
    with pytest.raises(BlobNotFound), leaving_nothing():
        execute(ask(store, dataset1=Dataset(located(store, "missing.csv"))))
    assert names(store) == set()


def test_an_option_of_writing_is_refused_before_anything_is_touched() -> None:
    touched: list[str] = []
    store = Hooked(memory())
    request = ask(store, write={"colour": "red"})
    store.before = lambda operation, blob: touched.append(operation)
    with pytest.raises(InvalidOption, match="colour"), leaving_nothing():
        execute(request)
    assert touched == []


def test_a_missing_output_container_is_told_before_the_script_runs() -> None:
    store = memory()
    request = replace(ask(store), output=BlobLocation(store, "nowhere", "out/", "az://nowhere/out/"))
    with pytest.raises(OutputContainerMissing), leaving_nothing():
        execute(request)


def test_a_blob_that_changes_while_it_is_read_is_told_with_both_etags() -> None:
    inner = memory()
    etags: list[str] = []

    def change(operation: str, blob: str) -> None:
        if operation == "read" and blob == "a.csv" and len(etags) == 1:
            etags.append(put(inner, "a.csv", b"a\n9\n").properties().etag)

    store = Hooked(inner, before=change)
    request = ask(store, dataset1=dataset(store, "a.csv"))
    etags.append(located(inner, "a.csv").properties().etag)
    with pytest.raises(BlobChanged) as caught, leaving_nothing():
        execute(request)
    assert all(etag in caught.value.message for etag in etags)
    assert len(etags) == 2
    manifest = manifest_of(inner)
    assert (manifest.status, manifest.error and manifest.error.code) == ("failed", "BlobChanged")
    assert names(inner) == {"manifest.json"}


def failing(at: Callable[[str, str], bool]) -> tuple[Any, Hooked]:
    """An account that stops answering at an operation."""
    inner = memory()

    def fail(operation: str, blob: str) -> None:
        if at(operation, blob):
            raise StoreUnavailable(f"no answer to {operation} {blob}")

    return inner, Hooked(inner, before=fail)


STAGES: dict[str, tuple[Callable[[str, str], bool], set[str] | None]] = {
    "resolve": (lambda operation, blob: operation == "properties" and blob == "a.csv", set()),
    "claim": (lambda operation, blob: operation == "write" and blob == "out/manifest.json", set()),
    "fetch": (lambda operation, blob: operation == "read" and blob == "a.csv", {"manifest.json"}),
    "commit": (lambda operation, blob: operation == "write" and blob == "out/log.txt", None),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_store_that_cannot_be_reached_is_raised_and_recorded_where_it_can_be(stage: str) -> None:
    at, left = STAGES[stage]
    inner, store = failing(at)
    request = ask(store, dataset1=dataset(store, "a.csv"))
    with pytest.raises(StoreUnavailable, match="no answer to"), leaving_nothing():
        execute(request)
    if left is not None:
        assert names(inner) == left
    if left != set():
        manifest = manifest_of(inner)
        assert (manifest.status, manifest.error and manifest.error.code) == ("failed", "StoreUnavailable")
        assert manifest.outputs == ()


def test_results_that_cannot_be_staged_stop_the_script() -> None:
    inner, store = failing(lambda operation, blob: operation == "put")
    with pytest.raises(StoreUnavailable), leaving_nothing():
        execute(ask(store, LARGE, format="csv"))
    assert names(inner) == {"manifest.json"}
    assert manifest_of(inner).status == "failed"


def test_a_store_that_is_gone_when_the_manifest_is_due_leaves_a_claim_that_ends_with_us() -> None:
    down = threading.Event()
    inner, store = failing(lambda operation, blob: down.is_set())
    store.after = lambda operation, blob: down.set() if blob == "out/log.txt" and operation == "write" else None
    with pytest.raises(StoreUnavailable), leaving_nothing():
        execute(ask(store, dataset1=dataset(store, "a.csv")))
    assert manifest_of(inner).status == "running"


def test_inputs_are_fetched_while_the_outputs_are_claimed() -> None:
    reading = threading.Event()

    def wait_for_a_read(operation: str, blob: str) -> None:
        if operation == "read" and blob == "a.csv":
            reading.set()
        if operation == "write" and blob == "out/manifest.json":
            assert reading.wait(30)

    store = Hooked(memory(), before=wait_for_a_read)

    assert execute(ask(store, dataset1=dataset(store, "a.csv"))).status == "succeeded"


def test_a_run_whose_prefix_was_taken_over_publishes_nothing() -> None:
    inner = memory()

    def take_over(operation: str, blob: str) -> None:
        if operation == "unfit_names":  # asked of a figure's name, once the script has ended
            other = replace(manifest_of(inner), run_id="other")
            inner.write(CONTAINER, "out/manifest.json", other.encode(), content_type="application/json")

    store = Hooked(inner, before=take_over)
    with pytest.raises(ClaimLost, match="the outputs of this one were not published"), leaving_nothing():
        # The figure is planned before it is written, which shows that the claim is lost.
        execute(ask(store, FIGURE, dataset1=dataset(store, "a.csv")))
    assert names(inner) == {"manifest.json"}
    assert manifest_of(inner).run_id == "other"


@pytest.mark.parametrize("signal", [KeyboardInterrupt(), SystemExit(143)])
@pytest.mark.parametrize("level", ["process", "off"])
def test_an_interrupted_run_says_so(signal: BaseException, level: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from blobprep.sandbox.session import ChildSession

    store = memory()

    def interrupted(*_: object) -> None:
        raise signal

    monkeypatch.setattr(ChildSession, "_wait", interrupted)
    with pytest.raises(type(signal)), leaving_nothing():
        execute(ask(store, ENDLESS, dataset1=dataset(store, "a.csv"), isolation=level))
    manifest = manifest_of(store)
    assert (manifest.status, manifest.error and manifest.error.code) == ("interrupted", "interrupted")
    assert names(store) == {"manifest.json"}


def test_an_interrupted_fetch_writes_to_no_file_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    closed_early: list[bool] = []
    close, wait = InputSpool.close, Fetch.wait

    def hold(operation: str, blob: str) -> None:
        if operation == "read" and blob == "a.csv":
            begun.set()
            assert go_on.wait(30)
            ended.set()

    def interrupted(fetch: Fetch) -> None:
        assert begun.wait(30)
        monkeypatch.setattr(Fetch, "wait", wait)
        threading.Timer(0.5, go_on.set).start()  # an answer may be long in coming
        raise KeyboardInterrupt

    def watched(file: InputSpool) -> None:
        if file.port == "dataset1":
            closed_early.append(not ended.is_set())
        close(file)

    store = Hooked(memory(), before=hold)
    monkeypatch.setattr(Fetch, "wait", interrupted)
    monkeypatch.setattr(InputSpool, "close", watched)
    with pytest.raises(KeyboardInterrupt), leaving_nothing():
        execute(ask(store, ENDLESS, dataset1=dataset(store, "a.csv")))
    assert closed_early == [False]


def test_two_runs_at_once_for_one_prefix_leave_one_result() -> None:
    store = memory()
    together = threading.Barrier(2, timeout=60)

    def meet(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/manifest.json" and "manifest.json" not in names(store):
            together.wait()

    hooked = Hooked(store, before=meet)
    requests = [ask(hooked, dataset1=dataset(store, "a.csv")) for _ in range(2)]
    told: list[Run | BlobprepError] = []

    def one(request: Any) -> None:
        try:
            told.append(execute(request))
        except BlobprepError as error:
            told.append(error)

    threads = [threading.Thread(target=one, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = (each for each in told if isinstance(each, Run))
    (lost,) = (each for each in told if isinstance(each, OutputExists))
    assert won.manifest.run_id in str(lost)
    assert manifest_of(store) == won.manifest


@pytest.mark.usefixtures("executed")
def test_a_child_that_never_starts_is_told_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blobprep.sandbox.guard_process._CHILD", "raise SystemExit(9)")
    store = memory()
    with pytest.raises(blobprep.errors.Defect, match="did not start"), leaving_nothing():
        execute(ask(store, dataset1=dataset(store, "a.csv")))
    assert manifest_of(store).status == "failed"


@pytest.mark.parametrize("waits", [False, True], ids=["before the script", "while the script waits"])
def test_a_fetch_that_fails_ends_a_run_in_this_interpreter_too(waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = memory()
    needed = threading.Event()
    monkeypatch.setattr("blobprep.inputs.fetch.Fetch.need", lambda *_: needed.set())

    def fail(operation: str, blob: str) -> None:
        if operation == "read" and blob == "a.csv":
            assert not waits or needed.wait(20)
            raise StoreUnavailable("no answer")

    store = Hooked(inner, before=fail)
    with pytest.raises(StoreUnavailable), leaving_nothing():
        execute(ask(store, dataset1=dataset(store, "a.csv"), isolation="off"))
    assert manifest_of(inner).status == "failed"


# The parent stays small


def parent(code: str, *arguments: str) -> Any:
    """Run Python code in an interpreter of its own; what it prints is JSON."""
    root = str(Path(__file__).parents[2])
    prologue = f"import sys; sys.path.insert(0, {root!r})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", prologue + code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


FOLDER_RUN = """
import json, pathlib, pickle, re

def refuse(*arguments, **named):  # jinja2 imports pickle, for a cache that pages do without
    raise AssertionError("something was unpickled")

pickle.load = pickle.loads = pickle.Unpickler = refuse

from blobprep.runs.execute import execute
from blobprep.inputs.sources import Dataset
from blobprep.stores.folder.store import FolderStore
from tests.runs.arranging import CONTAINER, ask, located

store = FolderStore(pathlib.Path(sys.argv[1]))
script = store.read(CONTAINER, "figure.py")
run = execute(ask(store, script, dataset1=Dataset(located(store, sys.argv[2]))))
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps({
    "status": run.status,
    "log": run.log,
    "peak": int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) * 1024,
    "modules": sorted(sys.modules),
    "timings": dict(run.manifest.timings),
}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path)
    store.create_container(CONTAINER)
    put(store, "figure.py", FIGURE)
    return store


def test_what_writes_the_results_is_imported_before_the_script(folder: FolderStore) -> None:
    put(folder, "a.csv", b"a\n1\n")
    script = (
        b"import sys\nclass Trap:\n    def find_spec(self, name, *_):\n"
        b"        if name.startswith('blobprep.tables.codecs'): raise RuntimeError(name)\n"
        b"def azureml_main(df):\n    sys.meta_path.insert(0, Trap())\n    return df,\n"
    )

    run = execute(ask(folder, script, dataset1=Dataset(located(folder, "a.csv")), format="jsonl"))

    assert run.status == "succeeded", run.log


def test_the_parent_imports_no_parser_and_never_unpickles(folder: FolderStore, tmp_path: Path) -> None:
    put(folder, "a.csv", b"a,b\n1,x\n2,y\n")
    told = parent(FOLDER_RUN, str(tmp_path), "a.csv")
    assert told["status"] == "succeeded", told["log"]
    imported = {each.partition(".")[0] for each in told["modules"]}
    assert not imported & {"pandas", "pyarrow", "numpy", "matplotlib", "cloudpickle", "azure"}
    # What describes a confinement, and asks the kernel for it, is all the parent knows of the child's code.
    known = {f"blobprep.confinement{each}" for each in ("", ".bpf", ".kernel", ".plan")}
    assert {each for each in told["modules"] if each.startswith("blobprep.child.")} <= known


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the modules a file imports, and whether that happens when it is imported itself."""
    tree = ast.parse(path.read_text())
    top = {id(each) for each in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name, id(node) in top) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in top


def heavy_imports(path: Path) -> set[str]:
    """Name the parsers that a file imports when it is imported itself, and whatever loads a pickle."""
    found = list(imports(path))
    at_import = {name for name, at_import in found if at_import and name.partition(".")[0] in {"pandas", "pyarrow"}}
    anywhere = {name for name, _ in found if name.partition(".")[0] in {"matplotlib", "pickle", "marshal", "shelve"}}
    return at_import | anywhere | ({"cloudpickle.load"} if "cloudpickle.load" in path.read_text() else set())


def test_no_module_of_the_parent_imports_a_parser_or_loads_a_pickle() -> None:
    house = Path(blobprep.__file__).parent
    of_child = {"bridge", "child", "classic", "tables"}  # what scripts of then are given works where they run
    parent = [path for path in house.rglob("*.py") if not of_child & set(path.relative_to(house).parts)]

    assert len(parent) > 100
    assert {path.name: heavy for path in parent if (heavy := heavy_imports(path))} == {}
    assert heavy_imports(house / "tables" / "codecs" / "csv" / "parse.py") != set()


# Azure


@pytest.mark.slow
def test_the_same_job_runs_on_azurite_over_http(azurite: str, good: Run) -> None:
    store = azure(azurite)
    store.create_container(CONTAINER)
    run = execute(ask(store, FIGURE, output="same/", dataset1=dataset(store, "same.csv")))
    assert run.status == "succeeded", run.log
    assert run.manifest.inputs["dataset1"].blobs[0].protocol == "http"
    assert {each.name for each in run.manifest.outputs} == {each.name for each in good.manifest.outputs}
    assert run.table.equals(good.table)
    assert emulator.KEY not in run.manifest.encode().decode()


# Size


def write_csv(path: Path, size: int) -> int:
    """Write a CSV of at least `size` bytes and return its rows."""
    rows = 20_000
    lines = (f"{row},{row * 7919 % 1_000_003},text of some length {row % 97},{row / 7:.6f}\n" for row in range(rows))
    block = "".join(lines).encode()
    blocks = -(-size // len(block))
    with path.open("wb") as file:
        file.write(b"a,b,c,d\n")
        for _ in range(blocks):
            file.write(block)
    return blocks * rows


COUNT = b"""
import pandas as pd

def azureml_main(frame):
    return pd.DataFrame({"rows": [len(frame)]})
"""
SMALL = 200 << 20


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_parent_stays_small_while_a_gibibyte_is_fetched(folder: FolderStore, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / CONTAINER / "big.csv", 1 << 30)
    put(folder, "figure.py", COUNT)
    told = parent(FOLDER_RUN, str(tmp_path), "big.csv")
    print(f"peak {told['peak'] >> 20} MiB", told["timings"])
    assert told["status"] == "succeeded", told["log"]
    assert told["peak"] < SMALL
    manifest = manifest_of(folder)
    assert manifest.inputs["dataset1"].rows == rows
    with (tmp_path / CONTAINER / "big.csv").open("rb") as file:
        assert manifest.inputs["dataset1"].blobs[0].sha256 == hashlib.file_digest(file, "sha256").hexdigest()


AZURITE_RUN = """
import json, pathlib, re
from blobprep.runs.execute import execute
from blobprep.inputs.sources import Dataset
from tests.runs.arranging import ask, azure, located

store = azure(sys.argv[1])
run = execute(ask(store, sys.argv[2].encode(), output="big/", dataset1=Dataset(located(store, "big.csv"))))
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps({
    "status": run.status,
    "log": run.log,
    "peak": int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) * 1024,
    "timings": dict(run.manifest.timings),
}))
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_parent_stays_small_over_http_too(azurite: str, tmp_path: Path) -> None:
    store = azure(azurite)
    store.create_container(CONTAINER)
    write_csv(tmp_path / "big.csv", 64 << 20)
    write(located(store, "big.csv"), (tmp_path / "big.csv").read_bytes(), "text/csv", ANY)
    told = parent(AZURITE_RUN, azurite, COUNT.decode())
    print(f"peak {told['peak'] >> 20} MiB", told["timings"])
    assert told["status"] == "succeeded", told["log"]
    assert told["peak"] < SMALL
