from __future__ import annotations

import sys
import types
from dataclasses import replace

import pyarrow as pa
import pytest

from blobprep.child.facts_builder import FactsBuilder, LossForbidden, describe_table
from blobprep.protocol import Failure, TableFacts, Translation, encode_facts

CAST = Translation("results", "a", "cast", "became text", lossy=True, remedy="--write a=b")


def test_changes_are_gathered_in_order() -> None:
    progress = FactsBuilder(lossless=False)
    rename = Translation("dataset1", "b", "rename", "was a")

    progress.note([rename])
    progress.note([CAST])

    assert progress.facts(None).translations == (rename, CAST)


def test_lossless_forbids_all_that_was_lost_at_once_and_it_stands_in_the_ledger_all_the_same() -> None:
    progress = FactsBuilder(lossless=True)
    progress.note([Translation("results", "", "index", "the index was dropped")])
    progress.require_lossless()
    other = replace(CAST, port="dataset2", column="", remedy="", count=1, example="x")
    progress.note([CAST, other])

    with pytest.raises(LossForbidden) as caught:
        progress.require_lossless()

    assert str(caught.value).splitlines() == [
        "results, column 'a': became text; --write a=b",
        "dataset2: became text (1 value, such as x)",
    ]
    assert progress.facts(None).translations[1:] == (CAST, other)


def test_what_was_lost_is_no_matter_where_nobody_forbids_it() -> None:
    progress = FactsBuilder(lossless=False)
    progress.note([CAST])

    progress.require_lossless()

    assert progress.facts(None).translations == (CAST,)


def test_a_secret_does_not_come_into_the_facts() -> None:
    progress = FactsBuilder(lossless=False)

    progress.note([replace(CAST, count=1, example="AccountKey=c2VjcmV0")])

    assert b"c2VjcmV0" not in encode_facts(progress.facts(None))


def test_a_stage_that_is_entered_again_adds_up_even_when_it_fails() -> None:
    progress = FactsBuilder(lossless=False)
    for _ in range(2):
        with pytest.raises(KeyError), progress.timed("decode"):
            raise KeyError

    assert list(progress.facts(None).timings) == ["decode"]


def test_a_table_is_counted_with_its_names_and_types() -> None:
    assert describe_table(pa.table({"a": [1, 2], "b": ["x", None]})) == TableFacts(
        2, 2, ("a", "b"), ("int64", "string")
    )


def test_the_environment_names_packages_without_running_their_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Touchy(types.ModuleType):
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    plain = types.ModuleType("plain_module")
    plain.__dict__["__version__"] = "1.2"
    monkeypatch.setitem(sys.modules, "plain_module", plain)
    monkeypatch.setitem(sys.modules, "touchy_module", Touchy("touchy_module"))
    monkeypatch.setitem(sys.modules, "no_module", None)

    facts = FactsBuilder(lossless=False).facts(Failure("script", "x"))

    assert facts.environment["plain_module"] == "1.2"
    assert facts.environment["pyarrow"] == pa.__version__
    assert {"python", "platform"} <= set(facts.environment)
    assert "json" not in facts.environment
