"""Module zips that attack: each is refused with its entry's name, or does nothing; nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.errors import BundleError
from tests.attacks.archives import ARCHIVES, unpack_carelessly
from tests.attacks.assaulting import confined_run
from tests.runs.arranging import manifest_of, memory, put

SCRIPT = b"""
import os, random
import pandas as pd

def azureml_main():
    modes = [os.stat(os.path.join("Script Bundle", name)).st_mode & 0o7000 for name in os.listdir("Script Bundle")]
    return pd.DataFrame({"mode": modes})
"""
QUICK = ("climbing", "a link", "a part of blobprep")
CASES = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in ARCHIVES]


@pytest.mark.landlock
@pytest.mark.parametrize("name", CASES)
def test_an_archive_does_no_harm(name: str) -> None:
    make, says = ARCHIVES[name]
    store = memory()
    asked = {"bundle": put(store, "attack.zip", make())}
    if says:
        with pytest.raises(BundleError) as caught:
            confined_run(SCRIPT, {}, store=store, **asked)
        assert says in caught.value.message
        assert caught.value.message.isprintable()
        assert manifest_of(store).status == "failed"
        return

    run, left = confined_run(SCRIPT, {}, store=store, **asked)

    assert run.status == "succeeded", run.log
    assert set(run.table["mode"].to_pylist()) == {0}
    assert left == ()


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_careless_program_regrets_to_unpack_it(name: str, tmp_path: Path) -> None:
    make, _ = ARCHIVES[name]

    assert unpack_carelessly(make(), tmp_path) != set()
