from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import blobprep
from blobprep.checks.modules import is_installed
from blobprep.errors import BlobChanged, BlobprepError, BundleError, InvalidOption, OutputExists, ScriptError
from blobprep.stores import ANY
from blobprep.stores.memory import MemoryStore

SCRIPT = "import helper\ndef azureml_main(a):\n    return helper.f(a)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder without settings."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def packed(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def checked(files: Mapping[str, str | bytes], script: str = "") -> dict[str, list[str]]:
    """Check a zip, by itself or with a script; return codes by path."""
    Path("b.zip").write_bytes(packed(files))
    if script:
        Path("s.py").write_text(script)
        done = blobprep.check("s.py", bundle="b.zip")
    else:
        done = blobprep.check("b.zip")
    found: dict[str, list[str]] = {}
    for each in done.findings:
        found.setdefault(each.path.removeprefix("b.zip/"), []).append(each.code)
    return found


def test_a_script_is_checked_with_its_bundle() -> None:
    assert checked({"helper.py": "def f(a): return a.ix[0]\n"}, SCRIPT) == {"helper.py": ["BP201"]}
    assert checked({"other.py": "x = 1\n"}, SCRIPT) == {"s.py": ["BP801"]}


def test_modules_are_looked_for_where_the_script_says() -> None:
    files = {"libs/helper.py": "def f(a): return a\n"}
    path = "import sys\nsys.path.append('.\\\\Script Bundle\\\\libs')\n"

    assert checked(files, SCRIPT) == {"s.py": ["BP801"]}
    assert checked(files, path + SCRIPT) == {}
    assert checked(files, path.replace("Script Bundle", "script bundle").replace("libs", "LIBS\\\\") + SCRIPT) == {}
    assert checked(files, "import os, sys\nsys.path.insert(0, os.getcwd())\n" + SCRIPT) == {}


def test_a_missing_module_is_said_to_lie_beside_the_script_or_deeper_in_the_zip() -> None:
    Path("helper.py").write_text("")
    Path("s.py").write_text(SCRIPT)
    (beside,) = blobprep.check("s.py").findings
    Path("b.zip").write_bytes(packed({"top/helper/__init__.py": ""}))
    (deeper,) = blobprep.check("s.py", bundle="b.zip").findings

    assert (beside.code, beside.line) == ("BP801", 1)
    assert "--bundle" in beside.remedy
    assert "top/helper" in deeper.message


def test_neighbors_in_a_package_need_a_dot_and_get_one() -> None:
    files = {"p/__init__.py": "from q import x\n", "p/q.py": "import r\nx = r.y\n", "p/r.py": "y = 1\n"}

    assert checked(files) == {"p/__init__.py": ["BP122"], "p/q.py": ["BP122"]}

    blobprep.check("b.zip", fix=True, output="new.zip")
    with zipfile.ZipFile("new.zip") as archive:
        assert archive.read("p/__init__.py") == b"from .q import x\n"
        assert archive.read("p/q.py") == b"from . import r\nx = r.y\n"
        assert archive.read("p/r.py") == b"y = 1\n"
    assert blobprep.check("new.zip").findings == ()


ELF = b"\x7fELF\x02\x01\x01" + bytes(11)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("x.pyd", b"MZ", ["BP802"]),
        ("x.dll", b"MZ", ["BP802"]),
        ("x.cpython-27m.so", ELF + b"\x3e\x00", ["BP802"]),
        ("x.so", b"\xcf\xfa\xed\xfe", ["BP802"]),
        ("x.so", ELF + b"\x15\x00" + bytes(44), ["BP802"]),
        ("string.py", "", ["BP803"]),
        ("pandas/__init__.py", "", ["BP803"]),
        ("test.py", "", []),
        ("x.whl", b"PK", ["BP804"]),
        ("x.pyc", b"\x03\xf3\r\n", ["BP805"]),
        ("x.pyc", importlib.util.MAGIC_NUMBER, []),
        ("azure/storage/blob/__init__.py", "", ["BP806"]),
        ("model.pkl", b"\x80\x02", []),
        ("__MACOSX/._x.pyd", b"\0\5\x16\7", []),
        ("__MACOSX/._x.py", b"\0\5\x16\7", []),
        ("pickled.py", b"\x80\x02\0", []),
        ("broken.py", "this is no python", ["BP001"]),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of Linux are told from others")
def test_what_breaks_in_a_zip_is_found(name: str, data: str | bytes, found: list[str]) -> None:
    assert checked({name: data}) == ({name: found} if found else {})


def test_names_that_were_one_file_in_studio_are_found() -> None:
    assert checked({"Data.csv": "1", "data.csv": "2", "d/data.csv": "3"}) == {"data.csv": ["BP807"]}


def test_a_file_that_is_no_python_is_told_as_what_it_is() -> None:
    notebook = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    Path("s.py").write_text(notebook)

    (found,) = blobprep.check("s.py", fix=True).findings

    assert (found.code, found.path, found.message) == ("BP006", "s.py", "it is a Jupyter notebook, not Python")
    assert Path("s.py").read_text() == notebook
    assert checked({"lfs.py": "version https://git-lfs.github.com/spec/v1\n"}) == {"lfs.py": ["BP006"]}


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["print this is text"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import pandas as pd"]},
        {"cell_type": "code", "source": "def azureml_main(df):\n    print 'rows', len(df)\n    return df,"},
    ],
    "metadata": {"kernelspec": {"language": "python"}},
    "nbformat": 4,
}


def test_the_cells_of_a_notebook_are_checked_and_only_written_to_another_file() -> None:
    Path("s.ipynb").write_text(json.dumps(NOTEBOOK))

    result = blobprep.check("s.ipynb")

    assert [(found.code, found.line) for found in result.findings] == [("BP004", 2), ("BP101", 7)]
    with pytest.raises(InvalidOption, match="a notebook, which is never changed in place"):
        result.fix()
    result.fix("new.py")
    assert "print('rows', len(df))" in Path("new.py").read_text()


def test_a_notebook_runs_cell_by_cell() -> None:
    Path("s.ipynb").write_text(json.dumps(NOTEBOOK))
    Path("a.csv").write_text("x\n1\n")

    run = blobprep.run("s.ipynb", "a.csv", output="out/")

    assert run.status == "succeeded", run.log
    assert "out | rows 1" in run.log


def test_the_last_of_several_entry_points_counts_and_is_told() -> None:
    Path("s.py").write_text("def azureml_main(a): pass\ndef azureml_main(a): return a\n")

    assert [(found.code, found.line) for found in blobprep.check("s.py").findings if found.code == "BP707"] == [
        ("BP707", 2)
    ]


def test_an_archive_that_the_script_opens_itself_is_no_finding() -> None:
    script = "import sys\nsys.path.append('Script Bundle/x.zip')\ndef azureml_main(a): return a\n"

    assert checked({"x.zip": b"PK"}, script) == {}


def test_what_lies_in_the_working_folder_is_not_installed() -> None:
    Path("helper.py").write_text("")

    assert not is_installed("helper")
    assert is_installed("blobprep")
    assert is_installed("json")
    assert is_installed("pandas")


def test_a_folder_is_checked_like_a_zip_and_corrected_in_place() -> None:
    Path("lib").mkdir()
    Path("lib/a.py").write_text("print 1\n")
    Path("lib/a.py").chmod(0o755)

    (found,) = blobprep.check("lib").findings
    blobprep.check("lib", fix=True)

    assert (found.code, found.path) == ("BP101", "lib/a.py")
    assert Path("lib/a.py").read_text() == "print(1)\n"
    assert Path("lib/a.py").stat().st_mode & 0o777 == 0o755
    assert Path("lib/a.py.bak").read_text() == "print 1\n"


def test_a_zip_is_never_replaced() -> None:
    data = packed({"a.py": "print 1\n"})
    Path("b.zip").write_bytes(data)

    with pytest.raises(InvalidOption, match=r"NEW\.zip"):
        blobprep.check("b.zip", fix=True)
    with pytest.raises(OutputExists):
        blobprep.check("b.zip", fix=True, output="b.zip")
    assert Path("b.zip").read_bytes() == data


def test_a_script_is_replaced_at_once_with_a_backup_for_each_time() -> None:
    Path("s.py").write_bytes("# -*- coding: latin-1 -*-\r\nx = 'é'\r\nprint x\r\n".encode("latin-1"))
    Path("link.py").symlink_to("s.py")
    first = Path("s.py").read_bytes()

    blobprep.check("link.py", fix=True)
    second = Path("s.py").read_bytes()
    Path("s.py").write_text("print 2\n")
    blobprep.check("s.py", fix=True)

    assert second == "# -*- coding: latin-1 -*-\r\nx = 'é'\r\nprint(x)\r\n".encode("latin-1")
    assert Path("link.py").is_symlink()
    assert Path("s.py.bak").read_bytes() == first
    assert Path("s.py.bak2").read_text() == "print 2\n"
    assert sorted(each.name for each in Path().iterdir()) == ["link.py", "s.py", "s.py.bak", "s.py.bak2"]


@pytest.mark.parametrize("now", [b"print 2\n", b"\0", None])
def test_a_script_that_changed_meanwhile_is_left_alone(now: bytes | None) -> None:
    Path("s.py").write_text("print 1\n")
    done = blobprep.check("s.py")
    Path("s.py").unlink()
    if now is not None:
        Path("s.py").write_bytes(now)

    with pytest.raises(BlobChanged):
        done.fix()
    assert [each.read_bytes() for each in Path().iterdir()] == ([] if now is None else [now])


def test_what_is_corrected_goes_to_a_local_file() -> None:
    Path("s.py").write_text("print 1\n")

    with pytest.raises(InvalidOption, match="blobprep cp"):
        blobprep.check("s.py", fix=True, output="az://code/s.py")


def test_foreign_bytes_are_told_and_become_utf_8() -> None:
    Path("s.py").write_bytes(b"def azureml_main(a):\n    # caf\xe9\n    return a\n")

    (found,) = blobprep.check("s.py", fix=True).findings

    assert (found.code, found.line, found.fixable) == ("BP002", 2, True)
    assert Path("s.py").read_text(encoding="utf-8").splitlines()[1] == "    # café"
    assert blobprep.check("s.py").findings == ()


def test_a_script_in_storage_is_checked_and_corrected_if_it_is_still_the_same() -> None:
    store = MemoryStore("contoso")
    store.create_container("code")
    store.write("code", "s.py", b"print 1\n", content_type="text/x-python", metadata={"owner": "me"})
    workspace = blobprep.Workspace(stores={"contoso": store}, account="contoso", environment={})

    done = blobprep.check("az://code/s.py", workspace=workspace)
    done.fix()

    assert store.read("code", "s.py") == b"print(1)\n"
    assert store.read("code", "s.py.bak") == b"print 1\n"
    properties = store.properties("code", "s.py")
    assert (properties.content_type, properties.metadata) == ("text/x-python", {"owner": "me"})
    store.write("code", "s.py", b"print 3\n", content_type="text/x-python", condition=ANY)
    with pytest.raises(BlobChanged):
        done.fix(backup=False)
    assert store.read("code", "s.py") == b"print 3\n"


def test_a_zip_in_storage_is_read_by_ranges() -> None:
    store = MemoryStore("contoso")
    store.create_container("code")
    data = packed({"a.py": "print 1\n", "b.bin": bytes(3_000_000)})
    store.write("code", "m.zip", data, content_type="application/zip")
    workspace = blobprep.Workspace(stores={"contoso": store}, account="contoso", environment={})

    done = blobprep.check("az://code/m.zip", workspace=workspace)

    assert [(each.code, each.path) for each in done.findings] == [("BP101", "az://code/m.zip/a.py")]


def test_connected_datasets_count_and_are_not_read() -> None:
    Path("s.py").write_text("def azureml_main(a): return a\n")

    assert blobprep.check("s.py", "missing.csv").findings == ()
    assert [each.code for each in blobprep.check("s.py", "missing.csv", "too.csv").findings] == ["BP702"]
    Path("b.zip").write_bytes(packed({}))
    with pytest.raises(InvalidOption, match="is a bundle"):
        blobprep.check("b.zip", "missing.csv")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\0\x01", ScriptError),
        (b"# coding: nonsense\n", ScriptError),
        (b"# coding: ascii\nx = '\xe9'\n", ScriptError),
        (b"# coding: nonsense \xe9\n", ScriptError),
        (b"x = 1\n" * 500_000, ScriptError),
        (b"x = " + b"-" * 50_000 + b"1\n", ScriptError),
        (b"PK\x03\x04", BundleError),
        (packed({"../a.py": ""}), BundleError),
    ],
)
def test_what_is_no_script_and_no_zip_is_an_error_of_ours(data: bytes, error: type[Exception]) -> None:
    Path("s").write_bytes(data)

    with pytest.raises(error):
        blobprep.check("s")


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_zip_gives_findings_or_an_error_of_ours(place: int, noise: bytes) -> None:
    data = packed({"a.py": "print 1\n", "p/b.py": "import a\n" * 20, "x.so": ELF, "c.pyc": b"1234"})
    start = place % len(data)
    with TemporaryDirectory() as folder:
        path = Path(folder, "b.zip")
        path.write_bytes(data[:start] + noise + data[start + len(noise) :])
        try:
            blobprep.check(path)
        except BlobprepError:
            pass


def test_an_empty_script_has_no_entry_point() -> None:
    Path("s.py").write_bytes(b"")

    assert [each.code for each in blobprep.check("s.py").findings] == ["BP701"]
