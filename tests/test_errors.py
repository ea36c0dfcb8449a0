from __future__ import annotations

import inspect
import pickle
import re

import pytest

from blobprep import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


def test_every_error_of_the_module_is_public_and_of_one_tree():
    defined = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__}

    assert defined == set(CLASSES)
    assert all(issubclass(kind, errors.BlobprepError) for kind in CLASSES)


def test_the_tree_in_the_docstring_is_the_tree():
    tree = (errors.__doc__ or "").partition("    BlobprepError\n")[2]
    parents = [errors.BlobprepError]
    drawn = {errors.BlobprepError}
    for indent, name in re.findall(r"^    ([│├└─ ]+)(\w+)", tree, re.MULTILINE):
        depth = len(indent) // 4
        kind = getattr(errors, name)
        assert kind.__bases__[0] is parents[depth - 1]
        parents[depth:] = [kind]
        drawn.add(kind)

    assert drawn == set(CLASSES)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_and_what_to_do_after_a_journey_between_processes(kind):
    error = kind("az://raw/x is gone", remedy="look elsewhere")

    travelled = pickle.loads(pickle.dumps(error))

    assert str(travelled) == "az://raw/x is gone (look elsewhere)"
    assert (travelled.message, travelled.remedy) == (error.message, error.remedy)
    assert str(kind("alone")) == "alone"
    assert str(kind()) == ""


def test_the_code_of_a_failed_run_travels_too():
    error = errors.RunFailed("it failed", code="0085")

    assert pickle.loads(pickle.dumps(error)).code == "0085"
