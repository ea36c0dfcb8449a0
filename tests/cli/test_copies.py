"""`blobprep cp` with patterns, and `blobprep sync`: what they print, and how they end."""

from __future__ import annotations

import json

import pytest

from blobprep.cli import main
from blobprep.settings import SETTINGS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a folder account that holds `az://raw/x/1.csv`, `2.csv` and `3.txt`, and `az://copy`."""
    (tmp_path / "blobs" / "raw" / "x").mkdir(parents=True)
    (tmp_path / "blobs" / "copy").mkdir()
    for name in ("1.csv", "2.csv", "3.txt"):
        (tmp_path / "blobs" / "raw" / "x" / name).write_text(name)
    (tmp_path / "blobprep.toml").write_text('[accounts.dev]\nfolder = "blobs"\n')
    for row in SETTINGS:
        for name in row.environment:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_job_prints_a_line_for_each_copy_and_the_counts(folder, capsys):
    assert main(["cp", "az://raw/x/*.csv", "az://copy/", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "would copy az://raw/x/1.csv → az://copy/1.csv  5 B",
        "would copy az://raw/x/2.csv → az://copy/2.csv  5 B",
        "2 matched: 2 to do",
    ]
    assert main(["cp", "az://raw/x/1.csv", "az://copy/"]) == 0
    capsys.readouterr()
    assert main(["cp", "az://raw/x/*.csv", "az://copy/", "--resume", "-v"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "equal az://raw/x/1.csv → az://copy/1.csv  5 B",
        "az://raw/x/2.csv → az://copy/2.csv  5 B",
        "2 matched: 1 copied, 1 equal  5 B",
    ]
    assert main(["cp", "az://raw/x/*.csv", "az://copy/", "--resume", "-q"]) == 0
    assert capsys.readouterr().out == ""


def test_sync_says_what_it_deletes(folder, capsys):
    (folder / "blobs" / "copy" / "old").write_text("old")

    assert main(["sync", "az://raw/x/", "az://copy/", "--delete", "--dry-run"]) == 0
    assert "would delete az://copy/old  3 B\n4 matched: 4 to do" in capsys.readouterr().out
    assert main(["sync", "az://raw/x/", "az://copy/", "--delete"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "deleted az://copy/old  3 B",
        "4 matched: 3 copied, 1 deleted  15 B",
    ]


def test_a_job_with_failures_ends_with_8_and_tells_all(folder, capsys):
    (folder / "blobs" / "copy" / "1.csv").write_text("other")

    assert main(["cp", "az://raw/x/*.csv", "az://copy/", "--resume", "--json"]) == 8
    told = json.loads(capsys.readouterr().out)
    assert main(["cp", "az://raw/x/*.csv", "az://copy/", "--resume"]) == 8
    shown = capsys.readouterr()

    assert told["status"] == "failed"
    assert told["counts"] == {"matched": 2, "copied": 1, "skipped": 0, "deleted": 0, "failed": 1, "pending": 0}
    assert [copy["status"] for copy in told["copies"]] == ["failed", "copied"]
    assert told["copies"][0]["error"]["code"] == "OutputExists"
    assert shown.out.splitlines() == ["2 matched: 1 equal, 1 failed"]
    assert "blobprep: az://copy/1.csv exists already\n  choose another name, or replace" in shown.err


def test_a_plain_copy_prints_a_list(folder, capsys):
    assert main(["cp", "az://raw/x/", "out/", "--json"]) == 0

    assert [copy["target"] for copy in json.loads(capsys.readouterr().out)] == ["out/1.csv", "out/2.csv", "out/3.txt"]


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["cp", "az://raw/none/*", "az://copy/"], 3, "no blob matches az://raw/none/*"),
        (["cp", "az://raw/x/*", "az://copy/", "--max-failures", "few"], 2, "max_failures is 'few'"),
        (["cp", "az://raw/x/*", "az://copy/", "--check", "date"], 2, "date"),
        (["sync", "az://raw/x/1.csv", "az://copy/"], 2, "is one blob, but sync takes a prefix"),
        (["sync", "az://raw/x/", "az://none/"], 6, "its container does not exist"),
    ],
)
def test_what_cannot_begin_says_why(folder, capsys, arguments, code, expected):
    assert main(arguments) == code
    assert expected in capsys.readouterr().err


def test_a_pattern_of_local_files_is_told_what_copies_them(folder, capsys):
    assert main(["cp", "blobs/raw/x/*.csv", "az://copy/"]) == 3
    assert "name one file or its folder" in capsys.readouterr().err
