"""Names that are missing are restored for scripts, and for nobody else."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
import warnings

import numpy as np
import pandas as pd
import pytest

import blobprep.classic
from blobprep.classic.runtime.install import names_by_module
from blobprep.classic.runtime.registry import CALLS, MODULES, NAMES
from blobprep.classic.runtime.rows import Name
from blobprep.classic.runtime.targets import MISSING, find, owner_of, resolve

pytestmark = pytest.mark.usefixtures("classic")


def test_a_method_that_is_gone_is_there_and_told() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})

    grown = frame.append({"a": 3, "b": "z"}, ignore_index=True)  # type: ignore[operator]

    assert grown["a"].tolist() == [1, 2, 3]
    (use,) = blobprep.classic.report()
    assert (use.name, use.count) == ("pandas.DataFrame.append", 1)
    assert use.file == __file__


def test_each_further_use_is_counted_and_not_told_again() -> None:
    frame = pd.DataFrame({"a": [1, 2]})

    for row in range(2):
        frame.ix[row, "a"] = 0

    (use,) = blobprep.classic.report()
    assert (use.name, use.count) == ("pandas.DataFrame.ix", 2)


@pytest.mark.parametrize("name", ["append", "ix", "sort", "order"])
def test_a_column_is_reached_before_a_restored_name(name: str) -> None:
    frame = pd.DataFrame({name: [1, 2]})

    assert getattr(frame, name).tolist() == [1, 2]
    assert blobprep.classic.report() == []


def test_a_script_that_asks_whether_a_name_is_there_is_told_no() -> None:
    frame = pd.DataFrame({"a": [1]})

    assert not hasattr(frame, "ix")
    assert getattr(np, "float", None) is None


def test_a_script_that_catches_the_error_gets_it() -> None:
    frame = pd.DataFrame({"a": [1]})
    try:
        chosen = frame.ix[0]
    except AttributeError:
        chosen = frame.loc[0]

    assert chosen["a"] == 1
    assert blobprep.classic.report() == []


def test_an_attempt_that_fails_today_is_left_to_the_handler() -> None:
    frame = pd.DataFrame({"a": [1]})
    try:
        chosen = frame.ix[0]
    except Exception:
        chosen = "the handler's"

    assert chosen == "the handler's"


def test_a_handler_around_everything_is_no_preparation() -> None:
    frame = pd.DataFrame({"a": [1]})
    try:
        frame["b"] = 2
        chosen = frame.ix[0, "b"]
    except Exception:
        chosen = None

    assert chosen == 2


def test_a_script_that_catches_the_missing_module_gets_the_present_one() -> None:
    try:
        from sklearn.cross_validation import KFold
    except ImportError:
        from sklearn.model_selection import KFold

    assert KFold.__module__ == "sklearn.model_selection._split"


def test_a_library_sees_what_is_there_today() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]})

    with pytest.raises(AttributeError, match="not a valid function"):
        frame.agg("mad")  # pandas itself reaches for the name


def test_a_name_that_is_in_no_row_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="'DataFrame' object has no attribute 'nonsense'"):
        pd.DataFrame().nonsense  # noqa: B018
    with pytest.raises(AttributeError, match="module 'pandas' has no attribute 'nonsense'"):
        pd.nonsense  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nonsense' from 'pandas'"):
        from pandas import nonsense  # noqa: F401


def test_modules_that_are_gone_have_the_names_of_others() -> None:
    from pandas.tools.plotting import scatter_matrix
    from sklearn.externals import joblib

    assert scatter_matrix is pd.plotting.scatter_matrix
    assert joblib.dump is importlib.import_module("joblib").dump


def test_what_is_restored_is_taken_back_without_a_trace() -> None:
    before = {name: dict(vars(kind)) for name, kind in _KINDS.items()}
    blobprep.classic.uninstall()
    untouched = {name: dict(vars(kind)) for name, kind in _KINDS.items()}
    blobprep.classic.install(silent_changes=True)
    from sklearn.cross_validation import KFold  # noqa: F401

    blobprep.classic.uninstall()

    assert before != untouched
    for name, kind in _KINDS.items():
        after = vars(kind)
        assert {key: after[key] for key in untouched[name]} == untouched[name]
        # Submodules that scikit-learn imported are the library's own.
        assert all(isinstance(after[key], types.ModuleType) for key in after.keys() - untouched[name].keys())
    assert not [name for name in sys.modules if name.startswith("sklearn.cross_validation")]
    with pytest.raises(AttributeError):
        pd.DataFrame().ix  # noqa: B018


_KINDS = {"frame": pd.DataFrame, "series": pd.Series, "index": pd.Index, "pandas": pd, "numpy": np}


def test_no_row_is_of_a_name_that_the_library_has() -> None:
    blobprep.classic.uninstall()  # so that what is found is the library's own
    there = []
    for path, gone in ((path, row.gone) for row in NAMES for path in row.paths.split()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy.misc itself is going
            owner, name = owner_of(path)
        if owner is not MISSING and _has(owner, name) and not _may_be_there(path, gone):
            there.append(path)
    assert there == []


# Names that a library has again, for something else, and since when.
_AGAIN = {"pandas.DataFrame.select": "3.1"}


def _may_be_there(path: str, gone: str) -> bool:
    """Tell whether the library's version is below the first without the name, or has one of that name again."""
    installed = _version(sys.modules[path.partition(".")[0]].__version__)
    return installed < _version(gone) or (path in _AGAIN and installed >= _version(_AGAIN[path]))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])


def test_a_name_that_means_something_else_again_is_read_as_then() -> None:
    assert _AGAIN.keys() == {path for row in NAMES for path in row.paths.split()} & {
        path for row in CALLS for path in row.paths.split()
    }


def _has(owner: object, name: str) -> bool:
    if not isinstance(owner, types.ModuleType):
        assert isinstance(owner, type)
        return any(name in vars(kind) for kind in owner.__mro__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return name in vars(owner) or hasattr(owner, name)


def test_what_a_row_stands_for_is_there() -> None:
    missing = [path for row in NAMES for path in row.paths.split() if not _stands_for_something(row, path)]
    assert missing == []


def _stands_for_something(row: Name, path: str) -> bool:
    if row.kind == "own":
        owner, _ = owner_of(path)
        return hasattr(owner, row.target) or row.target.endswith("_")  # a fitted estimator has it
    # Modules are imported, which a test of the finder does.
    return row.target == ".modules" or resolve(path, row.target) is not MISSING


def test_what_reads_a_call_of_then_is_there() -> None:
    assert [row.paths for row in CALLS if row.reading and not callable(find(row.reading))] == []


def test_no_module_of_a_row_is_there_today() -> None:
    blobprep.classic.uninstall()
    there = []
    for row in MODULES:
        try:
            there.append(importlib.import_module(row.name).__name__)
        except ImportError:
            continue
    assert there == []


def test_the_rows_are_told_apart_by_module() -> None:
    assert sum(len(rows) for rows in names_by_module().values()) == sum(len(row.paths.split()) for row in NAMES)


def test_installing_imports_no_library() -> None:
    code = (
        "import sys, blobprep.classic; blobprep.classic.install(); "
        "print(*{'pandas', 'numpy', 'sklearn', 'matplotlib', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_a_library_that_is_imported_later_is_restored_too(tmp_path) -> None:  # type: ignore[no-untyped-def]
    script = tmp_path / "script.py"
    script.write_text("import pandas as pd\nprint(pd.DataFrame({'a': [3]}).ix[0, 'a'], pd.np.float(1))\n")

    done = subprocess.run(
        [sys.executable, "-m", "blobprep.classic", str(script)], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "3 1.0\n"
    assert "line 2: pandas.DataFrame.ix, gone since 1.0" in done.stderr


def test_a_script_in_python_2_and_its_neighbor_run_as_the_main_program(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "neighbor.py").write_text("def half(x):\n    return x / 2\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nimport pandas as pd\nimport neighbor\n"
        "print __name__, neighbor.half(7), pd.Series([3, 1]).order().tolist(), sys.argv[1:]\n"
        "import __main__\nassert __main__.neighbor is neighbor\n"
        "raise SystemExit, 3\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "blobprep.classic", str(script), "a"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.stdout, done.returncode) == ("__main__ 3 [1, 3] ['a']\n", 3), done.stderr
    assert "script.py: it is Python 2: line 4" in done.stderr
    assert "neighbor.py: it is Python 2, as what imports it" in done.stderr
    assert "line 4: pandas.Series.order, gone since 0.20" in done.stderr
