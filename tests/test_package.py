"""What importing blobprep costs, and what it offers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import blobprep

HOUSE = Path(blobprep.__file__).parent
ROOMS = sorted(
    path.parent.relative_to(HOUSE).as_posix()
    for path in HOUSE.rglob("__init__.py")
    if path.parent != HOUSE and "legacy" not in path.parts
)
HEAVY = ("azure", "pandas", "pyarrow", "numpy", "matplotlib", "typer", "cloudpickle")


def _loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_importing_blobprep_loads_no_other_library() -> None:
    assert _loaded_by("import blobprep") == set()


def test_a_run_over_a_folder_loads_no_parser_into_the_parent(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "s.py").write_text("def azureml_main(df):\n    return df,\n")
    code = (
        f"import blobprep, os; os.chdir({str(tmp_path)!r})\n"
        "run = blobprep.run('s.py', 'a.csv', output='out/')\n"
        "assert run.status == 'succeeded', run.log"
    )
    assert _loaded_by(code) == set()


def test_to_show_a_table_loads_no_parser_into_the_parent(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text("x\n1\n")
    code = (
        f"import blobprep, os; os.chdir({str(tmp_path)!r})\n"
        "page = blobprep.show('a.csv')\n"
        "assert page.html and page.text and page.to_json()"
    )
    assert _loaded_by(code) == set()


@pytest.mark.parametrize("name", blobprep.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert (getattr(blobprep, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        blobprep.nonsense  # noqa: B018


def test_dir_lists_the_public_names() -> None:
    assert set(blobprep.__all__) <= set(dir(blobprep))


@pytest.mark.parametrize("room", ROOMS)
def test_the_docstring_of_a_room_says_what_each_of_its_files_is_for(room: str) -> None:
    folder = HOUSE / room
    held = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""

    assert set(re.findall(r"^(\w+) {2,}\S", text, flags=re.MULTILINE)) == held - {"__init__"}
