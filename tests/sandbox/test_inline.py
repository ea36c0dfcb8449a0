"""Level `off`: the child's work in this interpreter; also the quick way to see what a run makes of a script."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import BundleError, DatasetError
from tests.child.test_bundle import zipped
from tests.sandbox.running import Outcome, run_script

FIRST, SECOND = b"a\n1\n", b"b\n2\n3\n"


@pytest.fixture(autouse=True, scope="module")
def imported() -> None:
    """Have libraries open what they keep open."""
    run_script(b"def azureml_main(frame):\n    return frame\n", datasets={"dataset1": FIRST}, level="off")


def _surroundings() -> tuple[tuple[object, ...], set[str]]:
    return (Path.cwd(), list(sys.path), sys.stdout, sys.stderr), set(os.listdir("/proc/self/fd"))  # noqa: PTH208


def run(source: str | bytes, **options: Any) -> Outcome:
    """Run a script here; whatever it does, this interpreter is as before."""
    before, opened = _surroundings()

    outcome = run_script(source.encode() if isinstance(source, str) else source, level="off", **options)

    after, left = _surroundings()
    assert after == before
    assert left <= opened  # what an earlier test dropped may be closed meanwhile
    assert "blobprep_script" not in sys.modules
    assert not Path(outcome.folder).exists()
    return outcome


def code(outcome: Outcome) -> str:
    return outcome.verdict.error.code if outcome.verdict.error else ""


@pytest.mark.parametrize(
    ("connected", "arguments"),
    [
        ({}, "()"),
        ({"dataset1": FIRST}, "(['a'],)"),
        ({"dataset2": SECOND}, "(['b'],)"),
        ({"dataset1": FIRST, "dataset2": SECOND}, "(['a'], ['b'])"),
    ],
)
@pytest.mark.parametrize("bundle", [b"", zipped({"m.py": ""})])
def test_connected_datasets_are_the_arguments_and_the_bundle_is_none(
    connected: dict[str, bytes], arguments: str, bundle: bytes
) -> None:
    outcome = run(
        "import pandas as pd\n"
        "def azureml_main(*frames):\n"
        "    print(tuple(list(frame) for frame in frames))\n"
        "    return pd.DataFrame({'a': [1]})\n",
        datasets=connected,
        bundle=bundle,
    )

    assert code(outcome) == ""
    assert outcome.lines == [f"out | {arguments}"]


def test_the_input_index_counts_from_0_and_the_output_index_is_dropped() -> None:
    outcome = run(
        "def azureml_main(frame):\n"
        "    print(frame.index.dtype, list(frame.index))\n"
        "    frame.index = ['x', 'y']\n"
        "    return frame,\n",
        datasets={"dataset1": SECOND},
    )

    assert outcome.lines[0] == "out | int64 [0, 1]"
    assert outcome.results.split() == [b"b", b"2", b"3"]
    assert "index" in [each.kind for each in outcome.verdict.facts.translations]


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        ("None", "returned None"),
        ("()", "an empty tuple"),
        ("[]", "an empty list"),
        ("5, frame", "a tuple whose first element is an int"),
        ("np.array([frame])", "which no longer holds a DataFrame"),
    ],
)
def test_a_wrong_return_fails_and_keeps_log_and_figures(returned: str, what: str) -> None:
    outcome = run(
        "import numpy as np\n"
        "def azureml_main(frame):\n"
        "    print('said')\n"
        "    open('a.png', 'wb').close()\n"
        f"    return {returned}\n",
        datasets={"dataset1": FIRST},
    )

    assert code(outcome) == "0085"
    assert what in outcome.message
    assert "return df," in outcome.message
    assert outcome.log == "out | said\n"
    assert [image.name for image in outcome.images] == ["a.png"]


@pytest.mark.parametrize("where", ["", "def azureml_main():\n    "])
@pytest.mark.parametrize("how", ["raise KeyError('k')", "import sys; sys.exit('bye')", "raise KeyboardInterrupt"])
def test_whatever_a_script_raises_is_its_failure(where: str, how: str) -> None:
    outcome = run(where + how)

    assert code(outcome) == "0085"
    assert 'File "prep.py"' in outcome.message


def test_a_script_that_returns_more_keeps_it_only_when_asked() -> None:
    source = "def azureml_main(a, b):\n    return a, b, 'rest'\n"
    connected = {"dataset1": FIRST, "dataset2": SECOND}

    outcome = run(source, datasets=connected)

    assert outcome.lines == [
        "note | dropped from what the script returned: element 2, a DataFrame (--second-output keeps it)",
        "note | dropped from what the script returned: element 3, a str",
    ]
    assert [each.detail for each in outcome.verdict.facts.translations if each.kind == "dropped"] == [
        "element 2, a DataFrame (--second-output keeps it) was dropped",
        "element 3, a str was dropped",
    ]
    assert set(outcome.verdict.facts.outputs) == {"results"}


def test_lossless_makes_what_would_be_lost_a_failure() -> None:
    outcome = run("def azureml_main(a):\n    return a, 'rest'\n", datasets={"dataset1": FIRST}, lossless=True)

    assert code(outcome) == "lossless"
    assert "element 2, a str was dropped" in outcome.message


def test_lossless_names_all_that_the_results_would_lose_and_leaves_none() -> None:
    script = """
import pandas as pd
def azureml_main(a):
    print("called")
    mixed = pd.DataFrame({"m": [1, "x"], "n": [{1}, {2}]}, index=["r", "s"])
    return mixed, mixed
"""
    outcome = run(script, datasets={"dataset1": FIRST}, lossless=True)

    assert code(outcome) == "lossless"
    index, first, second, dropped = outcome.message.splitlines()[1:]
    assert index.endswith("(2 values, such as r); return frame.reset_index()")
    assert [line.partition(": ")[0] for line in (first, second)] == ["results, column 'm'", "results, column 'n'"]
    assert dropped.endswith("; --second-output")
    assert outcome.verdict.facts.outputs == {}


def test_lossless_names_what_both_inputs_would_lose_before_the_script_is_called() -> None:
    large = b"a,b\n9007199254740993,1\n,2\n"
    outcome = run(
        "def azureml_main(a, b):\n    print('never')\n", datasets={"dataset1": large, "dataset2": large}, lossless=True
    )

    first, second = outcome.message.splitlines()[1:]
    assert first == (
        "dataset1, column 'a': Integers became doubles, because values are missing; those beyond 2**53 lost digits"
        " (1 value, such as 9007199254740993); --read1 integers=nullable"
    )
    assert second.endswith("--read2 integers=nullable")
    assert outcome.log == ""


def test_a_bad_bundle_is_a_bundle_error_that_names_the_entry() -> None:
    outcome = run("def azureml_main():\n    print('never')\n", bundle=zipped({"../evil.txt": "x"}))

    assert isinstance(outcome.verdict.raises, BundleError)
    assert "'../evil.txt'" in outcome.message
    assert outcome.log == ""


def test_a_dataset_that_is_not_what_it_says_is_a_dataset_error() -> None:
    outcome = run("def azureml_main(frame):\n    print('never')\n", datasets={"dataset1": b'a,b\n1,"2\n'})

    assert isinstance(outcome.verdict.raises, DatasetError)
    assert outcome.log == ""


def test_modules_of_one_runs_bundle_are_not_those_of_the_next() -> None:
    source = "import inline_module\nprint(inline_module.VALUE)\ndef azureml_main(frame):\n    return frame\n"

    for value in ("first", "second"):
        outcome = run(source, datasets={"dataset1": FIRST}, bundle=zipped({"inline_module.py": f"VALUE = {value!r}"}))
        assert f"out | {value}" in outcome.lines


def test_a_script_that_spoils_the_interpreter_is_cleaned_up_after() -> None:
    outcome = run(
        "import os, sys, pandas as pd\n"
        "def azureml_main():\n"
        "    os.mkdir('sub')\n"
        "    os.chdir('sub')\n"
        "    sys.path[:] = []\n"
        "    sys.stdout.close()\n"
        "    sys.stderr = None\n"
        "    return pd.DataFrame({'a': [1]})\n"
    )

    assert code(outcome) == ""


def test_a_child_that_was_never_asked_leaves_nothing() -> None:
    from blobprep.limits import Limits
    from blobprep.sandbox.launch import start

    with start("run", "off", Limits()) as session:
        folder = session.folder

    assert not Path(folder).parent.exists()
