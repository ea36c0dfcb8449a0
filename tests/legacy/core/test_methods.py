"""A method with the old SDK's parameters is a method in every way, and its body gets what was passed by name."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from blobprep.legacy.arguments import ARGUMENTS
from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.services.append import AppendBlobService
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.block import BlockBlobService
from blobprep.legacy.services.page import PageBlobService


class Shelf:
    @takes("container_name, timeout=None, encoding='utf-8'")
    def put(self, asked: Arguments) -> Arguments:
        """Put something on it."""
        return asked


@pytest.mark.parametrize(
    ("given", "named", "asked"),
    [
        (("c",), {}, {"container_name": "c", "timeout": None, "encoding": "utf-8"}),
        (("c", 5), {"encoding": "latin-1"}, {"container_name": "c", "timeout": 5, "encoding": "latin-1"}),
        ((), {"container_name": "c"}, {"container_name": "c", "timeout": None, "encoding": "utf-8"}),
    ],
)
def test_arguments_are_bound_by_position_and_by_name(given: Any, named: Any, asked: Any) -> None:
    assert Shelf().put(*given, **named) == asked


@pytest.mark.parametrize(
    ("given", "named", "told"),
    [
        ((), {}, r"Shelf\.put\(\) missing 1 required positional argument: 'container_name'"),
        (("c",), {"nonsense": 1}, r"Shelf\.put\(\) got an unexpected keyword argument 'nonsense'"),
        (("c", 1, "a", 2), {}, r"Shelf\.put\(\) takes from 2 to 4 positional arguments but 5 were given"),
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_python(given: Any, named: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"^{told}"):
        Shelf().put(*given, **named)


def test_each_call_has_a_dict_of_its_own() -> None:
    Shelf().put("c").clear()

    assert Shelf().put("c")["container_name"] == "c"


def test_a_method_says_its_name_parameters_and_what_they_mean() -> None:
    method: Any = Shelf.put

    assert str(inspect.signature(method)) == "(self, container_name, timeout=None, encoding='utf-8')"
    assert (method.__name__, method.__qualname__, method.__module__) == ("put", "Shelf.put", __name__)
    assert inspect.getdoc(method) == "\n".join(
        ["Put something on it.", "", "Args:"]
        + [f"    {name}: {ARGUMENTS[name].meaning}" for name in ("container_name", "timeout", "encoding")]
    )


def test_every_argument_in_the_table_is_one_of_some_method() -> None:
    kinds = (BaseBlobService, BlockBlobService, AppendBlobService, PageBlobService)
    methods = [method for kind in kinds for _, method in inspect.getmembers(kind, inspect.isfunction)]
    named = {name for method in methods for name in inspect.signature(method).parameters}

    assert sorted(ARGUMENTS.keys() - named) == ["services"]  # of an account's token alone
