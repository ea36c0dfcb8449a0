"""A class that declares its attributes is an ordinary one, without what a dataclass adds."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pandas as pd
import pytest

from blobprep.legacy.models import BlobProperties, ContentSettings, LeaseProperties, Logging


@pytest.mark.parametrize("kind", [ContentSettings, LeaseProperties, Logging])
def test_it_is_no_dataclass_and_keeps_no_default(kind: type) -> None:
    assert not dataclasses.is_dataclass(kind)
    assert not any(name in vars(kind) for name in vars(kind()))


def test_a_deleted_attribute_is_gone() -> None:
    settings = ContentSettings("text/csv")

    del settings.content_type

    assert not hasattr(settings, "content_type")


def test_each_has_parts_of_its_own() -> None:
    assert BlobProperties().lease is not BlobProperties().lease


def test_an_answer_takes_nothing() -> None:
    with pytest.raises(TypeError, match=r"^LeaseProperties\.__init__\(\) takes 1 positional argument but 2 were given"):
        LeaseProperties("locked")  # type: ignore[call-arg]


def test_a_list_of_them_stays_a_column_of_objects() -> None:
    settings = [ContentSettings("a"), ContentSettings("b")]

    assert pd.DataFrame({"settings": settings})["settings"].tolist() == settings
    assert pd.DataFrame(settings).shape == (2, 1)


def test_it_can_be_pickled() -> None:
    settings: Any = pickle.loads(pickle.dumps(ContentSettings("text/csv", cache_control="no-cache")))

    assert vars(settings) == vars(ContentSettings("text/csv", cache_control="no-cache"))
