"""What a person at a terminal sees: the tables and findings of the documents, fitted to the width of the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blobprep.cli.terminal import fit_columns
from tests.cli.pseudo_terminal import controls, piped_by, plain, shown_by

LONG = "n" * 120
COLOR = re.compile(r"\x1b\[(?:[0-9;]*;)?3[0-9]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a folder account that has blobs of unkind names, tables, and an old script."""
    data = tmp_path / "blobs" / "data"
    data.mkdir(parents=True)
    (data / "[red]x[").mkdir()
    for name in ("[red]x[/red]", "\x1b[2Jcleared", ":smile:", LONG):
        (data / name).write_text("1")
    (tmp_path / "blobprep.toml").write_text('default_account = "dev"\n[accounts.dev]\nfolder = "blobs"\n')
    wide = ",".join(f"column_{number}" for number in range(30))
    (tmp_path / "wide.csv").write_text(f"{wide}\n{','.join('x' * 10 for _ in range(30))}\n")
    (tmp_path / "odd.csv").write_text(f'a,b\n[bold]1[/bold],"{LONG}"\n\x1b[31mred,\u202etx.exe\n')
    (tmp_path / "s.py").write_text("def azureml_main(a):\n    print a.ix[rows]\n    return a,\n")
    return tmp_path


COMMANDS = [
    ("ls", "az://"),
    ("ls", "-r", "az://data/"),
    ("ls", "-r", "./"),
    ("head", "odd.csv"),
    ("head", "wide.csv"),
    ("settings",),
    ("doctor", "az://data/[red]x[/red]"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments)[:12])
def test_a_terminal_that_is_wide_enough_shows_what_a_pipe_gets(folder: Path, arguments: tuple[str, ...]) -> None:
    shown = shown_by(folder, *arguments, columns=1000)

    assert plain(shown) == piped_by(folder, *arguments)
    assert controls(shown) == set()


def test_findings_of_check_stand_where_the_documents_show_them(folder: Path) -> None:
    shown = shown_by(folder, "check", "s.py", code=9)

    assert plain(shown) == piped_by(folder, "check", "s.py")
    assert "\x1b[31m✗" in shown


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments)[:12])
@pytest.mark.parametrize("columns", [60, 20])
def test_what_strangers_wrote_neither_moves_the_cursor_nor_is_read_as_markup(
    folder: Path, arguments: tuple[str, ...], columns: int
) -> None:
    shown = shown_by(folder, *arguments, columns=columns)

    assert controls(shown) == set()
    assert "\u202e" not in shown
    if arguments[0] == "ls":
        assert {"ls", "-r"} - set(arguments) or (":smile:" in shown and (columns < 30 or "[red]x[/red]" in shown))


def test_long_cells_are_cut_on_a_terminal_alone(folder: Path) -> None:
    shown = plain(shown_by(folder, "ls", "az://data/", columns=60))

    assert all(len(line) <= 60 for line in shown.splitlines())
    assert LONG not in shown
    assert "nnn…\n" in shown
    assert LONG in piped_by(folder, "ls", "az://data/")


def test_a_table_with_more_columns_than_fit_is_shown_in_parts(folder: Path) -> None:
    shown = plain(shown_by(folder, "head", "wide.csv", columns=80))

    assert all(len(line) <= 80 for line in shown.splitlines())
    assert [name for name in (f"column_{number}" for number in range(30)) if not re.search(rf"\b{name}\b", shown)] == []
    assert len(re.findall(r"^string", shown, re.MULTILINE)) > 3
    assert shown.endswith("1 of 1 rows\n")


@pytest.mark.parametrize(
    ("variables", "flags"),
    [({"TERM": "dumb"}, ()), ({}, ("--quiet",)), ({}, ("--json",)), ({"TTY_COMPATIBLE": "0"}, ())],
    ids=["dumb", "quiet", "json", "incompatible"],
)
def test_plain_lines_are_the_same_as_in_a_pipe(folder: Path, variables: dict[str, str], flags: tuple[str, ...]) -> None:
    arguments = ("ls", "az://data/", *flags)

    assert shown_by(folder, *arguments, columns=60, variables=variables) == piped_by(folder, *arguments)


def test_no_color_is_shown_where_the_user_wants_none(folder: Path) -> None:
    assert COLOR.search(shown_by(folder, "check", "s.py", code=9))
    assert not COLOR.search(shown_by(folder, "check", "s.py", code=9, variables={"NO_COLOR": "1"}))


def test_sentences_are_wrapped_beside_the_mark_and_remedies_stay_whole(folder: Path) -> None:
    (folder / "s.py").write_text("import nowhere\ndef azureml_main(a, b):\n    return a, b\n")
    remedy = "put it into the bundle (--bundle ZIP|FOLDER), or install it beside blobprep"

    shown = plain(shown_by(folder, "check", "s.py", code=9, columns=60))

    assert shown.splitlines()[1:4] == [
        "  ✗ 1:1      BP801  the module nowhere is not installed, and",
        " " * 20 + "no bundle is connected",
        " " * 20 + remedy,
    ]


@pytest.mark.parametrize(
    ("natural", "room", "parts"),
    [
        ([1], 80, [{0: 1}]),
        ([200], 80, [{0: 80}]),
        ([8, 20, 200], 60, [{0: 8, 1: 20, 2: 28}]),
        ([300, 300], 5, [{0: 5}, {1: 5}]),
        ([0, 0], 80, [{0: 0, 1: 0}]),
    ],
)
def test_columns_are_fitted(natural: list[int], room: int, parts: list[dict[int, int]]) -> None:
    assert fit_columns(natural, room) == parts
