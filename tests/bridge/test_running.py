"""Whole runs in another interpreter: results, figures, log, errors, limits, endings; the same as in blobprep's own."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pandas as pd
import pytest

from blobprep.errors import InterpreterUnusable, IsolationUnavailable
from blobprep.inputs.sources import Dataset, GivenTable
from blobprep.limits import Limits
from blobprep.runs.execute import execute
from blobprep.runs.result import Run
from blobprep.runs.verdict import judge
from blobprep.sandbox import process_host
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.launch import start
from blobprep.sandbox.run_log import RunLog
from tests.bridge.interpreters import ALL, HERE, OLD, bare_python, of_the_time
from tests.child.test_bundle import zipped
from tests.remains import leaving_nothing
from tests.runs.arranging import ask, dataset, memory, names, put
from tests.sandbox.running import feed

pytestmark = pytest.mark.usefixtures("forked")

LEVELS = [pytest.param("strict", marks=pytest.mark.landlock), "process"]
DATA = "x,name\n1,alpha\n2,βeta\n3,\n".encode()

# Valid for Python 2 and 3.
MAIN = b"""\
from __future__ import print_function
import sys
print("module", sys.version_info[0])

def azureml_main(frame=None, other=None):
    print("rows", len(frame), file=sys.stderr)
    frame["y"] = frame["x"] * 2
    print("done", blobprep_parameters["year"])
    return frame,
"""
FIGURES = b"""\
import matplotlib
import matplotlib.pyplot as plt

def azureml_main(frame):
    for name in ("b.png", "a.png"):
        plt.figure()
        plt.plot([1, 2])
        plt.savefig(name)
    plt.figure()
    plt.plot([2, 1])
    return frame,
"""
FAILING = b"""\
# -*- coding: utf-8 -*-
def inner(frame):
    raise ValueError("wrong: 3")  # \xc3\xa9

def azureml_main(frame):
    return inner(frame)
"""


def run_in(interpreter: str, source: bytes, data: bytes = DATA, *, level: str = "strict", **asked: Any) -> Run:
    """Run a script there, over a small dataset."""
    store = memory()
    asked = {"parameters": {"year": "2024"}, **asked}
    if "bundle" in asked:
        asked["bundle"] = put(store, "bundle.zip", asked["bundle"])
    with leaving_nothing():
        request = ask(
            store, source, dataset1=dataset(store, "a.csv", data), isolation=level, interpreter=interpreter, **asked
        )
        return execute(request)


def returning(expression: str) -> bytes:
    return f"import numpy as np, pandas as pd\n\ndef azureml_main(frame):\n    return {expression}\n".encode()


def error_of(run: Run) -> str:
    assert run.status == "failed"
    assert run.manifest.error is not None
    return run.manifest.error.message


@pytest.mark.usefixtures("executed")
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("interpreter", ALL)
def test_a_script_gets_its_frame_and_its_results_come_back(interpreter: str, level: str) -> None:
    run = run_in(interpreter, MAIN, level=level)

    assert run.status == "succeeded", run.log
    assert run.table.to_pydict() == {"x": [1, 2, 3], "name": ["alpha", "βeta", None], "y": [2, 4, 6]}
    lines = [line for line in run.log.splitlines() if not line.startswith("blobprep")]
    assert [line.partition(" | ")[0] for line in lines] == ["out", "err", "out"]
    assert lines[1:] == ["err | rows 3", "out | done 2024"]
    assert run.manifest.interpreter["path"] == interpreter
    assert re.fullmatch(r"[23]\.\d+\.\d+\S*", run.manifest.interpreter["python"])
    assert {"numpy", "pandas"} <= set(run.manifest.interpreter)
    assert run.manifest.environment["pandas"] == pd.__version__


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_figures_are_collected_in_the_order_of_writing(interpreter: str) -> None:
    run = run_in(interpreter, FIGURES)

    figures = [(row.name, row.origin) for row in run.manifest.outputs if row.name.startswith("figures/")]
    assert figures == [("figures/b.png", "saved"), ("figures/a.png", "saved"), ("figures/figure3.png", "open")]


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_an_error_shows_the_users_lines_and_no_others(interpreter: str) -> None:
    run = run_in(interpreter, FAILING)

    assert run.manifest.error is not None
    assert run.manifest.error.code == "0085"
    frames = re.findall(r'File "([^"]+)", line (\d+)', run.manifest.error.traceback)
    assert frames == [("az://work/scripts/prep.py", "6"), ("az://work/scripts/prep.py", "3")]
    assert 'raise ValueError("wrong: 3")  # é' in run.manifest.error.traceback
    assert run.manifest.error.traceback.endswith("ValueError: wrong: 3\n")


# What the process goes on after, so that one is asked for all of them.
WRONG = [
    (b"def other(): pass\n", "the script does not define azureml_main"),
    (returning("None"), "returned None; it must return a DataFrame"),
    (returning("[]"), "returned an empty list"),
    (returning("(1, frame)"), "returned a tuple whose first element is an int"),
    (returning("np.zeros((2, 3))"), "a NumPy array of shape (2, 3) and type float64"),
    (returning("frame['x']"), "returned a Series"),
    (b"import sys\n\ndef azureml_main(frame):\n    sys.exit(0)\n", "SystemExit: 0"),
    (b"def azureml_main(frame, other):\n    return frame\n", "TypeError: "),
    (b"def azureml_main(frame)\n", "SyntaxError: "),
]


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", [HERE, *OLD])
def test_a_wrong_script_is_told_as_it_would_be_here(interpreter: str) -> None:
    with leaving_nothing(), start("run", "strict", Limits(), interpreter=interpreter) as session:
        for source, told in WRONG:
            result, _ = feed(session, "prep.py", {"script": source, "dataset1": DATA}, RunLog(), last=False)
            error = judge(result.ending, result.facts, Limits()).error
            assert error is not None
            assert error.code == "0085"
            assert told in error.message


def _slow(source: bytes, told: str) -> Any:
    """Return a row that only says of another value what the rows around it say."""
    return pytest.param(source, told, marks=pytest.mark.slow)


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", [HERE, *OLD])
@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"import os\n\ndef azureml_main(frame):\n    os._exit(3)\n", "ended with status 3 and without a result"),
        _slow(b"import os\n\ndef azureml_main(frame):\n    os._exit(0)\n", "ended with status 0 and without a result"),
        _slow(b"import os\n\ndef azureml_main(frame):\n    os.kill(os.getpid(), 11)\n", "was ended by SIGSEGV"),
        (b"import os\nos.close(3)\n\ndef azureml_main(frame):\n    return frame\n", "without a result"),
    ],
)
def test_a_script_that_ends_its_process_is_told_as_it_would_be_here(interpreter: str, source: bytes, told: str) -> None:
    run = run_in(interpreter, source)

    assert run.manifest.error is not None
    assert run.manifest.error.code == "0085"
    assert told in error_of(run)


@pytest.mark.slow
@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_the_second_frame_is_kept_where_it_is_asked_for(interpreter: str) -> None:
    source = returning("frame, frame[['x']], 7")

    kept = run_in(interpreter, source, second_output=True)
    dropped = run_in(interpreter, source)

    assert {"results.parquet", "results2.parquet"} <= {row.name for row in kept.manifest.outputs}
    assert [row["detail"] for row in kept.manifest.translations] == ["element 3, an int was dropped"]
    assert len(dropped.manifest.translations) == 2


@pytest.mark.slow
@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_the_ledger_tells_what_it_would_tell_here(interpreter: str) -> None:
    source = b"""
import pandas as pd

def azureml_main(frame):
    made = frame[frame["x"] > 1].copy()
    made["mixed"] = [1, "two"]
    made[0] = pd.Categorical(["a", "b"])
    made.columns = ["x", "x", "mixed", 0]
    return made
"""
    here, there = run_in("", source), run_in(interpreter, source)

    assert there.table.schema == here.table.schema
    assert there.table.to_pydict() == here.table.to_pydict()
    assert there.manifest.translations == here.manifest.translations


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_a_module_zip_is_found_by_windows_paths_too(interpreter: str) -> None:
    source = rb"""
import glob, os, sys
import pandas as pd
import helper
sys.path.append('.\\Script Bundle\\below')
import deeper

def azureml_main(frame):
    with open('.\\Script Bundle\\data.csv') as file:
        first = file.readline().strip()
    read = pd.read_csv('.\\script bundle\\data.csv')
    names = sorted(os.listdir('.\\Script Bundle'))
    found = glob.glob('.\\Script Bundle\\*.csv')
    with open('out\\x.txt' if os.path.isdir('out') else 'x.txt', 'w') as file:
        file.write('')
    return pd.DataFrame({'v': [helper.NAME, deeper.NAME, first, str(len(read)), ','.join(names), found[0]]})
"""
    bundle = zipped(
        {"helper.py": b"NAME = 'helper'\n", "below/deeper.py": b"NAME = 'deeper'\n", "data.csv": b"a,b\n1,2\n3,4\n"}
    )

    run = run_in(interpreter, source, bundle=bundle)

    assert run.status == "succeeded", run.log
    assert run.table["v"].to_pylist() == [
        *("helper", "deeper", "a,b", "2", "below,data.csv,helper.py"),
        ".\\Script Bundle\\data.csv",
    ]


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
@pytest.mark.parametrize(
    ("body", "limits", "code"),
    [
        ("x = [b'x' * 10**7 for _ in range(10**6)]", Limits(memory=600 << 20), "memory"),
        ("while True: pass", Limits(timeout=2), "time"),
        ("open('x', 'wb').write(b'x' * (60 << 20))", Limits(disk=20 << 20), "disk"),
        ("while True: print('x' * 1000)", Limits(log=1 << 20), "log"),
    ],
)
def test_limits_hold_there(interpreter: str, body: str, limits: Limits, code: str) -> None:
    source = f"def azureml_main(frame):\n    {body}\n    return frame\n".encode()

    run = run_in(interpreter, source, limits=limits)

    assert run.manifest.error is not None
    assert run.manifest.error.code == code


@pytest.mark.slow
@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_what_is_refused_there_is_explained(interpreter: str) -> None:
    spawning = run_in(interpreter, b"import subprocess\n\ndef azureml_main(frame):\n    subprocess.Popen(['true'])\n")
    dialing = run_in(
        interpreter, b"import socket\n\ndef azureml_main(frame):\n    socket.create_connection(('127.0.0.1', 1))\n"
    )
    reading = run_in(interpreter, b"def azureml_main(frame):\n    open('/etc/passwd')\n")

    assert "isolation strict refuses to start processes" in spawning.log
    assert "isolation strict refuses sockets" in dialing.log or "isolation strict refuses" in dialing.log
    assert "/etc/passwd is outside what a script may use" in reading.log


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_a_module_that_is_missing_is_to_be_installed_there(interpreter: str) -> None:
    run = run_in(interpreter, b"import nowhere_to_be_found\n")

    assert "install it in the interpreter that runs the script" in run.log


@pytest.mark.landlock
@pytest.mark.parametrize("name", ["py27", "py36"])
def test_times_that_neither_pandas_nor_python_has_there_are_refused(name: str) -> None:
    import pyarrow as pa

    store = memory()
    given = GivenTable(pa.table({"t": pa.array([2**60], pa.timestamp("s"))}))
    run = execute(ask(store, returning("frame"), dataset1=Dataset(given), interpreter=of_the_time(name)))

    assert "times that neither this interpreter's pandas nor Python itself can hold" in run.log


@pytest.mark.landlock
def test_python_2_reads_and_writes_text_of_both_of_its_kinds() -> None:
    source = """\
# -*- coding: utf-8 -*-
def azureml_main(frame):
    print frame['name'][1].__class__.__name__, u'\\u263a'
    print 'bytes \\xc3\\xa9'
    frame['native'] = 'é'
    frame['bytes'] = '\\xff\\xfe'
    frame['half'] = [u'a', 'b', None]
    frame['long'] = [1L, 2L, 3L]
    return frame
""".encode()
    run = run_in(of_the_time("py27"), source)

    assert run.status == "succeeded", run.log
    table = run.table.to_pydict()
    assert table["native"] == ["é"] * 3
    assert table["bytes"] == [b"\xff\xfe"] * 3
    assert table["half"] == ["a", "b", None]
    assert table["long"] == [1, 2, 3]
    assert "out | unicode ☺\nout | bytes é\n" in run.log


@pytest.mark.landlock
def test_bytes_that_python_2_cannot_tell_from_text_are_in_the_ledger() -> None:
    import pyarrow as pa

    given = GivenTable(pa.table({"b": pa.array([b"ab", b"\xff"]), "t": ["x", "y"]}))

    run = execute(ask(memory(), returning("frame"), dataset1=Dataset(given), interpreter=of_the_time("py27")))

    assert run.table.to_pydict() == {"b": [b"ab", b"\xff"], "t": ["x", "y"]}
    (entry,) = run.manifest.translations
    assert (entry["port"], entry["column"], entry["lossy"]) == ("dataset1", "b", False)
    assert entry["detail"].startswith("Bytes became Python 2's str")


@pytest.mark.landlock
def test_python_2_takes_a_script_without_a_word_about_its_encoding_for_utf_8() -> None:
    source = """
import sys
reload(sys)
sys.setdefaultencoding('utf8')
print 'é'

def azureml_main(frame):
    frame['é'] = u'ü'
    return frame
""".encode()

    run = run_in(of_the_time("py27"), source)

    assert run.status == "succeeded", run.log
    assert run.table["é"].to_pylist() == ["ü"] * 3
    assert "out | é\n" in run.log


@pytest.mark.landlock
def test_python_2_fails_with_its_own_lines() -> None:
    run = run_in(of_the_time("py27"), b"def azureml_main(frame):\n\tprint 'x'\n        return 1 / 0\n")

    assert "ZeroDivisionError: integer division or modulo by zero" in error_of(run)


@pytest.mark.landlock
def test_an_interpreter_without_pandas_is_told_before_anything_runs() -> None:
    store = memory()
    request = ask(store, MAIN, dataset1=dataset(store, "a.csv"), interpreter=bare_python("3.9"))

    with pytest.raises(InterpreterUnusable, match="it has no numpy that can be imported"):
        execute(request)


@pytest.mark.landlock
@pytest.mark.parametrize("program", ["/bin/true", "/bin/cat"])
def test_a_program_that_is_no_python_is_told(program: str) -> None:
    store = memory()
    request = ask(store, MAIN, dataset1=dataset(store, "a.csv"), interpreter=program)

    with pytest.raises(InterpreterUnusable, match="before it had begun"):
        execute(request)


@pytest.mark.slow
@pytest.mark.landlock
@pytest.mark.timeout(300)
@pytest.mark.parametrize("interpreter", ALL)
def test_ten_million_rows_cross_both_ways(interpreter: str) -> None:
    import numpy as np
    import pyarrow as pa

    rows = 10**7
    given = pa.table({"i": np.arange(rows), "d": np.arange(rows) / 7, "t": pa.array(["alpha", "βeta"] * (rows // 2))})
    store = memory()

    run = execute(ask(store, returning("frame"), dataset1=Dataset(GivenTable(given)), interpreter=interpreter))

    assert run.status == "succeeded", run.log
    assert run.table.equals(given)


@pytest.mark.landlock
@pytest.mark.parametrize("interpreter", ALL)
def test_a_backend_that_needs_a_screen_does_not_end_a_script(interpreter: str) -> None:
    source = b"import matplotlib\nmatplotlib.use('TkAgg')\n" + FIGURES.replace(b"import matplotlib\n", b"")

    run = run_in(interpreter, source)

    assert run.status == "succeeded", run.log
    assert run.log == "note | matplotlib.use('TkAgg') needs a screen, and there is none: figures are drawn by Agg\n"
    assert len([row for row in run.manifest.outputs if row.name.startswith("figures/")]) == 3


@pytest.mark.landlock
def test_an_interpreter_is_asked_again() -> None:
    source = b"count = [0]\n\ndef azureml_main(frame):\n    print(len(frame))\n    return frame\n"
    failing = b"def azureml_main(frame):\n    raise ValueError(1)\n"
    with leaving_nothing(), start("run", "strict", Limits(), interpreter=HERE) as session:
        logs = []
        for script, last in ((source, False), (failing, False), (source, True)):
            log = RunLog()
            feed(session, "prep.py", {"script": script, "dataset1": b"a\n1\n2\n"}, log, last=last, seconds=60)
            logs.append(log.text())

    assert logs == ["out | 2\n", "", "out | 2\n"]


@pytest.mark.landlock
def test_a_confinement_that_does_not_hold_there_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_host, "CANARY", "work")  # a place that the process may open
    store = memory()
    request = ask(store, MAIN, dataset1=dataset(store, "a.csv"), isolation="strict", interpreter=HERE)

    with pytest.raises(IsolationUnavailable, match="could open a file outside the working folder"):
        execute(request)

    assert "out/manifest.json" not in names(store)


@pytest.mark.landlock
def test_a_pool_gives_another_interpreter_a_child_of_its_own() -> None:
    with closing(ChildPool(kept=1)) as pool:
        store = memory()
        given = dataset(store, "a.csv", DATA)
        runs = [
            execute(
                ask(store, MAIN, dataset1=given, interpreter=interpreter, parameters={"year": "1"}, output=f"{at}/"),
                children=pool,
            )
            for at, interpreter in enumerate(["", HERE, ""])
        ]

    assert [run.status for run in runs] == ["succeeded"] * 3
    assert [run.manifest.interpreter.get("path", "") for run in runs] == ["", HERE, ""]
