from __future__ import annotations

import ast

import pytest

from tests.checks.reading import codes, findings, fixed


@pytest.mark.parametrize(
    ("text", "found", "made"),
    [
        ("%matplotlib inline\nx = 1\n", [(1, "BP004")], "# %matplotlib inline\nx = 1\n"),
        ("if x:\n    %matplotlib inline\n", [(2, "BP004")], "if x:\n    pass  # %matplotlib inline\n"),
        ("%%time\nx = 1\n", [(1, "BP004")], "# %%time\nx = 1\n"),
        ("x = 1\nx?\n?x\nx.real??\n", [(2, "BP004"), (3, "BP004"), (4, "BP004")], "x = 1\n# x?\n# ?x\n# x.real??\n"),
        ("!pip install x\n", [(1, "BP004")], None),
        ("files = !ls\n", [(1, "BP004")], None),
        ("%timeit f(x)\n%run other.py\n", [(1, "BP004"), (2, "BP004")], None),
        ("get_ipython().run_line_magic('matplotlib', 'inline')\n", [(1, "BP004")], "pass\n"),
        ("get_ipython().magic(u'matplotlib inline')\n", [(1, "BP004")], "pass\n"),
        ("get_ipython().system('pip install x')\n", [(1, "BP004")], None),
        ("display(x)\n", [(1, "BP004")], "print(x)\n"),
        ("def display(x): pass\ndisplay(x)\n", [], None),
        ("from IPython.core import get_ipython\nget_ipython()\n", [], None),
        ("x = (5\n     %y)\n", [], None),
        ("s = '''\n%matplotlib inline\n!ls\n'''\n", [], None),
        ("x = \u201ca\u201d\n", [(1, "BP005")], 'x = "a"\n'),
        (
            "x = \u201cit\u2019s \u2013 so\u201d \u2013 1  # \u2018\n",
            [(1, "BP005")],
            'x = "it\u2019s \u2013 so" - 1  # \u2018\n',
        ),
        ("x = 'a\u2019' + \u2018b\u2019\n", [(1, "BP005")], "x = 'a\u2019' + 'b'\n"),
        ("def f():\n\u00a0\u00a0return\u00a01\u200b\n", [(2, "BP005")], "def f():\n  return 1\n"),
        ("x = 'a \u2013 \u201cb\u201d'\n", [], None),
        ("x = \u201ca\n", [(1, "BP001"), (1, "BP005")], None),
        ("%matplotlib inline\nprint 1\n", [(1, "BP004"), (2, "BP101")], "# %matplotlib inline\nprint(1)\n"),
        ("print \u201ca\u201d\n", [(1, "BP005"), (1, "BP101")], 'print("a")\n'),
        ("%matplotlib inline\nthis is no python\n", [(1, "BP004"), (2, "BP001")], None),
    ],
)
def test_what_notebooks_and_word_processors_leave_is_found_and_fixed_where_it_is_safe(
    text: str, found: list[tuple[int, str]], made: str | None
) -> None:
    assert sorted((each.line, each.code) for each in findings(text)) == found
    if made is not None:
        assert fixed(text) == made
        ast.parse(made)
    elif "BP001" not in codes(text):
        assert fixed(text) == text


def test_a_whole_notebook_is_fixed_at_once() -> None:
    text = "".join(f"%matplotlib inline\nx{number} = \u201c{number}\u201d\n" for number in range(40))

    made = fixed(text)

    assert codes(made) == []
    assert [each.value.value for each in ast.parse(made).body if isinstance(each, ast.Assign)] == [  # type: ignore[attr-defined]
        str(number) for number in range(40)
    ]


def test_what_a_person_decides_is_marked() -> None:
    marked = fixed("%matplotlib inline\n!pip install x\nimport numpy as np\n", comments=True).splitlines()

    assert marked[0] == "# %matplotlib inline"
    assert marked[1].startswith("!pip install x  # blobprep: BP004 remove it, and install the package")
