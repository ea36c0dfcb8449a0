"""What `check` knows of the line in which a script failed is told with the failure."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest

from blobprep.inputs.resolve import resolve
from blobprep.inputs.sources import SourceScript
from blobprep.protocol import Facts
from blobprep.runs.execute import execute
from blobprep.runs.hints import add_hints
from blobprep.runs.result import Run
from blobprep.runs.verdict import Verdict, script_failure
from tests.runs.arranging import ask, dataset, memory, put

pytestmark = pytest.mark.usefixtures("forked")

OLD = b"import helper\n\ndef azureml_main(frame):\n    return helper.first(frame)\n"
HELPER = b"def first(frame):\n    frame = frame.copy()\n    return frame.ix[0:1]\n"


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def error_of(run: Run) -> str:
    assert run.manifest.error is not None
    return run.manifest.error.remedy


def test_a_failure_in_a_line_of_the_script_is_told_with_its_finding() -> None:
    store = memory()

    run = execute(
        ask(
            store,
            b"def azureml_main(frame):\n    return frame.ix[0:1]\n",
            dataset1=dataset(store, "a.csv"),
            classic="off",
        )
    )

    assert ", line 2: BP201 pandas.DataFrame.ix was removed in pandas 1.0: use .loc" in error_of(run)
    assert error_of(run) in run.log


def test_syntax_of_python_2_is_told_too() -> None:
    run = execute(ask(memory(), b"def azureml_main():\n    print 'rows'\n", classic="off"))

    assert "line 2: BP101 print is used as a statement" in error_of(run)


def test_what_the_child_has_said_of_a_path_is_not_told_twice() -> None:
    run = execute(ask(memory(), b"def azureml_main():\n    return open('C:\\\\data\\\\x.csv')\n"))

    assert "C:\\data\\x.csv is a path of another machine" in error_of(run)
    assert error_of(run).count("put the file into the --bundle") == 1


def test_a_failure_in_a_module_of_the_bundle_is_told_with_its_finding() -> None:
    store = memory()
    bundle = put(store, "b.zip", zipped({"helper.py": HELPER}))

    run = execute(ask(store, OLD, dataset1=dataset(store, "a.csv"), bundle=bundle, classic="off"))

    assert "helper.py, line 3: BP201" in error_of(run)


def test_a_failure_of_another_kind_stands_alone() -> None:
    run = execute(ask(memory(), b"def azureml_main():\n    print(1)\n    raise ValueError('no')\n"))

    assert error_of(run) == ""


def test_a_script_that_spreads_over_lines_puts_no_line_of_its_own_into_the_advice() -> None:
    run = execute(ask(memory(), b"def azureml_main():\n    return {1: 1 / 0,\n'forged': 1}\n"))

    assert "BP704" in error_of(run)
    assert "\n" not in error_of(run)
    assert [line for line in run.log.splitlines() if "forged" in line and not line.startswith("note | ")] == []


def test_a_traceback_that_names_many_long_files_does_not_have_them_read() -> None:
    store = memory()
    long = HELPER + b"def f(a): return a\n" * 5_000  # each would take seconds, and has something to tell in its line 3
    bundle = put(store, "b.zip", zipped({f"m{n}.py": long for n in range(40)} | {"old.py": HELPER}))
    frames = [f'  File "/x/Script Bundle/{name}.py", line 3, in f' for name in (*(f"m{n}" for n in range(40)), "old")]
    source = f"def azureml_main():\n    raise ValueError({chr(10).join(frames)!r})\n".encode()

    run = execute(ask(store, source, bundle=bundle))

    assert error_of(run).startswith("old.py, line 3: BP201")
    assert error_of(run).count("BP201") == 1


@pytest.mark.parametrize(
    "traceback",
    ['  File "az://work/prep.py", line 99999999\n', '  File "/x/Script Bundle/none.py", line 1\n', "no traceback"],
)
def test_a_traceback_that_leads_nowhere_changes_nothing(traceback: str) -> None:
    store = memory()
    script = put(store, "prep.py", b"x = 1\n")
    bundle = put(store, "b.zip", b"no zip")
    resolved = resolve(SourceScript(script), {}, bundle)
    failed = script_failure(Facts(), "body", traceback)

    try:
        assert add_hints(failed, resolved, (), emulated=False) == failed
        assert add_hints(Verdict(Facts()), resolved, (), emulated=False) == Verdict(Facts())
    finally:
        resolved.close()


def test_a_run_that_succeeds_reads_no_script() -> None:
    """The parser is loaded for failures only."""
    code = """if True:
        import sys
        from blobprep.runs.execute import execute
        from tests.runs.arranging import IDENTITY, ask, dataset, memory
        store = memory()
        assert execute(ask(store, IDENTITY, dataset1=dataset(store, "a.csv"))).status == "succeeded"
        assert not any(name.startswith(("tree_sitter", "blobprep.lint")) for name in sys.modules)
    """

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
