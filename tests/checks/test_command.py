from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from blobprep.cli import main

OLD = "def azureml_main(a):\n    print a.ix[rows]\n    return a,\n"
NEW = "def azureml_main(a):\n    print(a.ix[rows])\n    return a,\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with an old script."""
    monkeypatch.chdir(tmp_path)
    Path("s.py").write_text(OLD)
    return tmp_path


def test_findings_are_printed_with_place_code_and_remedy(capsys) -> None:
    assert main(["check", "s.py"]) == 9

    shown = capsys.readouterr().out
    assert shown.startswith("s.py\n  ✗ 2:5      BP101  print is used as a statement\n")
    assert "  ✗ 2:11     BP201  pandas.DataFrame.ix was removed in pandas 1.0\n" in shown
    summary, verdict = shown.splitlines()[-2:]
    assert summary == "2 errors in 1 file, 1 fixable with --fix"
    assert verdict == "it runs as it is: the classic runtime restores what is missing"


def test_findings_are_one_document(capsys) -> None:
    assert main(["check", "s.py", "--json"]) == 9

    document = json.loads(capsys.readouterr().out)
    assert document["exit"] == 9
    assert document["counts"] == {"error": 2, "warning": 0, "note": 0}
    assert document["findings"][0] == {
        "code": "BP101",
        "level": "error",
        "path": "s.py",
        "line": 2,
        "column": 5,
        "message": "print is used as a statement",
        "remedy": "write print(…)",
        "fixable": True,
    }


def test_notes_alone_end_with_0(capsys) -> None:
    Path("s.py").write_text("def azureml_main(a, b):\n    return a, b\n")

    assert main(["check", "s.py"]) == 0
    assert "BP706" in capsys.readouterr().out
    assert main(["check", "s.py", "-q"]) == 0
    assert capsys.readouterr().out == ""


def test_diff_shows_and_changes_nothing(capsys) -> None:
    assert main(["check", "s.py", "--diff", "--no-comments"]) == 9

    shown = capsys.readouterr()
    assert shown.out.splitlines()[2:] == [
        "@@ -1,3 +1,3 @@",
        " def azureml_main(a):",
        "-    print a.ix[rows]",
        "+    print(a.ix[rows])",
        "     return a,",
    ]
    assert shown.err == "blobprep: 1 fixable with --fix, 1 left for you to fix; nothing was written\n"
    assert Path("s.py").read_text() == OLD


def test_fix_asks_first(capsys, monkeypatch) -> None:
    assert main(["check", "s.py", "--fix"]) == 2
    assert "--yes" in capsys.readouterr().err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert main(["check", "s.py", "--fix"]) == 9
    assert Path("s.py").read_text() == OLD
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert main(["check", "s.py", "--fix", "--no-comments"]) == 9
    assert Path("s.py").read_text() == NEW
    assert "1 fixed, 1 left for you to fix; wrote s.py" in capsys.readouterr().err


def test_fix_without_questions_leaves_comments_and_a_backup(capsys) -> None:
    assert main(["check", "s.py", "--fix", "--yes", "--json"]) == 9

    document = json.loads(capsys.readouterr().out)
    assert document["written"] == ["s.py"]
    assert document["diff"].startswith("--- s.py\n")
    assert "  # blobprep: BP201 use .loc" in Path("s.py").read_text()
    assert Path("s.py.bak").read_text() == OLD


def test_fix_ends_with_0_when_nothing_is_left(capsys) -> None:
    Path("s.py").write_text("def azureml_main(a):\n    print 1\n    return a\n")

    assert main(["check", "s.py", "--fix", "--yes", "--no-backup", "--output", "new.py"]) == 0
    assert main(["check", "new.py"]) == 0
    assert sorted(each.name for each in Path().iterdir()) == ["new.py", "s.py"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.py"], 3, "no file"),
        (["s.py", "--bundle", "s.py"], 3, "not a zip"),
        (["s.py", "--fix", "--json"], 2, "--yes"),
        (["s.py", "--fix", "--yes", "--output", "s.py"], 6, "exists already"),
        (["s.py", "az://UPPER/x"], 2, "not a valid container name"),
    ],
)
def test_an_error_is_told_like_every_other(capsys, arguments: list[str], code: int, message: str) -> None:
    assert main(["check", *arguments]) == code

    shown = capsys.readouterr()
    assert message in shown.out + shown.err
    assert Path("s.py").read_text() == OLD


def test_names_in_a_zip_cannot_move_the_cursor(capsys, tmp_path) -> None:
    import zipfile

    with zipfile.ZipFile("b.zip", "w") as archive:
        archive.writestr("a\u202e.py", "print 1\n")

    assert main(["check", "b.zip"]) == 9
    assert "\u202e" not in capsys.readouterr().out
