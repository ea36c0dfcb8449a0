from __future__ import annotations

import ast
import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np
import pandas as pd
import pytest

from blobprep.checks.fixes import CheckedFile, fix_file
from blobprep.lint import examine, read_source
from blobprep.lint.codes import CODES
from tests.checks.reading import SCRIPTS, codes, findings, fixed

EXPECTED = {
    "accents": {"BP101": [5]},
    "calling": {
        "BP102": [14], "BP106": [25], "BP107": [15], "BP112": [24], "BP114": [4, 22, 23], "BP115": [1], "BP116": [5],
        "BP119": [20], "BP123": [11], "BP205": [23], "BP601": [7],
    },
    "cleaning": {
        "BP101": [9, 15, 21], "BP104": [20], "BP113": [14], "BP117": [19], "BP201": [17], "BP203": [16],
        "BP213": [11, 12], "BP301": [18],
    },
    "modern": {},
    "plotting": {
        "BP206": [22], "BP210": [5], "BP211": [21], "BP214": [21], "BP501": [17], "BP502": [23], "BP503": [15],
        "BP504": [14, 16], "BP506": [2], "BP507": [12],
    },
    "storing": {"BP601": [7, 12], "BP602": [7], "BP603": [10], "BP604": [12]},
    "tabs": {"BP101": [5], "BP106": [6], "BP110": [5]},
    "training": {
        "BP115": [2, 3], "BP202": [23], "BP204": [14, 15], "BP212": [14], "BP401": [6, 7], "BP402": [9], "BP403": [10],
        "BP405": [19], "BP406": [17], "BP407": [17],
    },
    "workspace": {"BP605": [1], "BP703": [7], "BP705": [15], "BP901": [12], "BP902": [11], "BP903": [10]},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(each.stem for each in SCRIPTS.glob("*.py")))
def test_a_classic_script_gives_just_what_breaks_in_it(name: str) -> None:
    found: dict[str, list[int]] = {}
    for each in findings((SCRIPTS / f"{name}.py").read_bytes(), is_script=True):
        found.setdefault(each.code, []).append(each.line)

    assert found == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_corrected_script_parses_and_has_only_what_a_person_decides(name: str) -> None:
    source = read_source(name, (SCRIPTS / f"{name}.py").read_bytes())
    before = examine(source)

    made = fix_file(CheckedFile(source, True, None, before.findings), comments=True)

    if made is None:
        assert not any(each.fixable for each in before.findings)
        return
    after = examine(read_source(name, made.data))
    ast.parse(made.after)
    assert sorted(each.code for each in after.findings) == sorted(
        each.code for each in before.findings if not each.fixable
    )
    assert fix_file(CheckedFile(read_source(name, made.data), True, None, ()), comments=True) is None


def test_the_corrected_script_does_what_the_old_one_did() -> None:
    text = fixed((SCRIPTS / "cleaning.py").read_text(), is_script=True)
    frame = pd.DataFrame(
        {"region": ["n", None, "s", "s"], "price": [1.0, 2.0, -3.0, 4.0], "amount": [1, 2, 3, 4], "rest": 0}
    )
    names: dict[str, Any] = {}

    with warnings.catch_warnings(), redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        warnings.simplefilter("error")
        exec(compile(text, "cleaning.py", "exec"), names)
        (result,) = names["azureml_main"](frame)

    assert result["region"].tolist() == ["unknown", "s", "n"]
    assert result["price"].tolist() == [2.0, 4.0, 1.0]
    assert np.isclose(result["scaled"].mean(), 0)
    assert "unknown 2.00\n" in out.getvalue()
    assert err.getvalue() == "kept 1\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x.ix[0]", ["BP201"]),
        ("x.ix(0)", []),
        ("x.append(y, ignore_index=True)", ["BP202"]),
        ("x.append(y)", []),
        ("x = []\nx.append(y)\nx.sort()", []),
        ("x.sort(columns='a')", ["BP203"]),
        ("x.sort(key=f)", []),
        ("class X: pass\nX().sort(columns=1)", []),
        ("import pandas as p\nx = p.read_csv('a').head()\nx.append(x)", ["BP202"]),
        ("from pandas import DataFrame as D\nx = D()\nx.append(x)", ["BP202"]),
        ("import pandas as pd\nx = pd.DataFrame()\nx = make()\nx.append(1)", []),
        ("import pandas as pd\ndef f(pd):\n    return pd.rolling_mean", []),
        ("import pandas as pd\nf = lambda pd: pd.rolling_mean", []),
        ("import pandas as pd\nx = pd.read_csv('a')\nx['a'].sort()", ["BP203"]),
        ("import numpy as np\nnp.float64(1); np.bool(1); np.bool_(1)", []),
        ("from numpy import *\nx = float(1)", []),
        ("import numpy\nnumpy.random.seed(1)\nx = numpy.object", ["BP301"]),
        ("float = 1\nimport numpy as np\nnp = make()\nnp.float", []),
        ("from sklearn import cross_validation as cv\ncv.train_test_split(x)", ["BP401"]),
        ("try:\n    import urllib2\nexcept ImportError:\n    pass", []),
        ("try:\n    urllib2 = __import__('x')\n    x = y.ix[0]\nexcept Exception:\n    raise", ["BP201"]),
        ("import sys\nif sys.version_info[0] < 3:\n    x = unicode(1)", []),
        ("x = 'print 1'", []),
        ("'''C:\\\\data'''", []),
        ("x = 'C:\\\\data\\\\x.csv'", ["BP901"]),
        ("x = 'https://example.com'", []),
        ("x = '.\\\\Script Bundle\\\\x.csv'", []),
        ("import h5py\nh5py.File('.\\\\Script Bundle\\\\x.h5')", ["BP905"]),
        ("import h5py\nh5py.File('Script Bundle/x.h5')", []),
        ("import cv2\ncv2.imread('C:\\\\x.png')", ["BP901"]),
        ("import pandas as pd\npd.read_csv('.\\\\Script Bundle\\\\x.csv')", []),
        ("import matplotlib\nmatplotlib.use('TkAgg')", ["BP509"]),
        ("from multiprocessing.pool import ThreadPool\nThreadPool(2)", []),
        ("import pandas as pd\nx = pd.DataFrame()\nx.groupby('a').agg({'b': {'c': 'mean'}})", ["BP215"]),
        ("import pandas as pd\nx = pd.DataFrame()\nx['a'][0] = 1", ["BP213"]),
        ("x = {}\nx['a'][0] = 1", []),
    ],
)
def test_a_name_is_found_only_where_it_belongs_to_that_library(text: str, found: list[str]) -> None:
    assert codes(text) == found


REWRITTEN = [
    ("x.ix[:, 'a']", "x.loc[:, 'a']"),
    ("x.ix[x.a > 1, ['b']]", "x.loc[x.a > 1, ['b']]"),
    ("x.ix[0]", "x.ix[0]"),
    ("x.ix[:, 0]", "x.ix[:, 0]"),
    ("x.ix[rows]", "x.ix[rows]"),
    ("z = pd.read_hdf('.\\\\a\\\\b.h5')", "z = pd.read_hdf('./a/b.h5')"),
    ("x.as_matrix()", "x.to_numpy()"),
    ("y = x.as_matrix()", "y = x.to_numpy(copy=True)"),
    ("y = x.as_matrix().shape", "y = x.to_numpy().shape"),
    ("y = x.as_matrix()[:, 0]", "y = x.to_numpy(copy=True)[:, 0]"),
    ("y = x.as_matrix(['a'])", "y = x[['a']].to_numpy(copy=True)"),
    ("y = x.as_matrix(columns=c)", "y = x.as_matrix(columns=c)"),
    ("y = pd.DataFrame()\nz = y.append([y], ignore_index=True)", "z = pd.concat([y, y], ignore_index=True)"),
    ("y = pd.DataFrame()\ny = y.append({'a': 1}, ignore_index=True)",
     "y = pd.concat([y, pd.DataFrame([{'a': 1}])], ignore_index=True)"),
    ("y = pd.DataFrame()\nfor i in range(3): y = y.append([{'a': i}])",
     "for i in range(3): y = pd.concat([y, pd.DataFrame([{'a': i}])])"),
    ("y = pd.DataFrame()\nfor i in range(3): y = y.append(y[y.a == i])",
     "for i in range(3): y = pd.concat([y, y[y.a == i]])"),
    ("y = pd.DataFrame()\nz = y.append({'a': 1})", "z = y.append({'a': 1})"),
    ("y = pd.DataFrame()\nz = y.append(row, ignore_index=True)", "z = y.append(row, ignore_index=True)"),
    ("z = pd.read_csv('a', error_bad_lines=False, sep=';')", "z = pd.read_csv('a', on_bad_lines='warn', sep=';')"),
    ("z = pd.read_csv('a', delim_whitespace=True)", "z = pd.read_csv('a', sep=r'\\s+')"),
    ("z = pd.read_csv(infer_datetime_format=True, sep=';')", "z = pd.read_csv(sep=';')"),
    ("z = pd.read_csv('a', tupleize_cols=f(1))", "z = pd.read_csv('a')"),
    ("z = pd.read_excel('a', sheetname='b')", "z = pd.read_excel('a', sheet_name='b')"),
    ("y = pd.DataFrame()\nz = y.fillna(method='pad')", "z = y.ffill()"),
    ("y = pd.DataFrame()\nz = y.fillna(method='pad', limit=1)", "z = y.fillna(method='pad', limit=1)"),
    ("y = pd.DataFrame()\ny.drop('a', 1)", "y.drop('a', axis=1)"),
    ("y = pd.DataFrame()\nz = y.resample('10T').mean()", "z = y.resample('10min').mean()"),
    ("z = pd.date_range(x, periods=2, freq='Q-DEC')", "z = pd.date_range(x, periods=2, freq='QE-DEC')"),
    ("z = np.asscalar(a[0])", "z = a[0].item()"),
    ("z = np.asscalar(a + b)", "z = (a + b).item()"),
    ("z = np.histogram(a, normed=True)", "z = np.histogram(a, density=True)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), REWRITTEN, ids=[old for old, _ in REWRITTEN])
def test_a_removal_is_rewritten_only_where_its_meaning_is_certain(old: str, new: str) -> None:
    imports = "import numpy as np\nimport pandas as pd\n"

    assert codes(imports + old)
    assert fixed(imports + old).splitlines()[-1] == new


PORTS = [
    ("return a.ix[:, 0:2]", "return a.iloc[:, 0:2]"),
    ("return a.ix[0:5]", "return a.loc[0:5]"),
    ("return a.ix[0:5, 'b']", "return a.loc[0:5, 'b']"),
    ("return a.ix[0:5, 0:2]", "return a.ix[0:5, 0:2]"),
    ("return b.ix[:, 0]", "return b.ix[:, 0]"),
    ("a = a.T; return a.ix[:, 0]", "a = a.T; return a.ix[:, 0]"),
    ("a.columns = [1]; return a.ix[:, 0]", "a.columns = [1]; return a.ix[:, 0]"),
    ("a.set_index('b', inplace=True); return a.ix[0]", "a.set_index('b', inplace=True); return a.ix[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), PORTS)
def test_numbers_are_rewritten_where_the_frame_is_as_it_came_from_its_port(old: str, new: str) -> None:
    start = "b = 1\ndef azureml_main(a):\n    "

    assert fixed(start + old, is_script=True) == start + new


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BlockBlobService(account_name=n, account_key=k)", {"BP601": "known only when it runs"}),
        ("BlockBlobService(is_emulated=True)", {"BP601": "the emulator"}),
        ("BlockBlobService('c', k, None, False, 'http')", {"BP601": "c.blob.core.windows.net", "BP602": "http"}),
        ("BlobService('c', k, 'http')", {"BP601": "c.blob", "BP602": "http", "BP606": "0.20"}),
        ("BlobServiceClient.from_connection_string('AccountName=contoso;AccountKey=k')", {"BP601": "contoso.blob"}),
        ("BlobServiceClient('https://contoso.blob.core.windows.net')", {"BP601": "contoso.blob"}),
        ("BlockBlobService('c', endpoint_suffix='core.chinacloudapi.cn')", {"BP601": "c.blob.core.chinacloudapi.cn"}),
        ("BlockBlobService('c', endpoint_suffix=s)", {"BP601": "known only when it runs"}),
        ("BlockBlobService('c', custom_domain='www.contoso.com/a')", {"BP601": "connects to www.contoso.com"}),
        ("BlockBlobService('c', custom_domain='http://127.0.0.1:10000/c')", {"BP601": "connects to 127.0.0.1:10000"}),
        ("BlockBlobService('c', custom_domain=d)", {"BP601": "known only when it runs"}),
        ("BlockBlobService(connection_string='AccountName=c123;AccountKey=k')", {"BP601": "c123.blob.core"}),
        ("BlockBlobService(connection_string=s)", {"BP601": "known only when it runs"}),
    ],
)
def test_use_of_storage_is_reported_as_notes(text: str, found: dict[str, str]) -> None:
    start = "from azure.storage.blob import BlobService, BlobServiceClient, BlockBlobService\n"

    told = findings(start + text)
    seen = {each.code: each for each in told}

    assert len(told) == len(found)
    assert set(seen) == set(found)
    assert all(part in seen[code].message for code, part in found.items())
    assert all(each.level == "note" for each in seen.values())


@pytest.mark.parametrize(
    ("text", "connected", "found"),
    [
        ("def main(): pass", None, ["BP701"]),
        ("def azureml_Main(a): return a", None, ["BP701"]),
        ("from module import azureml_main", None, []),
        ("from module import *", None, []),
        ("azureml_main = make()", None, []),
        ("def azureml_main(a): return a", 1, []),
        ("def azureml_main(a): return a", 2, ["BP702"]),
        ("def azureml_main(a, b): return a", 1, ["BP702"]),
        ("def azureml_main(a, b): return a", None, []),
        ("def azureml_main(a, b=None): return a", 1, []),
        ("def azureml_main(*a): return a", 2, []),
        ("def azureml_main(a, b, c): return a", None, ["BP702"]),
        ("def azureml_main(a, *, b): return a", None, ["BP702"]),
        ("def azureml_main(a): a.x = 1", None, ["BP703"]),
        ("def azureml_main(a):\n    return", None, ["BP703"]),
        ("def azureml_main(a):\n    def f(): return 1\n", None, ["BP703"]),
        ("def azureml_main(a):\n    raise X", None, []),
        ("def azureml_main(a): return {}", None, ["BP704"]),
        ("def azureml_main(a): return ()", None, ["BP704"]),
        ("def azureml_main(a): return 'x',", None, ["BP704"]),
        ("def azureml_main(a): yield a", None, ["BP704"]),
        ("async def azureml_main(a): return a", None, ["BP704"]),
        ("def azureml_main(a): return a.dropna(inplace=True)", None, ["BP704"]),
        ("import numpy as np\ndef azureml_main(a): return np.array([a])", None, ["BP704"]),
        ("def azureml_main(a, b): return a, b", None, ["BP706"]),
        ("import sys\ndef azureml_main(a):\n    sys.exit()\n    return a", None, ["BP705"]),
        ("def azureml_main(a): return a\nif __name__ == '__main__':\n    exit()", None, []),
    ],
)
def test_the_entry_point_is_held_against_what_calls_it(text: str, connected: int | None, found: list[str]) -> None:
    assert codes(text, is_script=True, connected=connected) == found


def test_a_misspelled_entry_point_is_named() -> None:
    (found,) = findings("def azureml_Main(a): return a", is_script=True)

    assert found.remedy == "rename azureml_Main to azureml_main"


def test_the_account_and_how_to_allow_it_are_said_and_no_key() -> None:
    key = "A" * 86 + "=="
    text = f"from azure.storage.blob import BlockBlobService\ns = BlockBlobService('contoso', '{key}')\n"

    account, secret = findings(text)

    assert (account.code, secret.code) == ("BP601", "BP607")
    assert "--allow-host contoso.blob.core.windows.net," in account.remedy
    assert key not in repr((account, secret))


def test_comments_mark_what_is_left_and_change_nothing() -> None:
    text = "import pandas as pd\nx = pd.Panel()  # why\ny = x.ix[rows, 1]; z = '''\n'''\nprint 1\n"

    marked = fixed(text, comments=True).splitlines()

    assert marked[1] == "x = pd.Panel()  # why  # blobprep: BP207 use a frame with a MultiIndex"
    assert marked[2] == "y = x.ix[rows, 1]; z = '''"
    assert marked[4] == "print(1)"
    assert fixed("\n".join(marked), comments=True) == "\n".join(marked)


def test_comments_mark_what_python_3_does_not_read_too() -> None:
    marked = fixed("f = lambda (a, b): a\nprint 1\n", comments=True).splitlines()

    assert marked[0].startswith("f = lambda (a, b): a  # blobprep: BP108 ")
    assert marked[1] == "print(1)"


def test_every_code_of_the_rules_stands_in_the_table() -> None:
    used = {each.code for name in EXPECTED for each in findings((SCRIPTS / f"{name}.py").read_bytes(), is_script=True)}

    assert used <= set(CODES)
    assert list(CODES) == sorted(CODES)
