"""What becomes of a script as it is. A run must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

import blobprep
from blobprep.checks.verdict import Verdict
from blobprep.errors import ScriptError

pytestmark = pytest.mark.usefixtures("forked")

ROWS: list[tuple[str, Verdict]] = [
    ("def azureml_main(a):\n    return a,\n", "works"),
    ("def azureml_main(a):\n    print 'x'\n    return a,\n", "classic"),
    (
        "import string, StringIO\ndef azureml_main(a):\n    string.letters\n    return a,\n",
        "classic",
    ),
    ("def azureml_main(a):\n    a.ix[0]\n    return a.append(a),\n", "classic"),
    ("def azureml_main(a):\n    a['y'] = 1\n    return a.drop('y', 1),\n", "classic"),
    (
        "import pandas as pd\ndef azureml_main(a):\n    b = pd.Series(a.x)\n    return b.drop(0, 0).to_frame(),\n",
        "classic",
    ),
    ("from itertools import izip\ndef azureml_main(a):\n    izip(a.x, a.x)\n    return a,\n", "classic"),
    (
        "import string, sys\ndef azureml_main(a):\n    string.maketrans('a', 'b'), sys.maxint\n    return a,\n",
        "classic",
    ),
    ("import pandas as pd\ndef azureml_main(a):\n    return pd.rolling_mean(a.x, 1).to_frame(),\n", "classic"),
    ("from sklearn.cross_validation import KFold\ndef azureml_main(a):\n    return a,\n", "classic"),
    ("import matplotlib\nmatplotlib.use('TkAgg')\ndef azureml_main(a):\n    return a,\n", "classic"),
    ("# ƒ\ndef azureml_main(a):\n    return a,\n", "classic"),
    ("def azureml_main(a):\n    return a\u00a0,\n", "classic"),
    ("def azureml_main(a):\n    print raw_input('x')\n    return a,\n", "person"),
    ("def f(): return xrange(3)\ndef azureml_main(a):\n    if len(a) > 9: f()\n    return a,\n", "person"),
    ("def main(a):\n    return a,\n", "person"),
    ("def azureml_main(a):\n    return a.nothing(\n", "person"),
    ("!pip install x\ndef azureml_main(a):\n    return a,\n", "person"),
]


@pytest.mark.parametrize(("text", "verdict"), ROWS, ids=range(len(ROWS)))
def test_a_verdict_is_what_a_run_makes_of_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, verdict: Verdict
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.py").write_bytes(text.encode("cp1252" if "ƒ" in text else "utf-8"))
    Path("a.csv").write_text("x\n1\n2\n")

    assert blobprep.check("s.py").verdict == verdict
    if verdict != "person":
        assert blobprep.run("s.py", "a.csv", output="out/").status == "succeeded"


def test_a_bundle_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b").mkdir()
    Path("b/helper.py").write_text("def f(x):\n    print x\n")
    Path("s.py").write_text("import helper\ndef azureml_main(a):\n    return a,\n")

    assert blobprep.check("s.py", bundle="b").verdict == "classic"
    assert blobprep.check("b").verdict == "classic"


BUNDLES: list[tuple[str, str, Verdict]] = [
    ("print 'x'", "import string\nT = string.atoi('1')\n", "classic"),
    ("print('x')", "import string\nT = string.atoi('1')\n", "person"),
    ("print 'x'", "import string\nT = f'{string.atoi}'\n", "person"),
    ("string.atoi('1')", "def f(x):\n    print x\n", "classic"),
    ("string.atoi('1')", "from other import f\n", "classic"),
    ("string.atoi('1')", "from third import f\n", "person"),
]


@pytest.mark.parametrize(("line", "module", "verdict"), BUNDLES, ids=range(len(BUNDLES)))
def test_a_script_and_the_modules_of_its_bundle_are_of_one_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, module: str, verdict: Verdict
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b").mkdir()
    Path("b/helper.py").write_text(module)
    Path("b/other.py").write_text("def f(x):\n    print x\n")
    Path("b/third.py").write_text("def f(x):\n    print(x)\n")
    Path("s.py").write_text(f"import string\nimport helper\ndef azureml_main(a):\n    {line}\n    return a,\n")
    Path("a.csv").write_text("x\n1\n2\n")

    assert blobprep.check("s.py", bundle="b").verdict == verdict
    status = blobprep.run("s.py", "a.csv", bundle="b", output="out/").status
    assert status == ("failed" if verdict == "person" else "succeeded")


def test_division_in_a_module_of_python_2_is_told_though_only_the_script_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b").mkdir()
    Path("b/helper.py").write_text("def f(x, y):\n    return x / y\n")
    Path("s.py").write_text("import helper\ndef azureml_main(a):\n    print 'x'\n    return a,\n")
    Path("t.py").write_text("import helper\ndef azureml_main(a):\n    print('x')\n    return a,\n")

    told, untold = (blobprep.check(name, bundle="b") for name in ("s.py", "t.py"))

    assert [(finding.code, finding.path) for finding in told.findings] == [("BP101", "s.py"), ("BP126", "b/helper.py")]
    assert (told.verdict, untold.verdict, untold.findings) == ("classic", "works", ())


@pytest.mark.parametrize("line", ["import string\nT = string.maketrans('a', 'b')", "from itertools import izip"])
def test_division_is_told_where_a_module_names_what_only_python_2_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b").mkdir()
    Path("b/helper.py").write_text(f"{line}\ndef f(x, y):\n    return x / y\n")

    assert [finding.code for finding in blobprep.check("b").findings][-1] == "BP126"


def test_a_dataset_in_place_of_the_script_is_one_finding_and_stops_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("day,sold\n2015-06-01,3\n")
    Path("s.py").write_text("def azureml_main(a):\n    return a,\n")

    [found] = blobprep.check("a.csv", "s.py").findings
    assert (found.code, found.message) == ("BP006", "it is a dataset, not Python")
    with pytest.raises(ScriptError, match=r"the script a\.csv is a dataset, not Python") as raised:
        blobprep.run("a.csv", "s.py", output="out/")
    assert raised.value.remedy is not None
    assert raised.value.remedy.startswith("name the script first")
