"""Every target for a short while; `make fuzz` takes longer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing.targets import SEEDS, TARGETS

SECONDS = 15


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_pass_their_target(target: str) -> None:
    for seed in SEEDS[target]:
        TARGETS[target](seed)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs the dependency group fuzz")
@pytest.mark.parametrize("target", TARGETS)
def test_a_short_while_of_fuzzing_finds_nothing(target: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzzing", target, "--seconds", str(SECONDS), "--findings", str(tmp_path)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)

    assert ended.returncode == 0, ended.stderr[-4000:]
    assert "stat::number_of_executed_units" in ended.stderr
    assert list(tmp_path.iterdir()) == []
