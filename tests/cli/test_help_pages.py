"""The help of a command with sections."""

from __future__ import annotations

import re
import shlex

import pytest

from blobprep.cli import main
from blobprep.cli.app import command
from blobprep.cli.options import SECTIONS
from blobprep.runs.option_kinds import GROUPS

COMMANDS = command().commands


def test_the_sections_of_every_command_are_those_of_run() -> None:
    of_others = ("Batch", "Service", "Server", "Keys")

    assert ("Arguments", *GROUPS, "General") == tuple(section for section in SECTIONS if section not in of_others)


def test_the_help_of_run_has_sections_in_order_and_ends_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--help"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("Usage: blobprep run [OPTIONS] SCRIPT [DATASET1] [DATASET2]\n")
    assert re.findall(r"^(\w+):$", shown, re.MULTILINE) == ["Arguments", *GROUPS, "General", "Examples"]
    access = shown[shown.index("\nAccess:") : shown.index("\nGeneral:")]
    assert "--allow-host" in access
    assert "--account" in access


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_plain_arguments_and_ends_with_examples_that_are_understood(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main([name, "--help"]) == 0

    shown = capsys.readouterr().out
    assert not re.search(r"[\[{][\[{]|\]\]|[{}]", shown.splitlines()[0])
    titles = re.findall(r"^(\w+):$", shown, re.MULTILINE)
    assert titles == [title for title in (*SECTIONS, "Examples") if title in titles]
    examples = shown.partition("\nExamples:\n")[2].splitlines()
    assert examples
    for example in examples:
        program, command_name, *arguments = shlex.split(example)
        assert (program, command_name) == ("blobprep", name)
        assert COMMANDS[name].make_context(name, arguments).params["config"] is None
