"""A run of a classic script: its log, its manifest and its ledger say what was restored."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import blobprep

pytestmark = pytest.mark.usefixtures("forked")

_SCRIPT = """\
import pandas as pd

def azureml_main(frame1, frame2=None):
    frame1['n'][0] = 10
    big = frame1.ix[frame1.n > 1, :]
    big = big.append({'n': 7, 't': 'new'}, ignore_index=True)
    return big.sort('n').drop('t', 1),
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "table.csv").write_text("n,t\n1,x\n2,y\n3,z\n")
    (tmp_path / "script.py").write_text(_SCRIPT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("isolation", ["process", "off"])
def test_a_run_says_what_was_restored(folder: Path, isolation: str) -> None:
    run = blobprep.run("script.py", "table.csv", output="out/", isolation=isolation)

    assert run.status == "succeeded", run.log
    assert run.dataframe["n"].tolist() == [2, 3, 7, 10]
    names = [row["name"] for row in run.manifest.classic]
    assert {"pandas.DataFrame.ix", "pandas.DataFrame.append", "pandas.DataFrame.sort"} < set(names)
    assert "classic: script.py, line 5: pandas.DataFrame.ix, gone since 1.0" in run.log
    chosen = [row for row in run.manifest.translations if row["kind"] == "classic"]
    assert [row["detail"] for row in chosen] == ["pandas.DataFrame[…].__setitem__: the frame is set, as then"]
    with pytest.raises(AttributeError):
        pd.DataFrame().ix  # noqa: B018


def test_a_run_with_classic_off_fails_as_today(folder: Path) -> None:
    run = blobprep.run("script.py", "table.csv", output="out/", classic="off")

    assert run.status == "failed"
    assert "no attribute 'ix'" in run.log
    assert run.manifest.classic == ()
    assert run.manifest.request["classic"] == "off"


def test_the_setting_is_taken_where_the_option_is_left_out(folder: Path) -> None:
    (folder / "blobprep.toml").write_text('[script]\nclassic = "off"\n')

    run = blobprep.run("script.py", "table.csv", output="out/")

    assert run.status == "failed"


def test_a_failure_shows_no_frame_of_what_restores(folder: Path) -> None:
    (folder / "script.py").write_text("def azureml_main(frame):\n    return frame.ix['nothing', 'n'],\n")

    run = blobprep.run("script.py", "table.csv", output="out/")

    assert "blobprep/classic" not in run.log
    assert "return frame.ix['nothing', 'n']," in run.log
