from __future__ import annotations

import importlib
import subprocess
import sys
import threading

import cloudpickle
import pytest

from blobprep.errors import ScriptError
from blobprep.runs.function_script import pickle_function


@pytest.fixture
def user_modules(tmp_path, monkeypatch):
    (tmp_path / "steps_of_user.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "script_of_user.py").write_text(
        "import steps_of_user\nfrom steps_of_user import double\n\n"
        "def azureml_main(x):\n    return double(x) + steps_of_user.double(x)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("script_of_user")
    for name in ("script_of_user", "steps_of_user"):
        sys.modules.pop(name, None)


def called_elsewhere(pickled, argument):
    """Call a pickled function in an interpreter that has the installed packages and not the user's modules."""
    program = f"import pickle, sys; print(pickle.loads(sys.stdin.buffer.read())({argument}))"
    done = subprocess.run([sys.executable, "-I", "-c", program], input=pickled, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode().strip()


def test_a_function_travels_with_the_modules_of_its_user(user_modules):
    script = pickle_function(user_modules.azureml_main)

    assert called_elsewhere(script.pickled, 3) == "12"
    assert script.name == "azureml_main"
    assert script.source.startswith("def azureml_main(x):")
    assert not cloudpickle.list_registry_pickle_by_value()


def test_a_lambda_travels():
    assert called_elsewhere(pickle_function(lambda x: x + 1).pickled, 1) == "2"


def test_a_function_that_holds_what_cannot_travel_is_refused_with_the_cause():
    lock = threading.Lock()

    def azureml_main(table):
        with lock:
            return table

    with pytest.raises(ScriptError, match="lock") as caught:
        pickle_function(azureml_main)

    assert "azureml_main" in str(caught.value)
    assert not cloudpickle.list_registry_pickle_by_value()


def test_a_function_without_source_travels_too():
    names: dict = {}
    exec("def azureml_main(x): return x", names)

    script = pickle_function(names["azureml_main"])

    assert script.source == ""
    assert called_elsewhere(script.pickled, 5) == "5"
