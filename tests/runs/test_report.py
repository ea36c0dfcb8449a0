"""The report of a run, and that nothing about it can cost the run what it has."""

from __future__ import annotations

import gc
import io
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import blobprep
from blobprep.errors import AccessError, ClaimLost, OutputExists
from blobprep.inputs.sources import Dataset
from blobprep.limits import Limits
from blobprep.runs.execute import execute
from blobprep.runs.report_bounds import ReportBounds
from blobprep.runs.result import Run
from blobprep.sandbox.isolation import Level
from blobprep.settings.workspace import Workspace
from tests.inputs.hooked import Hooked
from tests.remains import leaving_nothing
from tests.runs.arranging import CONTAINER, ask, dataset, manifest_of, memory, names, put, text_of
from tests.sandbox.running import SCRIPTS

pytestmark = pytest.mark.usefixtures("forked")

LEVELS: tuple[Level, ...] = ("strict", "process", "off")
PEOPLE = b"name,age\nAda Byron,36\nAlan M.,41\nGrace H.,85\n"
ADDS = b"""
import sys
def azureml_main(frame):
    print("to the log")
    print("to its error", file=sys.stderr)
    frame["older"] = frame["age"] + 1000
    return frame
"""
FAILS = b"""
def azureml_main(frame):
    raise ValueError("no good")
"""
DIES = b"""
import os
def azureml_main(frame):
    os.kill(os.getpid(), 9)
"""
AFTER = (SCRIPTS / "after_the_run.py").read_bytes()


def people(store: Any) -> Dataset:
    return dataset(store, "people.csv", PEOPLE)


def page_of(run: Run) -> str:
    """Return the page as text, with runs of blanks made one."""
    return re.sub(r"\s+", " ", run.report.decode())


@pytest.mark.parametrize("level", LEVELS)
def test_a_report_shows_the_tables_the_log_and_what_happened(level: Level) -> None:
    store = memory()
    run = execute(ask(store, ADDS, dataset1=people(store), isolation=level))

    assert run.status == "succeeded", run.log
    page = page_of(run)
    for text in ("Ada Byron", "1036", "1085", "older", "to the log", "to its error", "az://work/people.csv"):
        assert text in page
    assert re.search(r'id="results"', page)
    assert re.search(r'id="dataset1"', page)
    assert run.manifest.timings["report"] > 0
    assert [each.name for each in run.manifest.outputs][-1] == "report.html"
    assert manifest_of(store) == run.manifest


def test_a_script_that_fails_leaves_a_report_with_its_traceback_and_its_inputs() -> None:
    store = memory()
    page = page_of(execute(ask(store, FAILS, dataset1=people(store))))

    assert "no good" in page
    assert 'id="failure"' in page
    assert "Ada Byron" in page
    assert 'id="results"' not in page


def test_a_script_whose_process_is_killed_leaves_a_report_without_tables_that_says_so() -> None:
    store = memory()
    with leaving_nothing():
        run = execute(ask(store, DIES, dataset1=people(store)))

    assert run.status == "failed"
    page = page_of(run)
    assert "SIGKILL" in page
    assert "the tables were not examined" in page
    assert "Ada Byron" not in page


def test_a_run_without_a_report_makes_none_and_asks_its_child_nothing_more() -> None:
    store = memory()
    run = execute(ask(store, ADDS, dataset1=people(store), report=False))

    assert names(store) == {"results.parquet", "log.txt", "script.py", "manifest.json"}
    assert "report" not in run.manifest.timings
    assert run.manifest.request["report"] is False


def test_a_report_of_an_earlier_run_is_gone_where_the_next_one_makes_none() -> None:
    store = memory()
    execute(ask(store, ADDS, dataset1=people(store)))
    execute(ask(store, ADDS, dataset1=people(store), report=False, overwrite=True))

    assert "report.html" not in names(store)


def test_a_report_replaces_that_of_an_earlier_run() -> None:
    store = memory()
    first = execute(ask(store, ADDS, dataset1=people(store)))
    second = execute(ask(store, ADDS, dataset1=people(store), overwrite=True))

    assert second.manifest.run_id in text_of(store, "out/report.html")
    assert first.manifest.run_id not in text_of(store, "out/report.html")


# Its bounds


def test_a_report_without_values_has_statistics_only() -> None:
    store = memory()
    silent = b"def azureml_main(frame):\n    return frame\n"
    page = page_of(
        execute(ask(store, silent, dataset1=people(store), report_bounds=ReportBounds(seconds=60.0, values=False)))
    )

    assert "Ada" not in page
    assert "name" in page
    assert "54" in page  # the mean


def test_a_report_without_values_has_a_ledger_without_examples() -> None:
    store = memory()
    codes = dataset(store, "codes.csv", b"code,age\n00123,1\n00456,2\n")
    silent = b"def azureml_main(frame):\n    return frame\n"
    whole = execute(ask(store, silent, dataset1=codes))
    bare = execute(
        ask(store, silent, output="bare/", dataset1=codes, report_bounds=ReportBounds(seconds=60.0, values=False))
    )

    assert "00123" in str(bare.manifest.translations)
    assert "00123" in page_of(whole)
    assert "00123" not in page_of(bare)
    assert ">code<" in page_of(bare)


@pytest.mark.slow
def test_a_report_is_as_large_as_it_may_be() -> None:
    store = memory()
    wide = ",".join(f"column{number}" for number in range(500)).encode()
    data = wide + b"\n" + (b",".join([b"x" * 50] * 500) + b"\n") * 200
    request = ask(
        store,
        dataset1=dataset(store, "wide.csv", data),
        report_bounds=ReportBounds(bytes=200_000, rows=200, seconds=60.0),
    )

    run = execute(request)

    assert 50_000 < len(run.report) <= 200_000


def test_inputs_that_take_longer_to_read_than_there_is_time_are_not_read_again() -> None:
    store = memory()
    page = page_of(execute(ask(store, ADDS, dataset1=people(store), report_bounds=ReportBounds(seconds=0.0))))

    assert "the inputs were not examined" in page
    assert "report.seconds" in page


@pytest.mark.parametrize(
    ("settings", "bounds"),
    [
        ("", ReportBounds(100, 5 * 1024**2, None, values=True)),
        ('rows = 7\nbytes = "1MB"\nseconds = 2.5\nvalues = "none"', ReportBounds(7, 1_000_000, 2.5, values=False)),
        ('seconds = "none"\nvalues = "all"', ReportBounds(seconds=float("inf"))),
    ],
)
def test_the_settings_bound_a_report(settings: str, bounds: ReportBounds, tmp_path: Path) -> None:
    from blobprep.runs.report_bounds import report_bounds

    (tmp_path / "blobprep.toml").write_text(f"[report]\n{settings}\n")
    assert report_bounds(Workspace(folder=tmp_path, environment={})) == bounds


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("rows = 1001", "rows must be a whole number from 0 to 1000: 1001"),
        ("rows = 2.5", "rows must be a whole number"),
        ('bytes = "50%"', "bytes: a size must be greater than zero"),
        ("bytes = 1000", "bytes must be at least 100000"),
        ("seconds = -1", "seconds must be a number of seconds: -1"),
        ('values = "some"', "has a value that is not allowed"),
        ("pages = 3", "a setting that does not exist: report.pages"),
    ],
)
def test_a_wrong_bound_is_told_before_anything_runs(setting: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "blobprep.toml").write_text(f"[report]\n{setting}\n")
    (tmp_path / "prep.py").write_bytes(ADDS)
    with pytest.raises(blobprep.errors.UsageError, match=re.escape(said)) as caught:
        blobprep.run(str(tmp_path / "prep.py"), workspace=Workspace(folder=tmp_path, environment={}))
    assert caught.value.remedy


def test_the_most_rows_are_those_that_a_profile_may_have() -> None:
    from blobprep.protocol.profiles import ROWS_LIMIT
    from blobprep.runs import report_bounds

    assert report_bounds._MOST_ROWS == ROWS_LIMIT


def test_the_statistics_take_as_long_as_the_run_at_most_unless_the_settings_say_otherwise() -> None:
    assert ReportBounds().seconds_after(0.5) == 0.5
    assert ReportBounds().seconds_after(3600) == 10
    assert ReportBounds(seconds=60).seconds_after(0.5) == 60


# A page that cannot be made or written


def failing_store(error: Exception) -> Hooked:
    def refuse(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/report.html":
            raise error

    return Hooked(memory(), before=refuse)


@pytest.mark.parametrize("error", [AccessError("no entry"), RuntimeError("a defect")], ids=["refused", "defect"])
def test_a_report_that_cannot_be_written_costs_the_run_nothing_and_is_told(error: Exception) -> None:
    store, echo = failing_store(error), io.StringIO()

    with leaving_nothing():
        run = execute(ask(store, ADDS, dataset1=people(store)), echo=echo)

    assert run.status == "succeeded"
    assert names(store) == {"results.parquet", "log.txt", "script.py", "manifest.json"}
    assert run.table.num_rows == 3
    assert "blobprep | there is no report.html: " in echo.getvalue()
    assert str(error.args[0]) in echo.getvalue()
    assert "report.html" not in run.log
    assert run.log == text_of(store, "out/log.txt")
    assert run.manifest.claim is not None  # it may be there, for all that the run knows
    assert run.manifest.claim.planned == ("report.html",)


def test_a_report_that_cannot_be_made_costs_the_run_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def render(*arguments: Any, **named: Any) -> bytes:
        raise RecursionError("too deep")

    monkeypatch.setattr("blobprep.report.page.render_run", render)
    store, echo = memory(), io.StringIO()

    run = execute(ask(store, ADDS, dataset1=people(store)), echo=echo)

    assert run.status == "succeeded"
    assert "there is no report.html: RecursionError: too deep" in echo.getvalue()
    assert run.manifest.claim is None
    with pytest.raises(blobprep.errors.RunFailed, match="has no report"):
        _ = run.report


def test_a_blob_of_somebody_else_is_not_replaced_by_a_report() -> None:
    store = Hooked(memory())

    def intrude(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/log.txt":
            put(store.store, "out/report.html", b"mine")

    request = ask(store, ADDS, dataset1=people(store))
    store.before = intrude
    run = execute(request)

    assert run.status == "succeeded"
    assert text_of(store.store, "out/report.html") == "mine"
    assert run.manifest.claim is None  # and no later run takes it for one of its own
    with pytest.raises(OutputExists):
        execute(ask(memory_with(b"mine"), ADDS))


def memory_with(page: bytes) -> Any:
    store = memory()
    put(store, "out/report.html", page)
    return store


def test_a_run_that_has_lost_its_prefix_writes_no_report() -> None:
    store = Hooked(memory())

    def take_over(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/report.html":
            other = replace(manifest_of(store.store), run_id="other")
            store.store.write(CONTAINER, "out/manifest.json", other.encode(), content_type="application/json")

    request = ask(store, ADDS, dataset1=people(store))
    store.before = take_over
    with pytest.raises(ClaimLost):
        execute(request)
    assert manifest_of(store.store).run_id == "other"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_signal_during_the_report_ends_no_more_than_the_report(stop: type[BaseException]) -> None:
    store = memory()

    def interrupt(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/report.html":
            raise stop

    hooked = Hooked(store, before=interrupt)
    with leaving_nothing(), pytest.raises(stop):
        execute(ask(hooked, ADDS, dataset1=people(hooked)))

    manifest = manifest_of(store)
    assert (manifest.status, manifest.error) == ("succeeded", None)
    assert {each.name for each in manifest.outputs} == {"results.parquet", "log.txt", "script.py"}


# A child that is not what it was

NAMES = re.findall(r"^def (\w+)\(received\):", AFTER.decode(), flags=re.MULTILINE)
FIRST = ("hang", "fork_to_answer_twice", "forge_a_table")
DOES = [name if name in FIRST else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]


@pytest.fixture(scope="module")
def honest() -> Run:
    store = memory()
    return execute(ask(store, AFTER, dataset1=people(store), parameters={"does": "forge_facts"}))


@pytest.mark.parametrize("does", DOES)
def test_whatever_the_child_does_when_it_is_asked_for_profiles_the_run_stays_what_it_was(
    does: str, honest: Run
) -> None:
    store = memory()
    began = time.monotonic()
    with leaving_nothing():
        run = execute(
            ask(
                store,
                AFTER,
                dataset1=people(store),
                parameters={"does": does},
                report_bounds=ReportBounds(seconds=1.0),
                limits=Limits(log=10**6),
            )
        )

    assert time.monotonic() - began < 60
    assert run.status == "succeeded", run.log
    assert (run.log, run.manifest.error) == ("out | during\n", None)
    assert text_of(store, "out/log.txt") == run.log
    assert run.table.to_pydict() == {"a": [1, 2]}
    for name in ("translations", "environment", "interpreter", "classic", "error"):
        assert getattr(run.manifest, name) == getattr(honest.manifest, name)
    assert run.manifest.inputs["dataset1"].rows == 3
    results = next(each for each in run.manifest.outputs if each.port == "results")
    assert (results.rows, results.columns) == (2, 1)
    assert run.manifest.timings["script"] < 60
    assert set(run.figures) == {"figures/plot.png"}
    assert run.figures["figures/plot.png"].endswith(b"before")
    attempts = {each.endpoint for each in run.manifest.network.attempts}
    assert attempts == ({"later.example:443"} if does == "reach_out" else set())
    page = page_of(run)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "alert(1)</script>" not in page
    assert page.count("<script") == 2
    assert not re.search('id="(dataset2|results2)"', page)  # which the run does not have
    assert ("forged" in page) == (does == "forge_a_failure")
    if does != "forge_a_table":
        assert re.search("the statistics (took|did)|could not be examined", page)


def test_figures_are_shown_as_they_were_published_or_not_at_all() -> None:
    from base64 import b64encode

    for does, shown in (("forge_facts", True), ("change_the_figure", False), ("link_the_figure", False)):
        store = memory()
        page = page_of(execute(ask(store, AFTER, dataset1=people(store), parameters={"does": does})))
        assert (b64encode(b"\x89PNG\r\n\x1a\nbefore").decode() in page) == shown
        assert b64encode(b"\x89PNG\r\n\x1a\nforged").decode() not in page
        assert 'href="./figures/plot.png"' in page


# In a pool

COUNTS = b"""
import os
CALLS = []
def azureml_main(frame):
    CALLS.append(1)
    frame["call"] = 7000 + len(CALLS)
    frame["process"] = os.getpid()
    return frame
"""


def test_a_run_of_a_pool_has_a_report_and_its_process_goes_on(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_bytes(COUNTS)
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    with leaving_nothing(), blobprep.Pool(workers=1) as pool:
        runs = [
            pool.run(tmp_path / "prep.py", tmp_path / "people.csv", output=str(tmp_path / f"out{number}"))
            for number in (1, 2, 3)
        ]
        processes = {run.table["process"][0].as_py() for run in runs}

    assert len(processes) == 1
    for number, run in enumerate(runs, 1):
        page = page_of(run)
        assert f"{7000 + number}" in page
        assert f"{7000 + number % 3 + 1}" not in page
        assert "Ada Byron" in page


def test_a_process_of_a_pool_that_is_lost_in_a_report_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "prep.py").write_bytes(AFTER)
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    with leaving_nothing(), blobprep.Pool(workers=1) as pool:
        for number in range(3):
            run = pool.run(
                tmp_path / "prep.py",
                tmp_path / "people.csv",
                output=str(tmp_path / f"out{number}"),
                parameters={"does": "end"},
            )
            assert run.status == "succeeded", run.log
            assert "the statistics" in page_of(run)


# Secrets


def test_no_secret_is_in_a_report(azurite: str, tmp_path: Path) -> None:
    from azure.storage.blob import BlobServiceClient, ResourceTypes, generate_account_sas

    from tests import emulator

    sas = generate_account_sas(
        emulator.ACCOUNT,
        emulator.KEY,
        ResourceTypes(service=True, container=True, object=True),
        "rwdlac",
        expiry="2100-01-01",
        start="2020-01-01",
    )
    with BlobServiceClient(azurite, credential=emulator.KEY) as client:
        client.create_container("secrets")
        client.get_blob_client("secrets", "people.csv").upload_blob(PEOPLE)
    (tmp_path / "prep.py").write_bytes(ADDS)
    (tmp_path / "blobprep.toml").write_text(
        f'[accounts.{emulator.ACCOUNT}]\nendpoint = "{azurite}"\nprotocol = "http"\n'
        'credential = "key"\nkey_env = "KEY"\n'
    )
    environment = {"KEY": emulator.KEY, "AZURE_CLIENT_SECRET": "c4n4ry-of-the-environment"}
    workspace = Workspace(folder=tmp_path, environment=environment)

    run = blobprep.run(
        str(tmp_path / "prep.py"),
        f"{azurite}/secrets/people.csv?{sas}",
        output=f"{azurite}/secrets/out/?{sas}",
        workspace=workspace,
    )

    assert run.status == "succeeded", run.log
    page = run.report.decode()
    assert "secrets/people.csv" in page
    for secret in (emulator.KEY, sas, sas.rpartition("sig=")[2], "c4n4ry"):
        assert secret not in page
        assert secret not in run.manifest.encode().decode()
    del run, workspace
    gc.collect()  # closes the connections of their accounts, which another test could miss


# Elsewhere, and what a script leaves running


def test_a_script_in_another_interpreter_has_its_tables_in_the_report() -> None:
    store = memory()
    run = execute(ask(store, ADDS, dataset1=people(store), interpreter=sys.executable))

    assert run.status == "succeeded", run.log
    assert 'id="results"' in page_of(run)
    assert "1085" in page_of(run)


FORKS = b"""
import os, time
def azureml_main(frame):
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
    return frame
"""


def test_a_process_that_a_script_left_ends_with_it() -> None:
    store = memory()
    with leaving_nothing():
        run = execute(ask(store, FORKS, dataset1=people(store), isolation="process"))

    assert run.status == "succeeded", run.log
    assert run.manifest.outputs[0].rows == 3
    assert "the tables were not examined" in page_of(run)
