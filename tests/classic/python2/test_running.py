"""Scripts for Python 2, run as users run them, in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import blobprep

pytestmark = pytest.mark.usefixtures("forked")

SCRIPT = """\
import helper
from itertools import izip

def azureml_main(dataframe1 = None, dataframe2 = None):
    print "rows", len(dataframe1), 7 / 2
    dataframe1["half"] = map(helper.half, dataframe1["x"])
    dataframe1["name"] = [n.encode("utf-8") for n in dataframe1["name"]]
    dataframe1["kind"] = ["%s" % (a / 3.0) for a, b in izip(dataframe1["x"], range(9))]
    dataframe1.columns = map(str.upper, dataframe1.columns)
    return dataframe1,
"""
HELPER = "from StringIO import StringIO\ndef half(x):\n\treturn x/2\ndef fail(x):\n\treturn x.undefined / 2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x,name\n1,é\n7,b\n")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "helper.py").write_text(HELPER)
    return tmp_path


def _run(folder: Path, script: str, classic: str = "auto") -> blobprep.Run:
    (folder / "s.py").write_text(script)
    return blobprep.run("s.py", "a.csv", bundle="bundle", output="out/", overwrite=True, classic=classic)


def test_a_script_and_its_bundle_run_as_they_are(folder: Path) -> None:
    run = _run(folder, SCRIPT)

    assert run.status == "succeeded", run.log
    results = pd.read_parquet(folder / "out" / "results.parquet")
    assert results.to_dict("list") == {
        "X": [1, 7],
        "NAME": ["é", "b"],
        "HALF": [0, 3],
        "KIND": ["0.333333333333", "2.33333333333"],
    }
    assert "rows 2 3" in run.log
    assert "note | s.py: it is Python 2: line 5" in run.log
    assert "print statement: 1 (line 5)" in run.log
    assert "note | Script Bundle/helper.py: it is Python 2" in run.log
    assert (folder / "s.py").read_text() == SCRIPT


def test_a_traceback_shows_the_users_own_lines_alone(folder: Path) -> None:
    script = "import helper\ndef azureml_main(df):\n\tprint 'é', len(df)\n\treturn df, helper.fail(1) / 2\n"
    run = _run(folder, script)

    assert run.status == "failed"
    lines = [line.partition("note | ")[2] for line in run.log.splitlines()]
    assert '  File "s.py", line 4, in azureml_main' in lines
    assert "    return df, helper.fail(1) / 2" in lines
    assert "    return x.undefined / 2" in lines
    assert any(line.endswith('helper.py", line 5, in fail') for line in lines)
    assert not any("classic" in line for line in lines)
    assert "BP1" not in run.log  # what was translated is not why it failed


def test_what_cannot_be_carried_is_an_error_that_names_the_line(folder: Path) -> None:
    run = _run(folder, "def azureml_main(df):\n    print 1\n    df['h'] = df['name'].map(hash)\n    return df,\n")

    assert run.status == "failed"
    assert "line 3 of s.py: hash() of a text is another number in Python 3" in run.log


def test_an_integer_column_stays_one(folder: Path) -> None:
    run = _run(folder, "def azureml_main(df):\n    print 1\n    return df[['x']].apply(lambda c: c.sum() / len(c)),\n")

    assert run.status == "failed"  # a series is no frame
    run = _run(folder, "def azureml_main(df):\n    print 1\n    df['m'] = df['x'].sum() / 3\n    return df,\n")
    assert pd.read_parquet(folder / "out" / "results.parquet")["m"].tolist() == [2, 2]


def test_off_translates_nothing(folder: Path) -> None:
    run = _run(folder, SCRIPT, "off")

    assert run.status == "failed"
    assert "SyntaxError" in run.log
    assert "it is Python 2" not in run.log


def test_a_name_of_python_2_that_a_run_meets_by_chance_is_explained(folder: Path) -> None:
    run = _run(folder, "def azureml_main(df):\n    if len(df):\n        return unicode(df)\n")

    assert run.status == "failed"
    assert "--classic on runs all of it as Python 2" in run.log


def test_on_translates_what_names_anything_of_python_2(folder: Path) -> None:
    script = "def f(): return xrange(3)\ndef azureml_main(df):\n    df['h'] = 7 / 2\n    return df,\n"
    halves = []
    for mode in ("auto", "on"):
        run = _run(folder, script, mode)
        assert run.status == "succeeded", run.log
        halves.append(pd.read_parquet(folder / "out" / "results.parquet")["h"].tolist())

    assert halves == [[3.5, 3.5], [3, 3]]


BOTH = "def half(x):\n    return x / 2\n"


@pytest.mark.parametrize(
    ("script", "modules", "half"),
    [
        ("import both\nprint 1\n", {"both": BOTH}, 3),  # what the script is, its modules were
        ("import old, both\n", {"both": BOTH, "old": "print 1\n"}, 3),  # and the other way round
        ("import between, both\n", {"both": BOTH, "between": "import old\n", "old": "print 1\n"}, 3),
        ("import both\n", {"both": BOTH, "old": "print 1\n"}, 3.5),  # nobody imports it
        ("import both\nprint 1\n", {"both": "import sys\nsys.version_info\n" + BOTH}, 3.5),  # it is for both
        ("import both\nprint 1\n", {"both": "x = f'{1}'\n" + BOTH}, 3.5),  # it is Python 3
        ("from both import tool as both\nprint 1\n", {"both/__init__": "", "both/tool": BOTH}, 3.5),  # a library
    ],
    ids=range(7),
)
def test_a_script_and_its_modules_are_of_one_python(
    folder: Path, script: str, modules: dict[str, str], half: float
) -> None:
    for name, text in modules.items():
        (folder / "bundle" / f"{name}.py").parent.mkdir(exist_ok=True)
        (folder / "bundle" / f"{name}.py").write_text(text)
    run = _run(folder, f"{script}def azureml_main(df):\n    df['h'] = [both.half(7)] * 2\n    return df,\n")

    assert run.status == "succeeded", run.log
    assert pd.read_parquet(folder / "out" / "results.parquet")["h"].tolist() == [half, half]
