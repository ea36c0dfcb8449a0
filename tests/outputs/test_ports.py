"""The table of outputs, and that no other module knows what it says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest

import blobprep
from blobprep.manifest import OutputRecord
from blobprep.outputs.ports import PORTS, port_of
from blobprep.runs.options import RunOptions

HOUSE = Path(blobprep.__file__).parent
SPELLED = re.compile(r"figures/|artifacts/|\blog\.txt|\bscript\.py|^results2?(\.|\{)|\breport\.html|\bmanifest\.json")
HOMES = {"outputs/ports.py", "manifest.py"}  # the manifest's readers need no other room for its name


def record(port: str, name: str) -> OutputRecord:
    return OutputRecord(port, name, f"az://work/out/{name}", "0x1", 1, "")


def test_the_schema_of_the_manifest_knows_the_ports_of_the_table_and_no_other() -> None:
    schema = json.loads((files("blobprep") / "manifest.schema.json").read_text())
    ports = schema["properties"]["outputs"]["items"]["properties"]["port"]["enum"]
    assert ports == list(dict.fromkeys(row.port for row in PORTS.values() if row.port))


def test_every_option_that_asks_for_an_output_is_an_option_of_a_run() -> None:
    assert {row.option for row in PORTS.values() if row.option} <= {option.name for option in fields(RunOptions)}


@pytest.mark.parametrize(
    ("port", "name", "row"),
    [
        ("results", "results.csv", "results"),
        ("results2", "results2.parquet", "results2"),
        ("device", "figures/log.txt", "figure"),
        ("device", "log.txt", "log"),
        ("artifact", "artifacts/{name}", "artifact"),
        ("script", "script.py", "script"),
        ("report", "report.html", "report"),
    ],
)
def test_a_record_has_one_row(port: str, name: str, row: str) -> None:
    assert port_of(record(port, name)).name == row
    assert [known.name for known in PORTS.values() if known.records([record(port, name)])] == [row]


def test_the_name_of_a_blob_is_read_back_from_its_record() -> None:
    row = PORTS["artifact"]
    name = row.blob_name("deep/{x}.pkl")
    assert name == "artifacts/deep/{x}.pkl"
    assert name.removeprefix(row.folder) == "deep/{x}.pkl"


def test_no_other_module_spells_the_names_of_outputs() -> None:
    spelled = {
        path.relative_to(HOUSE).as_posix(): texts
        for path in HOUSE.rglob("*.py")
        if "legacy" not in path.parts and (texts := [text for text in _texts(path) if SPELLED.search(text)])
    }
    assert set(spelled) == HOMES, spelled


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module; not its docstrings, which are for people."""
    tree = ast.parse(path.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value
