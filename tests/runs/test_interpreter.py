"""Which interpreter a run's script gets, and what cannot be asked of it there."""

from __future__ import annotations

from pathlib import Path

import pytest

import blobprep
from blobprep.errors import InterpreterUnusable, InvalidOption
from blobprep.settings import Workspace
from tests.bridge.interpreters import HERE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("prep.py").write_text("def azureml_main(df):\n    return df,\n")
    Path("a.csv").write_text("x\n1\n")
    return tmp_path


def settings(text: str) -> Workspace:
    Path("blobprep.toml").write_text(text)
    return Workspace(config="blobprep.toml")


def test_the_setting_names_it_and_the_option_goes_before() -> None:
    here = settings(f'[script]\ninterpreter = "{HERE}"\n')
    nowhere = settings('[script]\ninterpreter = "/nowhere/python"\n')

    assert blobprep.run("prep.py", "a.csv", workspace=here, output="one/").manifest.interpreter["path"] == HERE
    with pytest.raises(InterpreterUnusable, match="there is no interpreter at /nowhere/python"):
        blobprep.run("prep.py", "a.csv", workspace=nowhere, output="two/")
    run = blobprep.run("prep.py", "a.csv", workspace=nowhere, interpreter=HERE, output="three/")
    assert run.manifest.request["interpreter"] == HERE


def test_a_path_in_the_settings_is_relative_to_their_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "below").mkdir()
    settings('[script]\ninterpreter = "envs/old/bin/python"\n')
    workspace = Workspace(config=folder / "blobprep.toml")
    monkeypatch.chdir("below")

    with pytest.raises(InterpreterUnusable, match=f"there is no interpreter at {folder}/envs/old/bin/python"):
        blobprep.run("../prep.py", "../a.csv", workspace=workspace, output="two/")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"isolation": "off"}, r'isolation "off" runs the script in the caller\'s own process'),
        ({"debug": True}, "--debug does not reach a script in"),
        ({"allow_hosts": ["contoso.blob.core.windows.net"]}, "has no network"),
        ({"emulator": "127.0.0.1:10000"}, "--emulator does not reach"),
    ],
)
def test_what_cannot_be_done_there_is_refused_before_anything_is_read(asked: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidOption, match=told):
        blobprep.run("nothing.py", "nothing.csv", interpreter=HERE, workspace=settings(""), **asked)  # type: ignore[arg-type]


def test_a_function_cannot_run_there() -> None:
    with pytest.raises(InvalidOption, match="a function cannot run in another interpreter"):
        blobprep.run(lambda frame: frame, "a.csv", interpreter=HERE, workspace=settings(""))


def test_a_manifest_without_another_interpreter_has_an_empty_record() -> None:
    run = blobprep.run("prep.py", "a.csv", workspace=settings(""), output="out/")

    assert run.manifest.interpreter == {}
