"""The schema of a service: learned from a sample or a request, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.service.configuration import define
from blobprep.service.definitions import Column, ServiceTable
from blobprep.service.learned import LearnedColumns
from blobprep.service.registry import Services
from blobprep.service.schema import classic_type, guess_columns, learn_from_sample, typed
from blobprep.settings import Workspace


@pytest.mark.parametrize(
    ("arrow", "classic"),
    [
        ("bool", "Boolean"),
        ("int8", "SByte"),
        ("int32", "Int32"),
        ("int64", "Int64"),
        ("uint8", "Byte"),
        ("float", "Single"),
        ("double", "Double"),
        ("decimal128(10, 2)", "Double"),
        ("date32[day]", "DateTime"),
        ("timestamp[ns]", "DateTime"),
        ("timestamp[us, tz=UTC]", "DateTime"),
        ("duration[ns]", "TimeSpan"),
        ("string", "String"),
        ("large_string", "String"),
        ("null", "String"),
        ("dictionary<values=string, indices=int32, ordered=0>", "String"),
        ("list<item: int64>", "String"),
    ],
)
def test_a_type_of_arrow_has_a_classic_name(arrow: str, classic: str) -> None:
    assert classic_type(arrow) == classic


def test_columns_are_guessed_from_all_cells_of_a_request() -> None:
    table = ServiceTable(
        ("n", "t", "b", "s", "e", "m"),
        ("",) * 6,
        (("1", 1, "True", "1", None, 1), ("2.5", 2, False, "x", "", True)),
    )

    types = [column.type for column in guess_columns(table)]

    assert types == [
        "Double",
        "Double",
        "Boolean",
        "String",
        "String",
        "String",
    ]
    assert typed(table).rows[0] == (1.0, 1.0, True, "1", None, "1")


def test_no_guess_changes_a_value() -> None:
    table = ServiceTable(
        ("code", "long code", "id", "text id", "long number", "zero"),
        ("",) * 6,
        (("007", "12345678901234567890", 2**53 + 1, "9007199254740993", 2**64 + 1, "0.5"), ("42", "1", 1, "2", 1, "0")),
    )

    read = typed(table)

    assert read.types == ("String", "String", "Int64", "Int64", "String", "Double")
    assert read.rows[0] == ("007", "12345678901234567890", 2**53 + 1, 2**53 + 1, str(2**64 + 1), 0.5)


def test_a_child_reads_the_columns_of_a_sample(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("age,name,score,ok\n41,Ada,0.5,true\n42,,1e20,false\n")
    workspace = Workspace(folder=tmp_path, environment={})

    columns, sample = learn_from_sample(workspace, str(tmp_path / "sample.csv"), {})

    assert columns == (
        Column("age", "Int64"),
        Column("name", "String"),
        Column("score", "Double"),
        Column("ok", "Boolean"),
    )
    assert sample.rows == ((41, "Ada", 0.5, True), (42, None, 1e20, False))


def test_what_was_learned_is_known_to_the_next_server(tmp_path: Path) -> None:
    definition = define("iris", {"script": "prep.py"})
    kept = LearnedColumns(tmp_path / "state")
    columns = (Column("a", "Double", nullable=False, categories=("1", "2")),)

    Services([definition], kept.keep).learn("iris", {"input1": columns}, {"output1": columns})

    known = LearnedColumns(tmp_path / "state").applied(definition)
    assert known.inputs[0].columns == known.outputs["output1"] == columns


def test_what_was_learned_for_another_script_is_not_used(tmp_path: Path) -> None:
    kept = LearnedColumns(tmp_path)
    columns = (Column("a", "Double"),)
    Services([define("iris", {"script": "prep.py"})], kept.keep).learn(
        "iris", {"input1": columns}, {"output1": columns}
    )

    assert kept.applied(define("iris", {"script": "other.py"})).inputs[0].columns == ()


def test_a_script_that_was_edited_is_another_one(tmp_path: Path) -> None:
    script, columns = tmp_path / "prep.py", (Column("a", "Double"),)
    script.write_text("old")
    kept, definition = LearnedColumns(tmp_path), define("iris", {"script": str(script)})
    Services([definition], kept.keep).learn("iris", {"input1": columns}, {"output1": columns})
    before = kept.applied(definition).inputs[0].columns

    script.write_text("new")

    assert (before, kept.applied(definition).inputs[0].columns) == (columns, ())


def test_columns_of_another_sample_are_not_used(tmp_path: Path) -> None:
    kept, definition = LearnedColumns(tmp_path), define("iris", {"script": "prep.py"})
    Services([definition], kept.keep).learn("iris", {"input1": (Column("a", "Double"),)}, {})

    assert kept.applied(definition).inputs[0].columns
    assert LearnedColumns(tmp_path, {"iris": "sample.csv"}).applied(definition).inputs[0].columns == ()


def test_declared_columns_stay(tmp_path: Path) -> None:
    kept = LearnedColumns(tmp_path)
    definition = define("iris", {"script": "prep.py"})
    Services([definition], kept.keep).learn("iris", {"input1": (Column("a", "Double"),)}, {})

    declared = define("iris", {"script": "prep.py", "columns1": {"a": "String"}})

    assert kept.applied(declared).inputs[0].columns == (Column("a", "String"),)


def test_a_file_that_is_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "columns.json").write_text("{")

    with pytest.raises(SettingError, match="cannot be read"):
        LearnedColumns(tmp_path).applied(define("iris", {"script": "prep.py"}))


def test_what_cannot_be_written_fails_no_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = LearnedColumns(tmp_path / "file" / "state")
    services = Services([define("iris", {"script": "prep.py"})], kept.try_keep)

    with caplog.at_level("WARNING", logger="blobprep.service"):
        services.learn("iris", {"input1": (Column("a", "Double"),)}, {})

    assert services.named("iris").inputs[0].columns
    assert "what was learned of iris is not kept" in caplog.text
