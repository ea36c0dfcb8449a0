"""When names are restored: for scripts that reach for them, and those alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from blobprep.classic import uninstall
from blobprep.classic.evidence import is_surely_of_then
from blobprep.classic.needs import find_needs, words_of, writes_values
from blobprep.classic.session import ClassicSession, Decision


def _begin(text: str, mode: str = "auto", bundle: str | None = None) -> ClassicSession:
    session = ClassicSession(mode, bundle)  # type: ignore[arg-type]
    session.begin(compile(text, "<script>", "exec"), text)
    return session


def _is_waiting() -> bool:
    return "waiting" in str(pd.DataFrame.__getattr__.__module__)


_TODAY = """\
import pandas as pd

def azureml_main(df):
    rows = []
    rows.append(df.loc[0])
    return df.drop(columns='a').mean(),
"""


def test_a_script_of_today_has_functions_that_wait_and_nothing_else() -> None:
    code = (
        "import pandas, sys\n"
        "from blobprep.classic.session import ClassicSession\n"
        f"text = {_TODAY!r}\n"
        "session = ClassicSession('auto')\n"
        "session.begin(compile(text, 's', 'exec'), text)\n"
        "names = {}\n"
        "exec(text, names)\n"
        "names['azureml_main'](pandas.DataFrame({'a': [1], 'b': [2]}))\n"
        "assert session.end() == []\n"
        "print(*sorted(name for name in sys.modules if name.startswith('blobprep.classic.runtime.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.split() == ["blobprep.classic.runtime.callers"]


def test_the_first_missing_name_wakes_what_waits() -> None:
    session = _begin(_TODAY)
    frame = pd.DataFrame({"a": [1]})

    grown = frame.append({"a": 2}, ignore_index=True)  # type: ignore[operator]

    assert grown["a"].tolist() == [1, 2]
    assert [use.name for use in session.end()] == ["pandas.DataFrame.append"]
    with pytest.raises(AttributeError):
        frame.append  # noqa: B018


def test_what_stays_lets_everything_pass_until_a_later_session_takes_it_up() -> None:
    first = _begin(_TODAY)
    first.stays = True
    getter = pd.DataFrame.__getitem__
    frame = pd.DataFrame({"a": [1]})

    assert first.end() == []
    assert pd.DataFrame.__getitem__ is getter
    with pytest.raises(AttributeError):
        frame.append  # noqa: B018
    with pytest.raises(AttributeError):
        np.float  # noqa: B018

    second = ClassicSession("auto")
    second.follow(first.decision, first.waiting)
    assert pd.DataFrame.__getitem__ is getter
    grown = frame.append({"a": 2}, ignore_index=True)  # type: ignore[operator]

    assert grown["a"].tolist() == [1, 2]
    assert [use.name for use in second.end()] == ["pandas.DataFrame.append"]
    assert pd.DataFrame.__getitem__ is not getter
    with pytest.raises(AttributeError):
        frame.append  # noqa: B018


@pytest.mark.parametrize("change", ["words", "place"])
def test_what_stays_is_taken_back_where_it_no_longer_fits(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pd.Series, "__getitem__", pd.Series.__getitem__
    )  # put back at the end, whatever is there by then
    first = _begin(_TODAY)
    first.stays = True
    first.end()
    getter = pd.DataFrame.__getitem__
    decision = first.decision
    if change == "place":
        setattr(pd.Series, "__getitem__", lambda series, key: key)  # noqa: B010  as a script may
    else:
        decision = Decision(False, frozenset(words_of(compile("import pandas\ndf.median()\n", "s", "exec"))))

    second = ClassicSession("auto")
    second.follow(decision, first.waiting)

    assert second.waiting is not first.waiting
    assert pd.DataFrame.__getitem__ is not getter
    assert pd.DataFrame({"a": [1]}).append({"a": 2}, ignore_index=True).size == 2  # type: ignore[operator]
    second.end()


def test_the_first_refused_call_wakes_what_waits() -> None:
    session = _begin("import pandas\ndf.median()\ndf.drop('a', 1)\n")
    frame = pd.DataFrame({"a": [1, 2], "t": ["x", "y"]})

    assert frame.median().to_dict() == {"a": 1.5}
    assert list(frame.drop("a", 1).columns) == ["t"]  # type: ignore[call-overload]
    assert [use.name for use in session.end()] == ["pandas.DataFrame.median()", "pandas.DataFrame.drop(…)"]


def test_a_key_or_value_that_is_refused_wakes_what_waits() -> None:
    session = _begin("row[0]")
    row = pd.Series({"x": 5, "y": 6})

    assert row[0] == 5
    row["x"] = "text"
    assert row.tolist() == ["text", 6]
    assert [use.name for use in session.end()] == ["pandas.Series.__getitem__()", "pandas.Series.__setitem__()"]


def test_off_restores_nothing() -> None:
    session = _begin("df.ix[0]", "off")

    with pytest.raises(AttributeError):
        pd.DataFrame().ix  # noqa: B018
    assert session.end() == []


def test_on_restores_for_every_script() -> None:
    session = _begin("pass", "on")

    assert pd.DataFrame({"a": [1]}).ix[0, "a"] == 1
    session.end()


def test_after_the_end_everything_is_as_before() -> None:
    before = dict(vars(pd.DataFrame)), dict(vars(pd)), dict(vars(np)), list(sys.meta_path)
    for text in (_TODAY, "df.ix[0]", "df['a'][0] = 1\nimport pandas"):
        _begin(text).end()

    assert (dict(vars(pd.DataFrame)), dict(vars(pd)), dict(vars(np)), list(sys.meta_path)) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("df.ix[0]", True),
        ("from sklearn.cross_validation import KFold", True),
        ("import pandas.tools.plotting", True),
        ("ax.hist(x, normed=True)", True),
        ("matplotlib.use('TkAgg')", True),
        ("df.loc[0]; rows.append(1); names.sort(); print(sum(x))", False),
        ("matplotlib.use('Agg')", False),
        ("from sklearn.model_selection import KFold", False),
    ],
)
def test_what_tells_a_script_that_needs_something(text: str, expected: bool) -> None:
    assert bool(find_needs(words_of(compile(text, "s", "exec"))).gone) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = df.values\nx[0] = 1", True),
        ("df['a'].values[0] = 1", True),
        ("x = df[['a']].values\nx += 1", True),
        ("x = df.values\nnp.random.shuffle(x)", True),
        ("x = df.values\nprint(x[0])", False),
        ("df['new'] = df.values.sum()", False),
    ],
)
def test_what_tells_that_values_are_written(text: str, expected: bool) -> None:
    assert writes_values(text) is expected


OF_THEN = [
    "from sklearn.cross_validation import KFold",
    "import sklearn.grid_search",
    "import pandas.tools.plotting as plotting",
    "from scipy import randn",
    "pd.rolling_mean(frame, 2)",
    "np.float(1)",
    "frame.ix[0]",
    "frame.convert_objects()",
]
OF_TODAY = [
    "import scipy.special",
    "from scipy import stats\nstats.norm.cdf(0)",
    "from scipy.spatial.transform import Rotation\nRotation.identity().as_matrix()",
    "from scipy.interpolate import griddata",
    "from pandas.plotting import scatter_matrix",
    "import matplotlib.mlab",
    "config = {}\nconfig['a'] = {}\nconfig['a']['b'] = 1",
    "frame['a'][0] = 1",
    "float(1), int(2), object()",
    "class Own:\n    ix = 1\nOwn().ix",
    "try:\n    import sklearn.cross_validation\nexcept ImportError:\n    import sklearn.model_selection",
    "frame.convert_objects() if hasattr(frame, 'convert_objects') else frame",
    "import mine.cross_validation",
]


@pytest.mark.parametrize(
    ("text", "expected"), [*((text, True) for text in OF_THEN), *((text, False) for text in OF_TODAY)]
)
def test_what_tells_that_a_script_is_surely_of_then(text: str, expected: bool) -> None:
    uninstall()  # what another test may have restored is not lacking
    assert is_surely_of_then(f"import numpy as np\nimport pandas as pd\n{text}\n") is expected


def test_a_module_of_the_bundle_that_hides_a_library_is_no_sign(tmp_path: Path) -> None:
    (tmp_path / "sklearn").mkdir()

    assert not is_surely_of_then("from sklearn.cross_validation import KFold", str(tmp_path))


def test_modules_of_a_bundle_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import pandas as pd\n\ndef first(df):\n    return df.ix[0]\n")

    session = _begin("import helper", bundle=str(tmp_path))

    assert pd.DataFrame({"a": [5]}).ix[0, "a"] == 5
    session.end()


def test_a_script_of_then_is_given_texts_as_objects() -> None:
    session = _begin("df.ix[0]")
    (given,) = session.frames([pd.DataFrame({"t": ["x"], "n": [1]})])
    session.end()

    assert given.dtypes.astype(str).tolist() == ["object", "int64"]


TODAY = """import pandas as pd

def azureml_main(frame):
    settings = {"a": {}}
    settings["a"]["b"] = 1
    column = frame["a"]
    column[0] = 99
    frame["a"][1] = 5
    assert frame["a"] is not frame["a"]
    return frame.assign(first=frame.merge(frame, on="a").a.iloc[0])
"""


def test_of_a_script_that_may_be_of_today_only_statements_that_do_nothing_set_the_frame() -> None:
    session = ClassicSession("auto")
    code = compile(TODAY, "prep.py", "exec")
    names: dict[str, Any] = {}
    session.begin(code, TODAY)
    exec(code, names)
    frame = names["azureml_main"](pd.DataFrame({"a": [1, 2]}))
    used = session.end()

    assert frame["a"].tolist() == [1, 5]
    assert [(use.line, use.count) for use in used] == [(8, 1)]
