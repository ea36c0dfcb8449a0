"""Artifacts with real children: what is published, what is said, what is left alone."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import OutputError, OutputExists, StoreUnavailable
from blobprep.inputs.spool import memory_file
from blobprep.outputs.artifacts import ArtifactsMissing, find_artifacts
from blobprep.protocol import Cell, Facts, TableFacts
from blobprep.runs.execute import execute
from blobprep.runs.result import Run
from blobprep.stores.folder.store import FolderStore
from tests.inputs.hooked import Hooked
from tests.runs.arranging import CONTAINER, ask, azure, manifest_of, memory, names, put

pytestmark = pytest.mark.usefixtures("forked")

MODEL = pickle.dumps({"weights": [1.0, 2.5]}) + bytes(range(256))
COLUMN = f"""
import pandas as pd

def azureml_main():
    return pd.DataFrame({{"n": [1, 2], "model": [None, {MODEL!r}], "note": ["Größe", None]}})
""".encode()
FILES = b"""
import os
import pandas as pd

def azureml_main():
    os.makedirs("outputs/deep/er")
    for name in ("model.pkl", "deep/a.pkl", "deep/er/b.pkl", "50% a b.txt"):
        with open(f"outputs/{name}", "w") as file:
            file.write(name)
    return pd.DataFrame({"n": [1]})
"""


def run(store: Any, script: bytes, *artifacts: str, **asked: Any) -> Run:
    return execute(ask(store, script, artifacts=artifacts, **asked))


def test_a_cell_of_bytes_becomes_a_blob_as_it_is_and_stays_in_the_results() -> None:
    store = memory()
    done = run(store, COLUMN, "model")
    assert store.read(CONTAINER, "out/artifacts/model") == MODEL
    assert done.table.column("model").to_pylist() == [None, MODEL]
    (record,) = [each for each in done.manifest.outputs if each.port == "artifact"]
    assert (record.name, record.size, record.reference) == (
        "artifacts/model",
        len(MODEL),
        "az://work/out/artifacts/model",
    )
    assert record.sha256 == hashlib.sha256(MODEL).hexdigest()
    assert manifest_of(store) == done.manifest


def test_a_cell_of_text_becomes_utf_8() -> None:
    assert run(memory(), COLUMN, "note").artifacts["note"] == "Größe".encode()


def test_several_cells_and_files_are_each_their_own_blob() -> None:
    script = COLUMN.replace(b"    return", b"    open('outputs/x.bin', 'wb').write(b'file')\n    return")
    done = run(memory(), script, "note", "x.bin", "model")
    assert {name: done.artifacts[name] for name in done.artifacts} == {
        "note": "Größe".encode(),
        "x.bin": b"file",
        "model": MODEL,
    }


def test_the_first_cell_that_is_not_missing_is_taken_and_the_log_says_that_there_are_more() -> None:
    script = b"import pandas as pd\ndef azureml_main():\n    return pd.DataFrame({'m': [None, b'1', b'2', b'3']})\n"
    done = run(memory(), script, "m")
    assert done.artifacts["m"] == b"1"
    assert "artifact m: the column's first cell was written; 2 more are in the results" in done.log


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A working folder with four files in `outputs/`."""
    for name in ("model.pkl", "deep/a.pkl", "deep/er/b.pkl", "50% a b.txt"):
        path = tmp_path / "outputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("model.pkl", {"model.pkl"}),
        ("deep/a.pkl", {"deep/a.pkl"}),
        ("*.pkl", {"model.pkl"}),
        ("**.pkl", {"model.pkl", "deep/a.pkl", "deep/er/b.pkl"}),
        ("deep/?.pkl", {"deep/a.pkl"}),
        ("50% a b.txt", {"50% a b.txt"}),
        ("**", {"model.pkl", "deep/a.pkl", "deep/er/b.pkl", "50% a b.txt"}),
    ],
)
def test_files_left_in_outputs_are_found_by_name_or_pattern(left: Path, pattern: str, found: set[str]) -> None:
    artifacts = find_artifacts((pattern,), Facts(), str(left), None, lambda _: None)
    assert {each.name for each in artifacts} == found
    for each in artifacts:
        descriptor = each.open()
        assert descriptor is not None
        assert os.read(descriptor, 100) == each.name.encode()
        os.close(descriptor)


@pytest.mark.parametrize("name", ["nothing", "n", "*.bin", "outputs/model.pkl"])
def test_what_was_not_left_is_named_with_what_is_there(left: Path, name: str) -> None:
    facts = Facts(outputs={"results": TableFacts(1, 1, ("n",), ("int64",))})
    with pytest.raises(ArtifactsMissing) as caught:
        find_artifacts(("model.pkl", name), facts, str(left), None, lambda _: None)
    assert f"the script did not leave the artifact {name}: " in str(caught.value)
    assert "(these have n)" in str(caught.value)
    assert "(it holds 50% a b.txt, deep/a.pkl, deep/er/b.pkl, model.pkl)" in str(caught.value)


def test_cells_beyond_the_end_of_their_file_are_not_believed(left: Path) -> None:
    cells = memory_file("cells")
    os.write(cells, b"12345")
    facts = Facts(artifacts=(Cell("good", 1, 4), Cell("bad", 3, 4)))
    (good,) = find_artifacts(("good",), facts, str(left), cells, lambda _: None)
    assert good.size == 4
    with pytest.raises(ArtifactsMissing, match="did not leave the artifact bad"):
        find_artifacts(("bad",), facts, str(left), cells, lambda _: None)
    os.close(cells)


def test_more_artifacts_than_are_allowed_are_refused(left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blobprep.outputs.artifacts.MAX_FILES", 3)
    with pytest.raises(ArtifactsMissing, match="the script left 4 artifacts; 3 are allowed"):
        find_artifacts(("**",), Facts(), str(left), None, lambda _: None)


def test_images_are_figures_and_not_forgotten_files(left: Path) -> None:
    (left / "outputs" / "plot.png").write_bytes(b"PNG")
    said: list[str] = []
    find_artifacts(("**.pkl",), Facts(), str(left), None, said.append)
    assert said == ["not kept from outputs/: '50% a b.txt'; --artifact NAME keeps one of them, --artifact '**' all"]


def test_a_file_that_became_a_link_is_not_opened(left: Path) -> None:
    (found,) = find_artifacts(("model.pkl",), Facts(), str(left), None, lambda _: None)
    (left / "outputs" / "model.pkl").unlink()
    (left / "outputs" / "model.pkl").symlink_to("/etc/hostname")
    assert found.open() is None


def test_files_nobody_asked_for_are_not_published_and_one_line_says_how_to_keep_them() -> None:
    store = memory()
    done = run(store, FILES, "model.pkl")
    assert (
        done.log.count("not kept from outputs/: '50% a b.txt', 'deep/a.pkl', 'deep/er/b.pkl'; --artifact NAME keeps")
        == 1
    )
    assert {name for name in names(store) if name.startswith("artifacts/")} == {"artifacts/model.pkl"}


def test_a_script_that_did_not_leave_what_was_asked_for_has_failed() -> None:
    store = memory()
    done = run(store, FILES, "model.pkl", "n")
    assert done.manifest.error is not None
    assert done.manifest.error.code == "0085"
    assert "the script did not leave the artifact n: " in done.manifest.error.message
    assert "artifact n: the column has the type int64, but an artifact must be bytes or text" in done.log
    assert names(store) == {"log.txt", "manifest.json", "report.html", "script.py"}


def test_a_column_goes_before_a_file_of_its_name_and_the_log_says_so() -> None:
    script = COLUMN.replace(b"    return", b"    open('outputs/note', 'w').write('file')\n    return")
    done = run(memory(), script, "note")
    assert done.artifacts["note"] == "Größe".encode()
    assert "artifact note is the column of that name; the file outputs/note was not kept" in done.log


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    script = f"""
import os
import pandas as pd

def azureml_main():
    os.symlink({str(secret)!r}, "outputs/link")
    os.mkfifo("outputs/pipe")
    os.symlink({str(tmp_path)!r}, "outputs/folder")
    open("outputs/good", "w").write("good")
    return pd.DataFrame({{"n": [1]}})
"""
    done = run(memory(), script.encode(), "**", isolation="process")  # a confined one makes none of these
    assert dict(done.artifacts) == {"good": b"good"}
    assert "artifact: 'outputs/link' was left out: it is not a regular file" in done.log


def test_an_outputs_folder_swapped_for_a_link_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    script = f"""
import os
import pandas as pd

def azureml_main():
    os.rmdir("outputs")
    os.symlink({str(tmp_path)!r}, "outputs")
    return pd.DataFrame({{"n": [1]}})
"""
    done = run(memory(), script.encode(), "secret", isolation="process")
    assert done.status == "failed"
    assert "(it holds none)" in str(done.manifest.error)


def test_a_script_that_fails_publishes_no_artifact() -> None:
    store = memory()
    done = run(store, FILES.replace(b"    return", b"    raise ValueError('late')\n    return"), "**")
    assert "late" in done.log
    assert not any(name.startswith("artifacts/") for name in names(store))


def test_an_artifact_larger_than_a_block_arrives_whole() -> None:
    script = b"""
import pandas as pd

def azureml_main():
    data = bytes(range(256)) * (80 * 1024)
    open("outputs/big", "wb").write(data)
    return pd.DataFrame({"first": [b"small"], "big cell": [data]})
"""
    store = memory()
    done = run(store, script, "first", "big cell", "big")
    expected = bytes(range(256)) * (80 * 1024)
    assert done.status == "succeeded", done.log
    assert store.read(CONTAINER, "out/artifacts/big") == expected
    assert store.read(CONTAINER, "out/artifacts/big cell") == expected
    assert done.artifacts["first"] == b"small"


def test_the_next_run_clears_what_it_does_not_write_again_and_overwrites_the_rest() -> None:
    store = memory()
    run(store, FILES, "**")
    done = run(store, FILES.replace(b"file.write(name)", b"file.write('new')"), "model.pkl", overwrite=True)
    assert {name for name in names(store) if name.startswith("artifacts/")} == {"artifacts/model.pkl"}
    assert done.artifacts["model.pkl"] == b"new"


def test_a_blob_that_no_run_recorded_is_not_overwritten() -> None:
    store = memory()
    put(store, "out/artifacts/model.pkl", b"mine")
    with pytest.raises(OutputExists, match="was not written by a run of blobprep"):
        run(store, FILES, "model.pkl")
    assert store.read(CONTAINER, "out/artifacts/model.pkl") == b"mine"
    assert manifest_of(store).status == "failed"


def test_artifacts_are_planned_before_they_are_written_and_the_manifest_comes_last() -> None:
    store = Hooked(memory())
    seen: list[str] = []
    planned: list[bool] = []

    def before(operation: str, blob: str) -> None:
        if operation == "write":
            seen.append(blob)
        if operation == "write" and blob == "out/artifacts/model.pkl":
            claim = manifest_of(store.store).claim
            planned.append(claim is not None and "az://work/out/artifacts/model.pkl" in claim.planned)

    request = ask(store, FILES, artifacts=("model.pkl",))
    store.before = before
    execute(request)
    assert planned == [True]
    assert seen[-1] == "out/manifest.json"


def test_an_artifact_that_cannot_be_written_fails_the_run_and_the_next_one_clears_up() -> None:
    store = Hooked(memory())

    def before(operation: str, blob: str) -> None:
        if operation == "write" and blob == "out/artifacts/deep/a.pkl":
            raise StoreUnavailable("no answer")

    request = ask(store, FILES, artifacts=("**",))
    store.before = before
    with pytest.raises(StoreUnavailable):
        execute(request)
    assert manifest_of(store.store).status == "failed"
    assert run(store.store, FILES).status == "succeeded"
    assert not any(name.startswith("artifacts/") for name in names(store.store))


def test_an_artifact_replaced_since_is_refused() -> None:
    store = memory()
    done = run(store, COLUMN, "note")
    put(store, "out/artifacts/note", b"other")
    with pytest.raises(OutputError, match="is no longer what run"):
        done.artifacts["note"]


def test_artifacts_go_into_a_folder_and_to_azurite_alike(tmp_path: Path, azurite: str) -> None:
    folder = FolderStore(tmp_path)
    folder.create_container(CONTAINER)
    account = azure(azurite)
    account.create_container(CONTAINER)
    for store in (folder, account):
        done = run(store, FILES, "**", output="left/")
        assert {name: bytes(done.artifacts[name]) for name in done.artifacts} == {
            name: name.encode() for name in ("model.pkl", "deep/a.pkl", "deep/er/b.pkl", "50% a b.txt")
        }
        assert run(store, FILES, "model.pkl", output="left/", overwrite=True).status == "succeeded"
        assert {name for name in names(store, "left/") if name.startswith("artifacts/")} == {"artifacts/model.pkl"}
