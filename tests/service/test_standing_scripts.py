"""Scripts that stand ready: fetched once, renewed when they change, kept when they cannot be looked at."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blobprep.errors import BlobNotFound
from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.standing_scripts import StandingScripts, fill_in
from blobprep.settings.workspace import Workspace
from tests.remains import descriptors, new_descriptors, new_threads


@pytest.fixture
def service(tmp_path: Path) -> ServiceDefinition:
    (tmp_path / "prep.py").write_text("one = 1\n")
    (tmp_path / "fixed.csv").write_text("a\n1\n")
    options = {"script": str(tmp_path / "prep.py"), "dataset2": str(tmp_path / "fixed.csv")}
    return ServiceDefinition("prep", "0" * 32, "1" * 32, options, (ServiceInput("input1", "dataset1"),))


def eventually(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_many_at_once_have_the_same_script_and_it_is_fetched_once(service: ServiceDefinition) -> None:
    with StandingScripts(Workspace(), refresh=1000) as scripts, ThreadPoolExecutor(8) as threads:

        def use(_: int) -> int:
            with scripts.using(service, {}) as script:
                return id(script)

        assert len(set(threads.map(use, range(32)))) == 1


def test_one_in_use_stays_open_while_a_newer_one_takes_its_place(service: ServiceDefinition, tmp_path: Path) -> None:
    with StandingScripts(Workspace(), refresh=0) as scripts:
        with scripts.using(service, {}) as old:
            (tmp_path / "newer.csv").write_text("a\n22\n")
            (tmp_path / "newer.csv").replace(tmp_path / "fixed.csv")  # whole at any moment that it is looked at

            def is_newer() -> bool:
                with scripts.using(service, {}) as now:
                    return now is not old

            eventually(is_newer)
            assert os.pread(old.descriptors["dataset2"], 100, 0) == b"a\n1\n"
            with scripts.using(service, {}) as new:
                assert os.pread(new.descriptors["dataset2"], 100, 0) == b"a\n22\n"
        with pytest.raises(LookupError), old.used():
            pass


def test_an_input_that_is_gone_is_told_and_what_was_there_goes_on(service: ServiceDefinition, tmp_path: Path) -> None:
    with StandingScripts(Workspace(), refresh=0) as scripts:
        with scripts.using(service, {}):
            pass
        (tmp_path / "fixed.csv").rename(tmp_path / "elsewhere.csv")

        def is_told() -> bool:
            with scripts.using(service, {}) as script:
                assert os.pread(script.descriptors["dataset2"], 100, 0) == b"a\n1\n"
            return bool(scripts.troubles())

        eventually(is_told)
        assert scripts.notice() == "1 could not be looked at; those that were there before are used"
        assert "fixed.csv" in scripts.troubles()[0]


def test_one_that_was_never_there_is_an_error_each_time(service: ServiceDefinition, tmp_path: Path) -> None:
    (tmp_path / "fixed.csv").unlink()
    with StandingScripts(Workspace()) as scripts:
        for _ in range(2):
            with pytest.raises(BlobNotFound), scripts.using(service, {}):
                pass
        (tmp_path / "fixed.csv").write_text("a\n1\n")
        with scripts.using(service, {}):
            pass


def test_nothing_stays_open_or_runs_once_they_are_closed(service: ServiceDefinition) -> None:
    before, threads = descriptors(), set(threading.enumerate())
    scripts = StandingScripts(Workspace(), refresh=0)
    for _ in range(5):
        with scripts.using(service, {}):
            pass
    scripts.close()
    eventually(lambda: not new_threads(threads))

    assert not new_descriptors(before)


def test_parameters_stand_in_for_their_names_in_braces_once() -> None:
    options = {"dataset2": "az://raw/{day}.csv", "read2": {"sheet": "{day}"}, "lossless": True, "bundle": None}

    assert fill_in(options, {"day": "monday", "other": "x"}) == {
        "dataset2": "az://raw/monday.csv",
        "read2": {"sheet": "monday"},
        "lossless": True,
        "bundle": None,
    }
    assert fill_in({"a": "{x}{y}"}, {"x": "{y}", "y": "1"}) == {"a": "{y}1"}
