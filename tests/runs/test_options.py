"""The declaration of the options, and everything that is derived from it or must keep up with it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from blobprep.errors import InvalidOption
from blobprep.limits import LIMITS
from blobprep.protocol import ChildRequest
from blobprep.runs.option_kinds import GROUPS, Kind, Option
from blobprep.runs.options import OPTIONS, RunKeywords, RunOptions
from blobprep.settings import SETTINGS

_SAMPLES: dict[Kind, Any] = {
    "input": "az://raw/a.csv",
    "prefix": "az://out/{date}/",
    "text": "x",
    "integer": 2,
    "seconds": 2.5,
    "size": "1GiB",
    "list": ("model", "**.pkl"),
    "pairs": {"year": "2024"},
    "limits": {"disk": "2GB", "cpu": 600, "files": "none"},
    "keys": {"header": "false"},
}
FULL = RunOptions(
    **{
        name: each.choices[-1] if each.choices else not each.default if each.kind == "switch" else _SAMPLES[each.kind]
        for name, each in OPTIONS.items()
    }
)


@pytest.mark.parametrize("options", [FULL, RunOptions("prep.py")])
def test_options_are_json_both_ways(options: RunOptions) -> None:
    assert RunOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


def test_the_full_options_of_this_test_leave_none_at_its_default() -> None:
    plain = RunOptions("another.py")
    assert [name for name in OPTIONS if getattr(FULL, name) == getattr(plain, name)] == []


def test_the_request_of_another_version_is_read() -> None:
    old = {"script": "prep.py", "output": None, "read1": None, "limits": {"cpu": "none"}, "account": "dev", "colour": 1}
    assert RunOptions.from_json(old) == RunOptions("prep.py", limits={"cpu": "none"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("script", None, "do not name a script"),
        ("script", 3, "script must be a string"),
        ("dataset1", ["a"], "dataset1 must be a string"),
        ("format", 3, "format must be a string"),
        ("overwrite", "false", "overwrite must be true or false"),
        ("overwrite", "https://a.example/?sig=c4n4ry", "overwrite must be true or false, not str"),
        ("overwrite", 2, "overwrite must be true or false"),
        ("duplicate_suffix", "1", "duplicate_suffix must be an integer"),
        ("duplicate_suffix", True, "duplicate_suffix must be an integer"),
        ("duplicate_suffix", 3, "--duplicate-suffix does not take 3"),
        ("isolation", "total", "--isolation does not take 'total'"),
        ("timeout", True, "timeout must be a number"),
        ("memory", [1], "memory must be a number or a string"),
        ("limits", {"cpu": [1]}, "limits must be a number or a string"),
        ("limits", ["cpu=1"], "limits must be a mapping of names to values"),
        ("parameters", "year=2024", "parameters must be a mapping of names to values"),
        ("allow_hosts", "example.com", "allow_hosts must be a list"),
        ("allow_hosts", 3, "allow_hosts must be a list"),
        ("artifacts", {"model": 1}, "artifacts must be a list"),
        *(
            (name, "https://contoso.blob.core.windows.net/raw/a?sv=1&sig=c4n4ry", f"^{name} has a SAS token")
            for name in ("script", "dataset1", "dataset2", "bundle", "output", "figures")
        ),
    ],
)
def test_a_value_of_another_kind_is_refused_by_the_name_of_its_option(name: str, value: Any, said: str) -> None:
    with pytest.raises(InvalidOption, match=said) as caught:
        RunOptions.from_json({"script": "prep.py", name: value})
    assert caught.value.remedy
    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize("option", OPTIONS.values(), ids=list(OPTIONS))
def test_an_option_is_declared_completely(option: Option) -> None:
    assert option.group in GROUPS
    assert option.help[0].islower()
    assert not option.help.endswith(".")
    assert option.flag.startswith("--") or (option.positional and option.flag == option.name.upper())
    assert option.metavar or option.positional or option.kind == "switch"


def test_the_keywords_for_type_checkers_are_the_declared_ones() -> None:
    assert list(RunKeywords.__annotations__) == [name for name, each in OPTIONS.items() if not each.positional]


def test_the_child_can_be_told_every_option_that_concerns_it() -> None:
    told = FULL.for_child()
    assert "parameters" in told
    assert set(told) <= {each.name for each in fields(ChildRequest)}
    assert ChildRequest("run", **told).duplicate_suffix == 2


def test_options_and_settings_know_each_other() -> None:
    arguments = {row.name: row.argument for row in SETTINGS if row.name.startswith("script.")}
    assert {each.setting: each.flag for each in OPTIONS.values() if each.setting} == {
        name: argument for name, argument in arguments.items() if argument in {each.flag for each in OPTIONS.values()}
    }
    assert {row.option for row in LIMITS.values() if row.option} <= {each.flag for each in OPTIONS.values()}
