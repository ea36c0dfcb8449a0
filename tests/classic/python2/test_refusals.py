from __future__ import annotations

import pytest

from blobprep.classic.python2.errors import Python2Error
from blobprep.classic.python2.loader import compile_source

REFUSED = [
    ("x = hash('a')", "hash() of a text"),
    ("import random\nrandom.seed('a')", "random.seed('a') gives other numbers"),
    ("import random\nrandom.jumpahead(3)", "random.jumpahead was removed"),
    ("def f():\n    exec 'y = 1'\nf()", "exec in a function binds names"),
    ("x = u'\\xe9'.decode('latin-1')", "in an encoding that the text does not tell"),
    ("x = '\\xff' == u'\\xe9'", "bytes are compared with the text"),
    ("x = '%s' % ('\\xff' + '{}').format(1)", "bytes are used as a format"),
    ("import hashlib\nx = hashlib.md5(u'\\xe9')", "text with other letters than ASCII"),
    ("class S(object):\n    def __getslice__(self, a, b): return 1", "S.__getslice__ is not called by Python 3"),
]


@pytest.mark.parametrize(("code", "message"), REFUSED, ids=[code for code, _ in REFUSED])
def test_what_cannot_be_known_is_refused_with_its_line(code: str, message: str) -> None:
    loaded = compile_source(f"print ''\n{code}\n".encode(), "s.py")
    names: dict[str, object] = {"__name__": "s"}
    loaded.prepare(names)

    with pytest.raises(Python2Error) as raised:
        exec(loaded.code, names)

    assert message in str(raised.value)
    assert str(raised.value).startswith(("line 2 of s.py: ", "line 3 of s.py: ", "line 1 of <string>: "))
