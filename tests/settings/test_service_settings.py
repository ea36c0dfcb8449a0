"""The settings of web services."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.runs.options import OPTIONS
from blobprep.settings import Workspace
from blobprep.settings.service_settings import SERVICE_ROWS

OF_ONE_RUN = {
    *("output", "figures", "format", "write", "overwrite", "create_container", "artifacts", "parameters"),
    *("partition_columns", "debug", "debugger"),
}


def _workspace(folder: Path, text: str) -> Workspace:
    (folder / "blobprep.toml").write_text(text)
    return Workspace(folder=folder, environment={})


def test_a_service_has_every_option_of_a_run_by_its_name() -> None:
    names = {row.name.removeprefix("services.*.") for row in SERVICE_ROWS}

    assert set(OPTIONS) - OF_ONE_RUN <= names


def test_services_are_read_by_name(tmp_path: Path) -> None:
    workspace = _workspace(
        tmp_path,
        '[server]\nport = 9000\n[services.iris]\nscript = "prep.py"\ninputs = { dataset1 = "input1" }\n'
        'outputs = ["output1"]\nfresh = true\n',
    )

    assert workspace.services()["iris"] == {
        "script": "prep.py",
        "inputs": {"dataset1": "input1"},
        "outputs": ["output1"],
        "fresh": True,
    }
    assert workspace.setting("server.port") == 9000
    assert any(setting.name == "services.iris.fresh" and setting.value is True for setting in workspace.settings())


def test_what_a_service_names_is_relative_to_the_file(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, '[datasets.iris]\nblob = "az://raw/iris.csv"\n')

    assert workspace.beside("prep.py") == str(tmp_path / "prep.py")
    assert workspace.beside("iris") == "iris"
    assert workspace.beside("az://raw/a.csv") == "az://raw/a.csv"
    assert workspace.server_folder() == tmp_path / ".blobprep"
    assert workspace.server_folder(Path("there")) == Path("there")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('bundle = "x.zip"', "has no script"),
        ('script = "a.py"\nfresh = "yes"', "must be true or false"),
        ('script = "a.py"\noutputs = "output1"', "must be a list of names"),
        ('script = "a.py"\nscritp = "b.py"', "does not exist"),
        ('script = "a.py"\nkey = "abc"', "holds a secret"),
    ],
)
def test_a_wrong_setting_of_a_service_is_told(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        _workspace(tmp_path, f"[services.iris]\n{line}\n")
