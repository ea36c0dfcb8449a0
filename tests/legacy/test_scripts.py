"""Classic scripts, as they were written, run unmodified against the emulator over http (`make test-all`: all ten)."""

from __future__ import annotations

import base64
import io
import pickle
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient
from sklearn.tree import DecisionTreeClassifier

import blobprep
from blobprep.settings import Workspace
from tests.emulator import connection_string

SCRIPTS = Path(__file__).parent / "scripts"
PATIENTS = pd.DataFrame({"mass": [20.0, 31.5, 44.0, 27.5], "age": [21, 50, 33, 62], "class": [0, 1, 1, 0]})


@pytest.fixture
def storage(azurite: str) -> Iterator[BlobServiceClient]:
    """The emulator's account with an empty container `studio`; what a script makes besides goes afterwards."""
    with BlobServiceClient.from_connection_string(connection_string(azurite)) as service:
        service.create_container("studio")
        yield service
        for container in ("studio", "plots", "archive"):
            try:
                service.delete_container(container)
            except ResourceNotFoundError:
                pass


@pytest.fixture
def run(azurite: str, storage: BlobServiceClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a script at the level that is the default here, with the emulator in place of its account."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, *datasets: pd.DataFrame, **options: Any) -> blobprep.Run:
        emulator = urlsplit(azurite).netloc
        done = blobprep.run(
            SCRIPTS / name, *datasets, emulator=emulator, output="out/", workspace=Workspace(), **options
        )
        done.raise_for_failure()
        return done

    return run


@pytest.mark.slow
def test_a_blob_is_read_as_text_and_its_features_cleaned(run, storage) -> None:
    _put(storage, "raw/patients.csv", "pressure,mass\n0,20\n80,30\n70,40\n")

    table = run("clean_features.py").dataframe

    assert table["mass"].round(3).tolist() == [-1.225, 0.0, 1.225]
    assert abs(table["pressure"].mean()) < 1e-12


def test_a_blob_is_read_through_a_file_trimmed_and_written_back(run, storage) -> None:
    rows = "".join(f"north,{amount}\n" for amount in range(1, 11))
    _put(storage, "raw/sales.csv", f"region,amount\n{rows}")

    done = run("trim_quantiles.py")

    written = storage.get_blob_client("studio", "prepared/sales.csv").download_blob()
    assert done.dataframe["amount"].tolist() == list(range(1, 10))
    assert len(pd.read_csv(io.BytesIO(written.readall()))) == 9
    assert written.properties.content_settings.content_type == "text/csv"
    assert "bytes" in done.log
    assert "text/csv" in done.log


@pytest.mark.slow
def test_coefficients_on_the_second_port_are_applied_and_steps_logged_in_an_append_blob(run, storage) -> None:
    weights = pd.DataFrame({"name": ["mass", "age"], "weight": [1.0, 0.5]})

    table = run("fit_then_apply.py", PATIENTS, weights).dataframe

    assert table["score"].tolist() == [30.5, 56.5, 60.5, 58.5]
    assert _text(storage, "logs/steps.txt") == "weights: 2\nrows: 4\n"
    assert _text(storage, "models/weights.json") == '{"age": 0.5, "mass": 1.0}'


def test_plots_are_figures_of_the_run_and_blobs_of_a_container_the_script_makes(run, storage) -> None:
    done = run("explore_plots.py", PATIENTS)

    blobs = storage.get_container_client("plots").list_blobs()
    names = ["box_age.png", "box_mass.png", "matrix.png"]
    assert {blob.name: blob.content_settings.content_type for blob in blobs} == dict.fromkeys(names, "image/png")
    assert {f"figures/{name}" for name in names} <= set(done.figures)
    assert "created" in done.log


@pytest.mark.slow
def test_all_blobs_below_a_prefix_are_listed_twice_and_read(run, storage) -> None:
    for number, values in enumerate(("5\n50\n", "500\n")):
        _put(storage, f"parts/{number}.csv", f"value\n{values}")

    table = run("bin_many_blobs.py").dataframe

    assert table["band"].astype(str).tolist() == ["low", "middle", "high"]


@pytest.mark.slow
def test_a_pickled_model_scores_with_a_helper_from_the_bundle(run, storage, tmp_path) -> None:
    model = DecisionTreeClassifier(random_state=0).fit(PATIENTS[["mass", "age"]].to_numpy(), PATIENTS["class"])
    _put(storage, "models/tree.pkl", pickle.dumps(model))
    with zipfile.ZipFile(tmp_path / "helper.zip", "w") as bundle:
        bundle.writestr("scoring_helper.py", "def features(frame):\n    return frame[['mass', 'age']].values\n")

    table = run("score_pickled.py", PATIENTS, bundle=tmp_path / "helper.zip").dataframe

    assert table["Scored Labels"].tolist() == PATIENTS["class"].tolist()


@pytest.mark.slow
def test_processed_blobs_are_copied_to_an_archive_and_deleted(run, storage) -> None:
    for name in ("done/a.csv", "done/b c.csv"):
        _put(storage, name, "x\n1\n")

    table = run("archive_blobs.py").dataframe

    assert table.to_numpy().tolist() == [[name, "success", False, True] for name in ("done/a.csv", "done/b c.csv")]
    assert storage.get_blob_client("archive", "done/b c.csv").download_blob().readall() == b"x\n1\n"


def test_an_object_leaves_through_a_cell_and_as_a_blob_by_a_connection_string(run, storage) -> None:
    table = run("object_in_a_cell.py", PATIENTS).dataframe

    blob = storage.get_blob_client("studio", "models/tree.pkl.z").download_blob()
    packed = blob.readall()
    assert base64.b64decode(table["payload"][0]) == packed
    assert pickle.loads(zlib.decompress(packed)).predict(PATIENTS[["mass", "age"]]).tolist() == [0, 1, 1, 0]
    assert blob.properties.metadata == {"rows": "4"}


def test_an_evaluation_is_shared_by_a_signed_link_that_works(run, storage) -> None:
    scored = pd.DataFrame({"label": [0, 1, 1, 0, 1], "score": ["0.1", "0.9", "0.4", "0.2", "unknown"]})

    done = run("evaluate_and_share.py", scored)

    assert done.dataframe.to_numpy().tolist() == [[2, 0], [1, 1]]
    assert _text(storage, "reports/confusion.txt") == "[[2, 0], [1, 1]]"
    assert "[[2, 0], [1, 1]]" in done.log


@pytest.mark.slow
def test_lagged_rows_are_blocks_that_a_list_commits(run, storage) -> None:
    counts = pd.DataFrame({"day": [1, 1, 2, 3], "kind": ["a", "b", "a", "a"], "count": [1, 2, 3, 4]})

    done = run("lagged_counts.py", counts)

    assert done.dataframe["a_lag2"].tolist() == [1.0]
    assert _text(storage, "counts.csv").splitlines()[-1] == "4.0,0.0,3.0,1.0"
    assert "3 {'days': '3'}" in done.log


def _put(storage: BlobServiceClient, name: str, content: str | bytes) -> None:
    storage.get_blob_client("studio", name).upload_blob(content)


def _text(storage: BlobServiceClient, name: str) -> str:
    data: bytes = storage.get_blob_client("studio", name).download_blob().readall()
    return data.decode()
