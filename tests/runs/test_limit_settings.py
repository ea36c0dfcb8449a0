"""What limits a script, by the options and the settings."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from blobprep.errors import InvalidOption, SettingError
from blobprep.limits import DEFAULTS, LIMITS, Limits
from blobprep.runs.limits import limits_of
from blobprep.settings import Workspace
from blobprep.settings.sizes import machine_memory
from tests.settings.asking import prepare

NOW = datetime(2024, 5, 30, 18, 7, tzinfo=UTC)


def known(tmp_path, text=""):
    (tmp_path / "blobprep.toml").write_text(text)
    return Workspace(folder=tmp_path, environment={})


def test_where_nobody_says_anything_limits_are_the_defaults_and_most_of_the_memory(tmp_path):
    limits = limits_of(known(tmp_path), {})

    assert replace(limits, memory=None) == DEFAULTS
    assert limits.memory == int(machine_memory() * 0.9)


def test_every_limit_has_a_setting(tmp_path):
    said = {"timeout": 5, "cpu": 1.5, "memory": "1GiB", "disk": "2GB", "files": 3, "processes": 4}
    said |= {"log": "5MB", "log_kept": "6kB", "figures": 7, "figures_size": 8}
    text = "".join(f"{name} = {value!r}\n" for name, value in said.items())

    limits = limits_of(known(tmp_path, f"[script]\n{text}"), {})

    assert set(said) == set(LIMITS) == set(asdict(DEFAULTS))
    assert limits == Limits(5.0, 2**30, 1.5, 2 * 10**9, 3, 4, 5 * 10**6, 6000, 7, 8)


@pytest.mark.parametrize("none", ["none", " None ", None])
@pytest.mark.parametrize("name", LIMITS)
def test_each_can_be_done_without(tmp_path, name, none):
    assert getattr(limits_of(known(tmp_path), {name: none}), name) is None


@pytest.mark.parametrize("name", LIMITS)
def test_the_settings_can_do_without_each_too(tmp_path, name):
    assert getattr(limits_of(known(tmp_path, f'[script]\n{name} = "none"\n'), {}), name) is None


def test_an_option_goes_before_the_settings_and_a_number_may_be_a_text(tmp_path):
    workspace = known(tmp_path, '[script]\nfiles = 3\ndisk = "1GB"\n')

    limits = limits_of(workspace, {"files": "5", "cpu": "2.5"})

    assert (limits.files, limits.cpu, limits.disk) == (5, 2.5, 10**9)


def test_a_part_of_the_disk_is_one_of_the_room_there_is(tmp_path):
    one, two = (limits_of(known(tmp_path), {"disk": each}).disk for each in ("10%", "20%"))

    assert 0 < one < two


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cores": 1}, "'cores' is not a limit"),
        ({"cpu": "long"}, "cpu must be a number of seconds greater than zero: 'long'"),
        ({"cpu": 0}, "cpu must be a number of seconds greater than zero: 0"),
        ({"files": "1.5"}, "files must be a whole number greater than zero: '1.5'"),
        ({"files": 0}, "files must be a whole number greater than zero: 0"),
        ({"processes": "-1"}, "processes must be a whole number greater than zero: '-1'"),
        ({"disk": "lots"}, "disk: 'lots' is not a size"),
        ({"disk": "0"}, "disk: a size must be greater than zero: '0'"),
        ({"log": "10%"}, "log does not take a percentage: '10%'"),
    ],
)
def test_what_is_no_limit_is_refused_by_its_name(tmp_path, asked, said):
    with pytest.raises(InvalidOption) as caught:
        limits_of(known(tmp_path), asked)

    assert caught.value.message.startswith(said)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("line", "said"), [("files = 1.5", "must be a number"), ('cpu = "long"', "must be a number of seconds")]
)
def test_a_setting_of_another_kind_is_refused_where_it_is_read(tmp_path, line, said):
    with pytest.raises(SettingError, match=said):
        known(tmp_path, f"[script]\n{line}\n")


def test_a_limit_is_given_once(tmp_path):
    with pytest.raises(InvalidOption, match="memory is given twice"):
        prepare(known(tmp_path), "prep.py", memory="1GB", limits={"memory": "2GB"}, now=NOW)


def test_a_run_records_the_limits_it_was_asked_for(tmp_path):
    request = prepare(known(tmp_path), "prep.py", timeout=5, limits={"disk": "1GB", "cpu": None}, now=NOW)

    assert (request.limits.timeout, request.limits.disk, request.limits.cpu) == (5.0, 10**9, None)
    assert request.asked["limits"] == {"disk": "1GB", "cpu": "none"}


def test_under_the_debugger_no_time_counts(tmp_path):
    request = prepare(known(tmp_path), "prep.py", limits={"cpu": 5, "disk": "1GB"}, debug=True, now=NOW)

    assert (request.limits.timeout, request.limits.cpu, request.limits.disk) == (None, None, 10**9)


def test_the_settings_list_each_limit_with_its_source(tmp_path):
    workspace = known(tmp_path, '[script]\ndisk = "1GB"\n')

    listed = {each.name: each for each in workspace.settings()}

    assert (listed["script.disk"].value, listed["script.disk"].source) == ("1GB", str(tmp_path / "blobprep.toml"))
    assert {name for name in LIMITS if listed[f"script.{name}"].source == "default"} == set(LIMITS) - {"disk"}
    assert listed["script.memory"].value == "90%"
