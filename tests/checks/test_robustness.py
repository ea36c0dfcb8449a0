"""Whatever the bytes: findings or an error of ours, places within the text, and edits that Python reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.checks.fixes import CheckedFile, fix_file
from blobprep.lint import DecodingError, Edit, apply_edits, choose_disjoint, examine, python2_nodes, read_source
from blobprep.lint.edit_map import EditMap
from blobprep.lint.source import Source
from tests.checks.reading import SCRIPTS

PIECES = [
    "print", " ", "\n", "\t", "    ", "(", ")", "[", "]", "'", '"""', "`", "<>", ",", ":", ";", "\\", "#", "x", "df",
            ".ix",
    ".append(", ".sort(", "=", "lambda", "def f(", "class A", "try:", "except", "raise", "exec", "in", "import", "from",
    "urllib2", "pandas as pd", "pd.", "rolling_mean(", "0777", "10L", "ur'", "é", "\r", "\r\n", "\x0c", "async",
            "return",
    "azureml_main", "for", "if", "else", "not", ">>", "%", "-", "*", "**", "{", "}", "@", "\ufeff", "\u2028",
]  # fmt: skip
CORPUS = [path.read_bytes() for path in sorted(SCRIPTS.glob("*.py"))]


def look(raw: bytes) -> None:
    try:
        source = read_source("x.py", raw)
    except DecodingError:
        return
    examined = examine(source)
    for each in examined.findings:
        assert 0 <= each.line <= len(source.starts)
        assert each.line <= each.end_line
        assert 0 <= each.column <= len(source.line(each.line).decode()) + 2 if each.line else each.column == 0
    made = fix_file(CheckedFile(source, True, None, examined.findings), comments=True)
    # What stands in the way of Python is of these codes; where all of it is mechanical, nothing may be left of it.
    if made is not None and all(each.fixable for each in examined.findings if each.code < "BP112"):
        assert not any(each.code < "BP112" for each in examine(read_source("x.py", made.data)).findings)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(raw: bytes) -> None:
    look(raw)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_heap_of_words_is_read(text: str) -> None:
    look(text.encode())


@given(st.sampled_from(CORPUS), st.integers(0, 1500), st.integers(0, 40), st.sampled_from(PIECES))
def test_classic_scripts_that_were_cut_and_pasted_are_read(script: bytes, start: int, length: int, piece: str) -> None:
    look(script[:start] + piece.encode() + script[start + length :])


@pytest.mark.parametrize(
    "text",
    ["x = " + "(" * 5000, "x = " + "[" * 3000 + "]" * 3000, "x = " + "not " * 20_000 + "1",
            "x = " + "a." * 20_000 + "a",
     "x = " + "1 + " * 20_000 + "1", "".join(" " * n + "if 1:\n" for n in range(150)), "`" * 999, "print " * 3000,
     "x = 1\n" + "elif 1: pass\n" * 3000, "x = " + "lambda: " * 5000 + "1", "x" * 100_000, "\\\n" * 999],
    ids=range(12),
)  # fmt: skip
def test_deep_nesting_does_no_harm(text: str) -> None:
    look(text.encode())


@pytest.mark.slow
def test_many_functions_that_are_alike_take_no_hours() -> None:
    # With work that grows with the square of their number it would meet the limit on every test's time.
    examined = examine(read_source("x.py", b"def f(a): return a\n" * 12_000))

    # A machine that is slow, or at work, may give the text up; that is said, and no time is asserted.
    assert [each.code for each in examined.findings] in (["BP701"], ["BP003"])


def test_what_is_found_often_in_one_function_is_found_each_time() -> None:
    # Each with work that grows with the function, or the file, would take longer than a file may.
    lines = "    a = df.ix[0]\n" * 3000 + "    from sklearn import cross_validation as c\n" * 3000
    codes = [each.code for each in examine(read_source("x.py", f"def azureml_main(df):\n{lines}".encode())).findings]

    assert (codes.count("BP201"), codes.count("BP401")) == (3000, 3000)


def test_spaces_of_a_web_page_are_found_in_every_line() -> None:
    lines = '\u00a0\u00a0x = """\u00a0\n\u00a0"""  # \u00a0\n' * 500
    text = "def f():\n" + lines + "  y = \u201ca\u201d\u200b\n"
    source = read_source("x.py", text.encode())
    made = fix_file(CheckedFile(source, False, None, ()), comments=False)

    assert [each.code for each in examine(source, is_script=False).findings] == ["BP005"] * 501
    assert made is not None
    assert made.after == "def f():\n" + lines.replace("\u00a0\u00a0x", "  x") + '  y = "a"\n'


@given(st.text("abc\n", max_size=30), st.data())
def test_an_offset_behind_edits_leads_back(text: str, data: st.DataObject) -> None:
    source = Source("x.py", text.encode())
    size = len(source.data)
    bounds = st.integers(0, size)
    drawn = data.draw(st.lists(st.tuples(bounds, bounds, st.sampled_from(["", "ab", "long"])), max_size=5))
    edits = choose_disjoint([(Edit(min(a, b), max(a, b), new),) for a, b, new in drawn])
    made = apply_edits(source, edits)
    for offset in range(len(made.data)):
        back = EditMap(edits).back(offset)
        assert 0 <= back <= size
        if not any(edit.start <= back <= edit.end for edit in edits):
            assert source.data[back] == made.data[offset]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("print 1\n" + "\\\n" * 5000, 0.05),  # tree-sitter reads continued lines in the square of their number
        ("f(" + "1L, " * 60_000 + ")", 0.1),  # it reads these at once, and each is something to tell
    ],
    ids=["reading", "looking"],
)
def test_a_text_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setattr(python2_nodes, "SECONDS", seconds)

    (found,) = examine(read_source("x.py", text.encode())).findings

    assert (found.code, found.message) == ("BP003", "the code takes too long to be checked")
