from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from blobprep.errors import (
    InvalidOption,
    InvalidReference,
    ScriptError,
)
from blobprep.inputs.sources import BlobPattern, FunctionScript, SourceScript
from blobprep.limits import Limits
from blobprep.runs import prepare as preparation
from blobprep.runs.options import OPTIONS, RunOptions
from blobprep.sandbox.isolation import DEFAULT_LEVEL
from blobprep.settings import Workspace
from blobprep.stores.memory import MemoryStore
from tests.settings.asking import prepare

NOW = datetime(2024, 5, 30, 18, 7, tzinfo=UTC)


@pytest.fixture
def known(tmp_path):
    (tmp_path / "blobprep.toml").write_text('[script]\ntimeout = 60\nmemory = "1GiB"\n')
    return Workspace(environment={}, folder=tmp_path, stores={"contoso": MemoryStore("contoso")})


def test_a_request_holds_everything_by_its_place(known):
    request = prepare(
        known,
        "az://scripts/prep.py",
        "az://raw/a.csv",
        "az://raw/b",
        bundle="az://modules/Hello.zip",
        parameters={"year": 2024, "deep": True},
        output="az://prepared/iris",
        figures="az://figures/{date}/",
        format="CSV",
        read1={"header": False},
        read2={"format": "tsv"},
        write={"header": True},
        now=NOW,
    )

    assert isinstance(request.script, SourceScript)
    assert request.output.printed == "az://prepared/iris/"
    assert request.figures is not None
    assert request.figures.printed == "az://figures/2024-05-30/"
    assert request.options.parameters == {"year": "2024", "deep": "True"}
    assert (request.options.format, request.options.write) == ("csv", {"header": "true"})
    assert request.dataset1 is not None
    assert request.dataset2 is not None
    assert request.dataset1.options == {"header": "false"}
    assert (request.dataset2.format, request.dataset2.options) == ("tsv", {})
    assert request.limits == Limits(60.0, 2**30)
    assert request.asked["dataset1"] == "az://raw/a.csv"
    assert request.asked["write"] == {"header": "true"}


def test_the_record_of_what_was_asked_is_json_and_holds_no_secret(known):
    request = prepare(
        known,
        "https://contoso.blob.core.windows.net/scripts/prep.py?sv=1&sig=c4n4ry",
        pa.table({"a": ["c4n4ry"]}),
        output="https://contoso.blob.core.windows.net/out/x?sv=1&sig=c4n4ry",
        now=NOW,
    )

    assert "c4n4ry" not in json.dumps(request.asked) + repr(request)
    assert request.asked["dataset1"] == "a Table passed by the caller"


def test_a_run_is_asked_for_again_from_its_record(known):
    first = prepare(
        known,
        "az://scripts/prep.py",
        "az://raw/a.csv",
        now=NOW,
        read1={"header": False},
        limits={"cpu": None},
        artifacts="model",
    )
    options = RunOptions.from_json(json.loads(json.dumps(first.asked)))

    again = preparation.prepare(known, options, now=NOW)

    assert replace(again, run_id=first.run_id, output=first.output) == first
    assert set(first.asked) == {*OPTIONS, "account", "protocol", "config"}


def test_the_default_output_is_a_new_local_folder_of_the_run(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    request = prepare(known, "prep.py", now=NOW)

    assert request.run_id.startswith("20240530T180700Z-")
    assert request.output.printed == f"runs/{request.run_id}/"
    assert request.output.blob == f"runs/{request.run_id}/"
    assert not (tmp_path / "runs").exists()


def test_run_id_and_date_are_filled_in_and_another_word_is_refused(known):
    request = prepare(known, "prep.py", output="az://out/{date}/{run_id}", now=NOW)

    assert request.output.blob == f"2024-05-30/{request.run_id}/"
    with pytest.raises(InvalidOption, match="runid"):
        prepare(known, "prep.py", output="az://out/{runid}/", now=NOW)


def test_a_function_is_a_script(known):
    request = prepare(known, lambda table: table, now=NOW)

    assert isinstance(request.script, FunctionScript)


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ({}, Limits(60.0, 2**30)),
        ({"timeout": 5, "memory": "1MiB"}, Limits(5.0, 2**20)),
        ({"debug": True}, Limits(None, 2**30)),
        ({"timeout": 5, "debug": True}, Limits(None, 2**30)),
    ],
)
def test_limits_are_those_asked_for_or_else_those_of_the_settings(known, options, limits):
    assert prepare(known, "prep.py", now=NOW, **options).limits == limits


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"timeout": 0}, InvalidOption),
        ({"timeout": float("inf")}, InvalidOption),
        ({"timeout": float("nan")}, InvalidOption),
        ({"memory": "lots"}, InvalidOption),
        ({"duplicate_suffix": 3}, InvalidOption),
        ({"format": "spss"}, InvalidOption),
        *(
            ({"artifacts": [name]}, InvalidOption)
            for name in ("", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\n", "%ff*")
        ),
        ({"isolation": "total"}, InvalidOption),
        ({"isolation": "strict", "debug": True}, InvalidOption),
        ({"allow_hosts": ["*.blob.core.windows.net"]}, InvalidOption),
        ({"allow_hosts": ["169.254.169.254"]}, InvalidOption),
        ({"allow_hosts": "contoso.blob.core.windows.net"}, InvalidOption),
        ({"output": "az://out/x?versionId=1"}, InvalidReference),
        ({"bundle": ""}, InvalidReference),
        ({"script": "az://scripts/"}, ScriptError),
        ({"script": 3}, ScriptError),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_read(known, options, error):
    script = options.pop("script", "prep.py")

    with pytest.raises(error):
        prepare(known, script, now=NOW, **options)


def test_artifacts_are_asked_for_by_name_each_once_and_one_may_stand_alone(known):
    request = prepare(known, "prep.py", now=NOW, artifacts=["model", "deep/*.pkl", "model"])
    assert request.options.artifacts == ("model", "deep/*.pkl")
    assert request.asked["artifacts"] == ["model", "deep/*.pkl"]
    assert prepare(known, "prep.py", now=NOW, artifacts="model").options.artifacts == ("model",)


def test_a_dataset_with_wildcards_is_a_pattern_and_nothing_is_listed_yet(known):
    request = prepare(known, "prep.py", "az://raw/2024/*.csv", now=NOW, read1={"header": False})
    assert isinstance(request.dataset1.source, BlobPattern)
    assert request.dataset1.options == {"header": "false"}
    assert request.asked["dataset1"] == "az://raw/2024/*.csv"


@pytest.mark.parametrize(
    ("setting", "options", "expected"),
    [
        ("", {}, DEFAULT_LEVEL),
        ("process", {}, "process"),
        ("process", {"isolation": "strict"}, "strict"),
        ("strict", {"debug": True}, "process"),
        ("", {"isolation": "off", "debug": True}, "off"),
    ],
)
def test_the_level_is_the_options_else_the_settings_and_never_strict_under_the_debugger(
    tmp_path, setting, options, expected
):
    line = f'[script]\nisolation = "{setting}"\n' if setting else ""
    (tmp_path / "blobprep.toml").write_text(line)
    workspace = Workspace(environment={}, folder=tmp_path)

    assert prepare(workspace, "prep.py", now=NOW, **options).isolation == expected


@pytest.mark.parametrize(("line", "expected"), [("", "auto"), ('[script]\nnamespace = "require"\n', "require")])
def test_a_namespace_is_a_setting(tmp_path, line, expected):
    (tmp_path / "blobprep.toml").write_text(line)

    assert prepare(Workspace(environment={}, folder=tmp_path), "prep.py", now=NOW).namespace == expected


@pytest.mark.parametrize(
    ("setting", "options", "expected"),
    [
        ("", {"debug": True}, "pdb"),
        ("debugpy", {}, "pdb"),
        ("debugpy", {"debug": True}, "debugpy:5678"),
        ("debugpy:5679", {"debug": True}, "debugpy:5679"),
        ("debugpy", {"debug": True, "debugger": "pdb"}, "pdb"),
        ("", {"debug": True, "debugger": "debugpy:0"}, "debugpy:0"),
    ],
)
def test_the_debugger_is_that_of_the_option_else_of_the_settings(tmp_path, setting, options, expected):
    (tmp_path / "blobprep.toml").write_text(f'[script]\ndebugger = "{setting}"\n' if setting else "")
    workspace = Workspace(environment={}, folder=tmp_path)

    assert prepare(workspace, "prep.py", now=NOW, **options).debugger == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"debugger": "debugpy"}, "needs --debug"),
        *(
            ({"debug": True, "debugger": name}, "is not a debugger")
            for name in ("gdb", "debugpy:", "debugpy:x", "debugpy:65536", "debugpy:0.0.0.0:1", "pdb:1", "debugpy:²")
        ),
    ],
)
def test_what_is_no_debugger_is_refused(known, options, words):
    with pytest.raises(InvalidOption, match=words):
        prepare(known, "prep.py", now=NOW, **options)


def test_debugpy_is_needed_only_by_who_asks_for_it(known, monkeypatch):
    monkeypatch.setattr("blobprep.runs.debugger.find_spec", lambda name: None)

    assert prepare(known, "prep.py", now=NOW, debug=True).debugger == "pdb"
    with pytest.raises(InvalidOption, match="not installed") as caught:
        prepare(known, "prep.py", now=NOW, debug=True, debugger="debugpy")
    assert "blobprep[debug]" in caught.value.remedy
