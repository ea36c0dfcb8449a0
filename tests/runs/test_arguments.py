"""What a caller of `blobprep.run` passes, divided into text and the rest."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pyarrow as pa
import pytest

import blobprep
from blobprep.runs.arguments import NO_OBJECTS, read_arguments
from blobprep.runs.options import OPTIONS, RunOptions

SAS = "sv=2024-01-01&sp=r&sig=c4n4ry"


def test_texts_paths_and_numbers_are_options() -> None:
    options, given = read_arguments(
        {
            "script": Path("prep.py"),
            "dataset1": "pima",
            "output": Path("out"),
            "parameters": {"year": 2024},
            "read1": None,
        }
    )
    assert options == RunOptions("prep.py", "pima", output="out", parameters={"year": "2024"})
    assert given == NO_OBJECTS


def test_what_is_no_text_or_carries_a_token_is_beside_the_options() -> None:
    table, function = pa.table({"a": ["c4n4ry"]}), len
    reference = f"https://contoso.blob.core.windows.net/raw/b.csv?{SAS}"

    options, given = read_arguments({"script": function, "dataset1": table, "dataset2": reference, "output": reference})

    assert [given.of(options, name) for name in ("script", "dataset1", "dataset2", "output", "bundle")] == [
        *(function, table, reference, reference, None)
    ]
    bare = reference.partition("?")[0]
    assert options == RunOptions("", None, bare, output=bare)
    assert "c4n4ry" not in json.dumps(options.to_json()) + repr(given)


def test_an_unknown_argument_is_a_type_error_that_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="'artefacts'; did you mean 'artifacts'"):
        blobprep.run("prep.py", artefacts=["model"])  # type: ignore[call-arg]


def test_the_signature_and_the_documentation_of_run_show_every_option() -> None:
    parameters = inspect.signature(blobprep.run).parameters
    assert list(parameters) == [*OPTIONS, "workspace", "echo", "progress", "stage", "on_progress"]
    assert parameters["duplicate_suffix"].default == 1
    assert parameters["limits"].annotation == "Mapping[str, object] | None"

    told = inspect.getdoc(blobprep.run) or ""
    assert [name for name in OPTIONS if f" {name}: " not in told] == []
    assert told.index(" debugger: ") < told.index("Returns:")
