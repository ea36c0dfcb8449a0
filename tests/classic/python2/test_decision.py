from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

from blobprep import python2_names
from blobprep.classic.python2.loader import compile_source, summarize
from blobprep.lint.evidence import find_evidence
from blobprep.lint.removed_python import BUILTINS, PYTHON

WORKING = [
    "try:\n    unicode\nexcept NameError:\n    unicode = str\nx = unicode(1)\n",
    "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\n",
    "import sys\nif sys.version_info[0] < 3:\n    text = unicode\nelse:\n    text = str\n",
    "def never():\n    return xrange(3) / 2\n",
    "xrange = range\ny = [i / 2 for i in xrange(3)]\n",
    "def azureml_main(a=None):\n    if a is None:\n        return raw_input()\n    return a,\n",
    "class long(int): pass\nx = long(7) / 2\n",
    "from os import *\ndef f(): return xrange(1)\n",
    "x = 'xrange and unicode in a text'\n",
    "def reduce(f, xs): return 7 / 2\nprint(reduce(None, []))\n",
    "import string, sys\nx = string.ascii_letters\nif hasattr(sys, 'maxint'): y = sys.maxint\n",
    "import sys\nsys.maxint = sys.maxsize\nx = sys.maxint\n",
    "import string\ndef azureml_main(string):\n    return string.letters,\n",
    "import pandas as string\ndef azureml_main(a):\n    return string.letters,\n",
    "try:\n    from itertools import izip\nexcept ImportError:\n    izip = zip\n",
    "d = object()\nx = lambda: d.iteritems()\n",
]


@pytest.mark.parametrize("text", WORKING)
def test_what_works_in_python_3_is_compiled_as_it_is(text: str) -> None:
    loaded = compile_source(text.encode(), "s.py")

    assert not loaded.reasons
    assert not loaded.is_translated
    assert loaded.code == compile(text, "s.py", "exec", dont_inherit=True)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("import cPickle\n", 1, "cPickle"),
        ("def azureml_main(a):\n    for i in xrange(3):\n        pass\n", 2, "xrange"),
        ("def f(x):\n    return unicode(x)\ndef azureml_main(a):\n    return f(a)\n", 2, "unicode"),
        ("def f(x):\n    return long(x)\ndef azureml_main(a):\n    return a.apply(f)\n", 2, "long"),
        ("d = {}\nfor k in d.iteritems(): pass\n", 2, "iteritems"),
        ("from StringIO import StringIO\n", 1, "StringIO"),
        ("from itertools import chain, izip\n", 1, "izip"),
        ("import string, sys\nT = [sys.maxint]\n", 2, "sys.maxint"),
        ("import string\ndef azureml_main(a):\n    return string.maketrans(a, a)\n", 3, "string.maketrans"),
        ("try:\n    x = reduce(max, [1])\nexcept ValueError:\n    pass\n", 2, "reduce"),
    ],
)
def test_what_would_fail_for_certain_is_python_2(text: str, line: int, word: str) -> None:
    assert find_evidence(ast.parse(text)) == (line, word)
    assert compile_source(text.encode(), "s.py").is_translated


def test_a_module_of_the_bundle_with_an_old_name_is_no_evidence() -> None:
    assert find_evidence(ast.parse("import commands\n"), {"commands"}) is None


def test_the_names_that_a_run_looks_for_are_those_that_check_knows() -> None:
    modules = {name for row in PYTHON if row.code == "BP115" for name in row.names.split()}

    assert BUILTINS.keys() - {"reload"} == python2_names.BUILTINS
    assert modules == python2_names.MODULES

    lost = {f"{module}.{name}" for module, names in python2_names.REMOVED.items() for name in names}
    assert lost <= {name for row in PYTHON if row.code == "BP116" for name in row.names.split()}


def test_names_that_modules_have_lost_are_not_there_and_come_with_python_2() -> None:
    for module, names in python2_names.REMOVED.items():
        for name in names:
            assert not hasattr(importlib.import_module(module), name)
            loaded = compile_source(f"from {module} import {name} as x\n".encode(), "s.py")
            namespace: dict[str, object] = {}
            loaded.prepare(namespace)
            exec(loaded.code, namespace)
            assert namespace["x"]


def test_a_script_in_python_3_loads_nothing_that_reads_python_2() -> None:
    code = (
        "import sys; from blobprep.classic.python2.loader import compile_source\n"
        "compile_source(b'def azureml_main(a): return a / 2', 's.py')\n"
        "print(*(name for name in sys.modules if name.startswith(('blobprep.lint', 'tree_sitter'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert not done.stdout.strip()


def _outcome(source: bytes) -> dict[str, object]:
    loaded = compile_source(source, "s.py")
    names: dict[str, object] = {}
    loaded.prepare(names)
    exec(loaded.code, names)
    return names


def test_shift_jis_is_told_by_its_kana() -> None:
    source = "# データ\nx = u'列の名'\n".encode("cp932")

    assert compile_source(source, "s.py").reasons == (
        "line 1 is not UTF-8 and no encoding is declared: it is read as cp932",
    )
    assert _outcome(source)["x"] == "列の名"


def test_other_bytes_are_those_of_western_windows() -> None:
    source = "x = 'Größe'\n# ƒ‚été\n".encode("cp1252")

    assert "it is read as cp1252" in compile_source(source, "s.py").reasons[0]
    assert _outcome(source)["x"] == "Größe"


def test_a_declared_encoding_is_followed() -> None:
    source = "# -*- coding: cp1252 -*-\nx = 'é'\nprint x\n".encode("cp1252")

    assert len(_outcome(source)["x"]) == 1  # type: ignore[arg-type]


def test_spaces_of_a_web_page_are_plain_spaces() -> None:
    text = "def f(a):\n\u00a0\u00a0\u00a0\u00a0return a\u200b + '\u00a0'\nx = f('y')\n"
    loaded = compile_source(text.encode(), "s.py")

    assert not loaded.is_translated
    assert [reason.partition(":")[0] for reason in loaded.reasons] == ["line 2"]
    assert _outcome(text.encode())["x"] == "y\u00a0"


def test_spaces_of_a_web_page_in_python_2() -> None:
    assert _outcome("x\u00a0= 7 / 2\nprint x\n".encode())["x"] == 3


def test_harmless_lines_of_notebooks_are_left_out_and_others_are_not() -> None:
    assert _outcome(b"%matplotlib inline\nx = 7 / 2\n")["x"] == 3.5
    with pytest.raises(SyntaxError, match=r"s\.py, line 1"):
        compile_source(b"!pip install x\ny = 1\n", "s.py")


def test_the_line_that_shows_python_2_is_none_that_a_notebook_left() -> None:
    loaded = compile_source(b"%matplotlib inline\nx = 1\nprint x\n", "s.py")

    assert loaded.reasons == ("it is Python 2: line 3",)


def test_what_is_neither_is_a_syntax_error_of_python_3() -> None:
    with pytest.raises(SyntaxError) as raised:
        compile_source(b"x = 1\nthis is no Python\n", "s.py")

    assert raised.value.lineno == 2


def test_what_was_changed_is_told_with_its_lines() -> None:
    loaded = compile_source(b"print 1\nx = a / b\nprint 2, 3\n", "s.py")

    assert list(summarize("s.py", loaded)) == [
        "s.py: it is Python 2: line 1",
        "  division of integers: 1 (line 2)",
        "  print statement: 2 (line 1, 3)",
    ]


def test_places_are_those_of_the_source() -> None:
    text = "print 'é', `x`,\\\n  a.b(1 <> 2)\nif 1:\n\ty = undefined / 2\n"
    loaded = compile_source(text.encode(), "s.py")
    lines = {(at[0], at[2]) for at in loaded.code.co_positions() if at[0]}

    assert {line for line, _ in lines} == {1, 2, 3, 4}
    assert (4, 5) in lines  # `undefined` behind one tab
