from __future__ import annotations

import ast
import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tests.checks.reading import codes, findings, fixed

SYNTAX = [
    ("print", "print()", ["BP101"]),
    ('print "a"', 'print("a")', ["BP101"]),
    ('print"a"', 'print("a")', ["BP101"]),
    ("print a, b", "print(a, b)", ["BP101"]),
    ("print a,", "print(a, end=' ')", ["BP101"]),
    ("print a, ; b = 1", "print(a, end=' ') ; b = 1", ["BP101"]),
    ("print >>f, a", "print(a, file=f)", ["BP101"]),
    ("print >> sys.stderr, a, b,", "print(a, b, end=' ', file=sys.stderr)", ["BP101"]),
    ("print >>f", "print(file=f)", ["BP101"]),
    ("print (a), b", "print((a), b)", ["BP101"]),
    ('print ("%d") % a', 'print(("%d") % a)', ["BP101"]),
    ("print -1", "print(-1)", ["BP101"]),
    ("print [1, 2]", "print([1, 2])", ["BP101"]),
    ("print not a", "print(not a)", ["BP101"]),
    ("print (a)", "print (a)", []),
    ("print(a, b)", "print(a, b)", []),
    ("if a: print b", "if a: print(b)", ["BP101"]),
    ("print a # why", "print(a) # why", ["BP101"]),
    ('print "a" \\\n  "b"', 'print("a" \\\n  "b")', ["BP101"]),
    ("try: pass\nexcept A, e: pass", "try: pass\nexcept A as e: pass", ["BP102"]),
    ("try: pass\nexcept (A, B), e: pass", "try: pass\nexcept (A, B) as e: pass", ["BP102"]),
    ("try: pass\nexcept A: pass", "try: pass\nexcept A: pass", []),
    ("x = `a + 1`", "x = repr(a + 1)", ["BP103"]),
    ("x = a <> b", "x = a != b", ["BP104"]),
    ("exec code", "exec(code)", ["BP105"]),
    ("exec code in names", "exec(code, names)", ["BP105"]),
    ("exec code in names, local", "exec(code, names, local)", ["BP105"]),
    ("exec(code) in names", "exec(code, names)", ["BP105"]),
    ("exec make(code)", "exec(make(code))", ["BP105"]),
    ("exec make(code) in a.b, c", "exec(make(code), a.b, c)", ["BP105"]),
    ("exec(code)", "exec(code)", []),
    ("x = 10L + 0xFFl + 0777 + 0 + 0L", "x = 10 + 0xFF + 0o777 + 0 + 0", ["BP106"] * 4),
    ("raise E, 'why'", "raise E('why')", ["BP107"]),
    ("raise E, 'why %s' % a", "raise E('why %s' % a)", ["BP107"]),
    ("raise E, value", "raise E(value)", ["BP107"]),
    ("raise E, (1, 'why')", "raise E(1, 'why')", ["BP107"]),
    ("raise E, None, tb", "raise E().with_traceback(tb)", ["BP107"]),
    ("raise E, 'why', tb", "raise E('why').with_traceback(tb)", ["BP107"]),
    ('x = ur"a\\b"', 'x = r"a\\b"', ["BP109"]),
    ('x = u"a"', 'x = u"a"', []),
    ("d.has_key(k)", "k in d", ["BP112"]),
    ("x = not d.has_key(k)", "x = not k in d", ["BP112"]),
    ("x = d.has_key(k) == True", "x = (k in d) == True", ["BP112"]),
    ("x = d.has_key((a, b))", "x = (a, b) in d", ["BP112"]),
    ("for k, v in d.iteritems(): pass", "for k, v in d.items(): pass", ["BP113"]),
    ("for i in xrange(3): pass", "for i in range(3): pass", ["BP114"]),
    ("x = isinstance(a, basestring)", "x = isinstance(a, str)", ["BP114"]),
    ("xrange = range\nfor i in xrange(3): pass", "xrange = range\nfor i in xrange(3): pass", []),
    ("from StringIO import StringIO", "from io import StringIO", ["BP115"]),
    ("import StringIO\nx = StringIO.StringIO()", "import io as StringIO\nx = StringIO.StringIO()", ["BP115"]),
    ("import cPickle as pickle, os", "import pickle, os", ["BP115"]),
    ("from itertools import izip", "izip = zip", ["BP116"]),
    ("from itertools import izip, imap as m", "izip, m = zip, map", ["BP116"] * 2),
    ("from itertools import izip, chain", "from itertools import izip, chain", ["BP116"]),
    ("from string import maketrans", "maketrans = str.maketrans", ["BP116"]),
    ("from string import letters", "from string import ascii_letters as letters", ["BP116"]),
    ("from time import clock", "from time import perf_counter as clock", ["BP116"]),
    ("x = sorted(a, cmp=f)", "import functools\nx = sorted(a, key=functools.cmp_to_key(f))", ["BP121"]),
    ("'d'\nfrom __future__ import division\n@a\ndef f(): return reduce(g, h)",
     "'d'\nfrom __future__ import division\nimport functools\n@a\ndef f(): return functools.reduce(g, h)", ["BP114"]),
    ("import functools\nx = reduce(f, reduce(g, h))",
     "import functools\nx = functools.reduce(f, functools.reduce(g, h))", ["BP114"] * 2),
    ("import string\nx = string.join(w, ', ')", "import string\nx = ', '.join(w)", ["BP116"]),
    ("import string\nx = string.join(w)", "import string\nx = ' '.join(w)", ["BP116"]),
    ("import string\nx = string.replace(t, 'a', 'b')", "import string\nx = t.replace('a', 'b')", ["BP116"]),
    ("import string\nx = string.upper(t)", "import string\nx = t.upper()", ["BP116"]),
    ("import string\nx = string.upper(a + b)", "import string\nx = string.upper(a + b)", ["BP116"]),
    ("import string\nx = string.atoi('7')", "import string\nx = int('7')", ["BP116"]),
    ("import urllib\nx = urllib.quote(a)", "import urllib.parse\nimport urllib\nx = urllib.parse.quote(a)", ["BP116"]),
    ("x = '\\Users'", "x = '\\\\Users'", ["BP124"]),
    ("x = [a for a in 1, 2]", "x = [a for a in (1, 2)]", ["BP125"]),
    ("import itertools\nx = itertools.izip(a, b)", "import itertools\nx = zip(a, b)", ["BP116"]),
    ("import string\nx = string.letters", "import string\nx = string.ascii_letters", ["BP116"]),
    ("import time\nx = time.clock()", "import time\nx = time.perf_counter()", ["BP116"]),
    ("it = iter(a)\nx = it.next()", "it = iter(a)\nx = next(it)", ["BP118"]),
    ("x = d.keys()[0]", "x = list(d.keys())[0]", ["BP119"]),
    ("x = zip(a, b)[1:]", "x = list(zip(a, b))[1:]", ["BP119"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "found"), SYNTAX, ids=[old for old, _, _ in SYNTAX])
def test_python_2_is_found_and_rewritten(old: str, new: str, found: list[str]) -> None:
    assert codes(old) == found
    if found:
        assert fixed(old) == new
        ast.parse(new)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f(a, (b, c)):\n    return b", "BP108"),
        ("f = lambda (a, b): a", "BP108"),
        ("raise kind, value, tb", "BP107"),
        ("f(async=True)", "BP111"),
        ("x = raw_input()", "BP114"),
        ("x = text.encode('base64')", "BP120"),
        ("x = sorted(a, cmp=f, key=g)", "BP121"),
        ("from string import joinfields", "BP116") if False else ("try: pass\nexcept E, (a, b): pass", "BP102"),
    ],
)
def test_what_needs_a_decision_is_found_and_left(text: str, code: str) -> None:
    (found,) = findings(text)

    assert (found.code, found.fixable) == (code, False)
    assert fixed(text) == text


def test_division_is_reported_where_it_is_certain_and_where_it_may_be() -> None:
    old = "print 1\n"

    assert codes(f"{old}x = len(a) / 2") == ["BP101", "BP117"]
    assert codes(f"{old}x = len(a) / 2.0") == ["BP101"]
    assert codes(f"{old}x = total / count") == ["BP101", "BP126"]
    assert codes(f"{old}x = total / 2.0 / count + float(a) / b + c.mean() / d") == ["BP101"]
    assert codes(f"import pandas as pd\n{old}x = pd.Series([1])\ny = x / 2 + 1 / x") == ["BP101"]
    assert codes("x = len(a) / 2") == []
    assert codes("from __future__ import division\nprint 1\nx = 1 / 2") == ["BP101"]


def test_division_is_mended_together_with_the_syntax_that_tells_the_language() -> None:
    assert fixed("print 7 / 2\n") == "print(7 // 2)\n"


def test_places_are_those_of_the_text_as_it_is_and_not_as_it_becomes() -> None:
    text = "print 'é', `x`; y = a.ix[0]; z = frame.ix[1]\n"

    (statement, backticks, first, second) = findings(text)

    assert (statement.line, statement.column) == (1, 1)
    assert text[backticks.column - 1 :].startswith("`x`")
    assert text[first.column - 1 :].startswith("a.ix")
    assert text[second.column - 1 :].startswith("frame.ix")


def test_tabs_are_expanded_as_python_2_saw_them_and_those_in_strings_stay() -> None:
    text = 'if a:\n    b = 1\nif c:\n\td = """\n\tx"""\n    \te = 1\n'

    assert "BP110" in codes(text)
    assert fixed(text) == 'if a:\n    b = 1\nif c:\n        d = """\n\tx"""\n        e = 1\n'


def test_what_is_neither_is_said_with_its_line() -> None:
    (found,) = findings("a = 1\nthis is no python\n")

    assert (found.code, found.line) == ("BP001", 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_kept(end: str) -> None:
    text = f"x = 1{end}print x{end}"

    assert [(each.code, each.line) for each in findings(text)] == [("BP101", 2)]
    assert fixed(text) == f"x = 1{end}print(x){end}"


def test_a_mended_script_says_what_it_said_in_python_2() -> None:
    """`language.txt` is what Python 2.7.18 printed."""
    folder = Path(__file__).parent / "python2"
    text = fixed((folder / "language.py").read_text())

    with redirect_stdout(io.StringIO()) as out:
        exec(compile(text, "language.py", "exec"), {"__name__": "language"})

    assert out.getvalue() == (folder / "language.txt").read_text()
