"""`show`: what a reference stands for, what is read back of a run, and what is said where something is gone or changed.

Every test starts real children; the tables are small.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import blobprep
from blobprep import display
from blobprep.errors import (
    BlobNotFound,
    DatasetError,
    InvalidOption,
    InvalidReference,
    OutputError,
    TimeExceeded,
)
from blobprep.manifest import Manifest
from blobprep.runs.page import SCHEMA, Page
from blobprep.settings import Workspace
from blobprep.stores import Store
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.memory import MemoryStore
from tests.runs.arranging import azure

CSV = b"id,planet,mass\n1,Venus,0.815\n2,Earth,1\n3,Mars,0.107\n4,,\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
SCRIPT = (
    b"""\
def azureml_main(frame):
    print("rows", len(frame))
    open("masses.png", "wb").write(%r)
    frame["heavy"] = frame["mass"] > 0.5
    return frame.drop(columns="planet"),
"""
    % PNG
)
FAILS = b"def azureml_main(frame):\n    return frame['nothing'],\n"


@pytest.fixture(params=["folder", "azurite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An account with a table and scripts in `az://raw/`."""
    made: Any
    if request.param == "azurite":
        made = azure(request.getfixturevalue("azurite"))
    else:
        made = (
            MemoryStore("devstoreaccount1") if request.param == "memory" else FolderStore(tmp_path, "devstoreaccount1")
        )
    return filled(made)


def filled(store: Any) -> Any:
    if not store.container_exists("raw"):
        store.create_container("raw")
    for name, data in (("planets.csv", CSV), ("prep.py", SCRIPT), ("fails.py", FAILS)):
        store.write("raw", name, data, content_type="text/plain")
    return store


@pytest.fixture
def memory() -> Any:
    return filled(MemoryStore("devstoreaccount1"))


def settings(store: Any, **more: Any) -> Workspace:
    return Workspace(environment={}, account="devstoreaccount1", stores={"devstoreaccount1": store}, **more)


def run(store: Any, script: str = "prep.py", output: str = "az://raw/out/", **options: Any) -> blobprep.Run:
    return blobprep.run(
        f"az://raw/{script}",
        "az://raw/planets.csv",
        output=output,
        workspace=settings(store),
        overwrite=True,
        **options,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the same as local files."""
    monkeypatch.chdir(tmp_path)
    for name, data in (("planets.csv", CSV), ("prep.py", SCRIPT), ("fails.py", FAILS)):
        Path(name).write_bytes(data)
    return tmp_path


@pytest.fixture
def good(folder: Path) -> blobprep.Run:
    """A run in `runs/good/` of the working folder."""
    return blobprep.run("prep.py", "planets.csv", output="runs/good/")


def document(page: Page) -> dict[str, Any]:
    """The document, as a program reads it."""
    read: dict[str, Any] = json.loads(json.dumps(page.to_json()))
    assert read["schema"] == SCHEMA
    assert read["kind"] == page.kind
    return read


def test_a_dataset_is_shown_as_page_text_and_document(store: Any) -> None:
    page = blobprep.show("az://raw/planets.csv", workspace=settings(store))
    read = document(page)

    assert (page.kind, page.title) == ("table", "az://raw/planets.csv")
    assert page.html.startswith(b"<!doctype html>") or page.html.startswith(b"<!DOCTYPE html>")
    assert b"Venus" in page.html
    assert page.text.startswith("az://raw/planets.csv\n4 rows × 3 columns")
    assert read["format"] == "csv"
    assert read["blobs"][0]["size"] == len(CSV)
    assert [column["name"] for column in read["profile"]["columns"]] == ["id", "planet", "mass"]
    assert read["profile"]["columns"][2]["missing"] == 1


def test_a_run_is_shown_by_its_prefix_its_manifest_and_its_page(store: Any) -> None:
    done = run(store)
    assert done.status == "succeeded", done.log

    pages = [
        blobprep.show(name, workspace=settings(store))
        for name in ("az://raw/out/", "az://raw/out", "az://raw/out/manifest.json", "az://raw/out/report.html")
    ]
    documents = [document(page) for page in pages]

    assert {page.kind for page in pages} == {"run"}
    assert {read["manifest"]["run_id"] for read in documents} == {done.manifest.run_id}
    assert {tuple(read["profiles"]) for read in documents} == {("results", "dataset1")}
    assert all(read["notes"] == [] for read in documents)
    assert documents[0]["profiles"]["results"]["columns"][2]["name"] == "heavy"
    assert pages[0].figures[0].data is not None
    assert "out  rows 4\n" in pages[0].text
    assert b"data:image/png;base64," in pages[0].html


def test_a_run_that_was_just_made_is_shown_without_looking_for_it(memory: Any) -> None:
    done = run(memory)

    assert document(blobprep.show(done, workspace=settings(memory)))["manifest"]["run_id"] == done.manifest.run_id


def test_tables_of_a_caller_are_shown() -> None:
    frame = pd.DataFrame({"a": [1, 2, None], "b": ["x", "y", "z"]})
    workspace = Workspace(environment={})

    for given in (frame, pa.Table.from_pandas(frame)):
        page = blobprep.show(given, workspace=workspace)
        assert page.title == "a table passed by the caller"
        assert document(page)["profile"]["rows"] == 3
    assert "planet" not in blobprep.show(frame, frame, workspace=workspace).text
    assert document(blobprep.show(frame, frame, workspace=workspace))["comparison"]["equal"] is True


def test_several_blobs_are_one_table(memory: Any) -> None:
    memory.write("raw", "more.csv", CSV, content_type="text/csv")
    page = blobprep.show("az://raw/*.csv", workspace=settings(memory))

    assert document(page)["profile"]["rows"] == 8
    assert "2 blobs" in page.text


def test_a_table_named_manifest_is_a_table(memory: Any) -> None:
    memory.write("raw", "tables/manifest.json", b'[{"a": 1}, {"a": 2}]', content_type="application/json")

    assert document(blobprep.show("az://raw/tables/manifest.json", workspace=settings(memory)))["profile"]["rows"] == 2


def test_all_runs_below_a_prefix_are_listed(store: Any) -> None:
    run(store, output="az://raw/runs/monday/")
    run(store, "fails.py", output="az://raw/runs/tuesday/")
    store.write("raw", "runs/other/manifest.json", b"{}", content_type="application/json")
    page = blobprep.show("az://raw/runs/", workspace=settings(store))
    read = document(page)

    assert {entry["name"]: entry["status"] for entry in read["runs"]} == {"monday": "succeeded", "tuesday": "failed"}
    assert {entry["name"]: entry["rows"] for entry in read["runs"]} == {"monday": 4, "tuesday": None}
    assert "1 of the manifests could not be read" in read["notes"][0]
    assert "KeyError: 'nothing'" in page.text
    assert b"1 of the manifests could not be read" in page.html
    assert b"data:image/png;base64," in page.html


def test_runs_are_compared_by_their_results_and_their_manifests(store: Any) -> None:
    run(store, output="az://raw/a/")
    store.write("raw", "prep.py", SCRIPT.replace(b"0.5", b"0.9"), content_type="text/plain")
    run(store, output="az://raw/b/", parameters={"x": "1"})
    page = blobprep.show("az://raw/a/", "az://raw/b/", key=["id"], workspace=settings(store))
    read = document(page)

    assert page.kind == "comparison"
    assert (read["comparison"]["equal"], read["comparison"]["changed"], read["comparison"]["same"]) == (False, 1, 3)
    assert read["comparison"]["changed_rows"][0]["key"] == ["1"]
    assert read["notes"] == []
    assert "id 1: heavy: True → False\n" in page.text
    assert "Parameters, x" in page.text
    assert b"Different" in page.html


def test_a_run_without_results_is_compared_by_its_manifest(memory: Any) -> None:
    run(memory, output="az://raw/a/")
    run(memory, "fails.py", output="az://raw/b/")
    page = blobprep.show("az://raw/a/", "az://raw/b/", workspace=settings(memory))

    assert document(page)["comparison"] is None
    assert "az://raw/b/ has no results: it is failed\n" in page.text
    assert page.html


def test_a_run_and_a_dataset_are_compared(memory: Any) -> None:
    run(memory)
    read = document(blobprep.show("az://raw/planets.csv", "az://raw/out/", key="id", workspace=settings(memory)))

    assert [column["name"] for column in read["comparison"]["columns"] if column["second"] is None] == ["planet"]
    assert read["second"]["manifest"]["status"] == "succeeded"
    assert read["first"]["manifest"] is None


def test_an_input_that_has_changed_is_not_shown_and_that_is_said(memory: Any) -> None:
    run(memory)
    memory.write("raw", "planets.csv", CSV + b"5,Jupiter,317\n", content_type="text/csv")
    read = document(blobprep.show("az://raw/out/", workspace=settings(memory)))

    assert list(read["profiles"]) == ["results"]
    assert read["notes"] == ["dataset1 is not shown: az://raw/planets.csv has changed since the run read it"]


def test_what_is_gone_or_no_longer_what_the_run_wrote_is_not_shown_and_that_is_said(memory: Any) -> None:
    done = run(memory)
    memory.delete("raw", "planets.csv")
    memory.write("raw", "out/log.txt", b"out | forged\n", content_type="text/plain")
    memory.write("raw", "out/figures/masses.png", b"\x89PNG\r\n\x1a\nforged", content_type="image/png")
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"forged": [1]}), sink)
    memory.write("raw", "out/results.parquet", sink.getvalue().to_pybytes(), content_type="x")
    page = blobprep.show("az://raw/out/", workspace=settings(memory))
    read = document(page)

    assert done.status == "succeeded"
    assert read["profiles"] == {}
    assert len(read["notes"]) == 4
    assert "forged" not in page.text
    assert b"forged" not in page.html
    assert page.figures[0].data is None


def test_a_run_that_was_copied_elsewhere_is_shown_from_there(good: blobprep.Run) -> None:
    shutil.copytree("runs/good", "copied/elsewhere")
    shutil.rmtree("runs")
    page = blobprep.show("copied/elsewhere")

    assert set(document(page)["profiles"]) == {"results", "dataset1"}
    assert page.figures[0].data is not None


@pytest.mark.parametrize("name", ["figures/../../secret.png", "/secret.png", "figures/../secret.png"])
def test_a_forged_manifest_reads_nothing_outside_of_its_prefix(good: blobprep.Run, name: str) -> None:
    Path("runs/secret.png").write_bytes(b"\x89PNG\r\n\x1a\nsecret")
    place = Path("runs/good/manifest.json")
    manifest = Manifest.decode(place.read_bytes())
    outputs = tuple(
        replace(record, name=name, reference=name) if record.name.startswith("figures/") else record
        for record in manifest.outputs
    )
    place.write_bytes(replace(manifest, outputs=outputs).encode())
    page = blobprep.show("runs/good/")

    assert all(figure.data is None for figure in page.figures)
    assert b'secret"' not in page.html


@pytest.mark.parametrize("known", [True, False])
def test_a_forged_manifest_shows_no_input_whose_content_it_does_not_know(good: blobprep.Run, known: bool) -> None:
    Path("secret.csv").write_text("password\nhunter2\n")
    secret = blobprep.show("secret.csv").to_json()["blobs"][0]
    given = good.manifest.inputs["dataset1"]
    sha256 = given.blobs[0].sha256 if known else ""
    blob = replace(given.blobs[0], reference="secret.csv", etag=secret["etag"], sha256=sha256)
    forged = replace(good.manifest, inputs={"dataset1": replace(given, blobs=(blob,))})
    Path("runs/good/manifest.json").write_bytes(forged.encode())
    page = blobprep.show("runs/good/")

    assert b"hunter2" not in page.html
    assert "dataset1 is not shown" in page.text


def test_a_run_that_goes_on_is_shown_with_what_is_known(good: blobprep.Run) -> None:
    place = Path("runs/good/manifest.json")
    manifest = Manifest.decode(place.read_bytes())
    place.write_bytes(replace(manifest, status="running", outputs=(), ended=None, timings={}, inputs={}).encode())

    assert blobprep.show("runs/good/").text.startswith("running  runs/good/\n")


def test_links_of_a_page_of_a_run_lead_to_its_outputs_wherever_it_is_saved(folder: Path) -> None:
    Path("draws.py").write_text(
        "def azureml_main(frame):\n"
        "    open('a 50%.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(16))\n"
        "    return frame\n"
    )
    run = blobprep.run("draws.py", "planets.csv", output="runs/a 50%/")
    page = blobprep.show("runs/a 50%/")
    for place in ("elsewhere", "runs/a 50%"):
        Path(place).mkdir(exist_ok=True)
        saved = page.save(f"{place}/page.html").read_text(encoding="utf-8")
        links = [unquote(link) for link in re.findall('href="([^#"]+)"', saved)]
        assert {Path(link).name for link in links} == {Path(record.name).name for record in run.manifest.outputs}
        assert [link for link in links if not (Path(place) / link).is_file()] == []
    assert re.findall('href="([^#"]+)"', page.html.decode()) == []  # where that is, nobody knows


def test_links_of_a_saved_page_lead_to_what_is_beside_it(good: blobprep.Run) -> None:
    blobprep.run("fails.py", "planets.csv", output="runs/bad/")
    Path("pages").mkdir()
    page = blobprep.show("runs/")
    saved = page.save("pages/runs.html").read_text(encoding="utf-8")

    assert 'href="../runs/bad/report.html"' in saved
    assert (Path("pages") / "../runs/bad/report.html").exists()
    assert 'href="../runs' not in page.html.decode()


def test_statistics_only_leave_no_value_of_a_row_anywhere(memory: Any) -> None:
    page = blobprep.show("az://raw/planets.csv", values="none", workspace=settings(memory))

    for shown in (page.text, page.html.decode(), json.dumps(page.to_json())):
        assert "Venus" not in shown
        assert "planet" in shown


def test_what_reading_changed_is_told_but_no_value_where_none_may_be(folder: Path) -> None:
    Path("codes.csv").write_text("code\n00123\n00456\n")
    page = blobprep.show("codes.csv")
    bare = blobprep.show("codes.csv", values="none")

    assert document(page)["translations"][0]["column"] == "code"
    assert "Ledger  1 change\nchanged   code: Stays text" in page.text
    assert b"Stays text" in page.html
    assert document(bare)["translations"][0]["count"] == 2
    for shown in (bare.text, bare.html.decode(), json.dumps(bare.to_json())):
        assert "00123" not in shown


def test_the_ledger_of_a_run_has_no_value_where_none_may_be_shown(folder: Path) -> None:
    Path("codes.csv").write_text("code\n00123\n00456\n")
    Path("silent.py").write_text("def azureml_main(frame):\n    return frame\n")
    run = blobprep.run("silent.py", "codes.csv", output="coded/")

    assert "00123" in blobprep.show(run).text
    for page in (blobprep.show(run, values="none"), blobprep.show("coded/", "codes.csv", values="none")):
        for shown in (page.text, page.html.decode(), json.dumps(page.to_json())):
            assert "code" in shown
            assert "00123" not in shown


def test_settings_say_how_much_is_shown_and_arguments_say_it_better(folder: Path) -> None:
    Path("blobprep.toml").write_text('[report]\nrows = 2\nvalues = "none"\n')

    assert "Venus" not in blobprep.show("planets.csv").text
    assert len(blobprep.show("planets.csv", values="all").to_json()["profile"]["sample"]["numbers"]) == 2
    assert len(blobprep.show("planets.csv", values="all", rows=3).to_json()["profile"]["sample"]["numbers"]) == 3


@pytest.mark.parametrize(
    ("what", "options", "kind", "words"),
    [
        ("az://raw/none.csv", {}, BlobNotFound, "none.csv"),
        ("az://raw/none/", {}, BlobNotFound, "nothing begins with az://raw/none/"),
        ("az://raw/tables/", {}, InvalidReference, "there is no run below az://raw/tables/"),
        ("nothing/", {}, BlobNotFound, "there is no folder nothing/"),
        ("az://raw/prep.py", {}, DatasetError, "format"),
        ("az://raw/tables/report.html", {}, InvalidReference, "no run or batch is beside it"),
        ("az://raw/planets.csv", {"rows": 1001}, InvalidOption, "1001"),
        ("az://raw/planets.csv", {"values": "some"}, InvalidOption, "some"),
        ("az://raw/planets.csv", {"key": ["id"]}, InvalidOption, "two tables"),
        ("az://raw/planets.csv", {"other": "az://raw/planets.csv", "key": ["nothing"]}, DatasetError, "nothing"),
        ("az://raw/planets.csv", {"other": "az://raw/runs/"}, InvalidReference, "neither a table nor a run"),
        ("az://raw/broken.parquet", {}, DatasetError, "broken.parquet"),
        (None, {}, InvalidOption, "nothing is given"),
        (7, {}, InvalidOption, "int"),
    ],
)
def test_what_cannot_be_shown_says_why_and_what_to_do(
    memory: Any, what: Any, options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    memory.write("raw", "tables/a.csv", CSV, content_type="text/csv")
    memory.write("raw", "tables/report.html", b"<p>", content_type="text/html")
    memory.write("raw", "broken.parquet", b"PAR1nonsensePAR1", content_type="x")
    memory.write("raw", "runs/x/a.csv", CSV, content_type="text/csv")

    with pytest.raises(kind, match=words) as raised:
        blobprep.show(what, workspace=settings(memory), **options)

    assert isinstance(raised.value, blobprep.errors.BlobprepError)
    assert raised.value.remedy or "format" in words or kind is DatasetError


def test_a_table_that_takes_too_long_says_which_limit_that_is(folder: Path) -> None:
    Path("blobprep.toml").write_text("[script]\ntimeout = 0.001\n")
    rows = "".join(f"{number},x\n" for number in range(200_000))
    Path("long.csv").write_text(f"a,b\n{rows}")

    with pytest.raises(TimeExceeded, match=r"^long\.csv: .*timeout"):
        blobprep.show("long.csv")


def test_time_that_runs_out_leaves_a_profile_with_what_there_was_time_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({f"c{number}": range(1000) for number in range(600)}), "wide.parquet")
    monkeypatch.setattr(display, "_SECONDS", 0.02)
    read = document(blobprep.show("wide.parquet"))

    assert (read["profile"]["rows"], read["profile"]["width"]) == (1000, 600)
    assert any("ime" in note for note in read["profile"]["notes"])
    assert not any("ime" in note for note in document(blobprep.show("wide.parquet", exact=True))["profile"]["notes"])


def test_no_time_at_all_is_an_error_that_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_SECONDS", 0.0)

    with pytest.raises(TimeExceeded, match=r"planets\.csv: no time was left"):
        blobprep.show("planets.csv")


def test_a_page_is_saved_in_one_step_and_keeps_who_may_read_it(folder: Path) -> None:
    page = blobprep.show("planets.csv")
    Path("page.html").write_text("old")
    Path("page.html").chmod(0o600)

    assert page.save("page.html").read_bytes() == page.html
    assert Path("page.html").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in folder.glob(".*")) == []
    with pytest.raises(OutputError, match=r"missing/page\.html cannot be written"):
        page.save("missing/page.html")


def test_a_notebook_displays_a_page_in_a_frame_of_its_own(folder: Path) -> None:
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(blobprep.show("planets.csv"))

    assert shown["text/html"].startswith('<iframe title="planets.csv" sandbox="allow-scripts" srcdoc="')
    assert "allow-same-origin" not in shown["text/html"]
    assert "<script" not in shown["text/html"]
