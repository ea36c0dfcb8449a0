"""README and docs/ say what is so: computed parts are fresh; every command, option, setting and error is in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest

import blobprep
from blobprep import errors
from blobprep.cli.app import command
from blobprep.cli.exit_codes import EXIT_CODES
from blobprep.formats import FORMATS
from blobprep.lint import CODES
from blobprep.settings.table import SETTINGS
from tests import emulator
from tests.documents import README, TOP, documents, renewed

README_LINES = 250
PAGES = {page.relative_to(TOP).as_posix(): page.read_text(encoding="utf-8") for page in documents()}
TEXT = "\n".join(PAGES.values())
COMMANDS = command().commands
HIDDEN = {"--help", "--install-completion", "--show-completion"}
OTHERS = (".github/CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md", "infra/README.md", "tests/data/README.md")


@pytest.mark.locked
def test_computed_parts_of_the_documents_are_fresh() -> None:
    stale = [name for name, text in PAGES.items() if renewed(text) != text]
    assert stale == [], "run: make docs-tables"


def test_readme_is_short() -> None:
    assert len(PAGES["README.md"].splitlines()) <= README_LINES


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_documents_know_every_command_and_option(name: str) -> None:
    assert f"`blobprep {name}" in PAGES["docs/reference/command-line.md"]
    options = {each for option in COMMANDS[name].params for each in option.opts if each.startswith("--")}
    missing = [each for each in options - HIDDEN if not re.search(rf"{each}\b", TEXT)]
    assert missing == []


@pytest.mark.parametrize("code", sorted({*EXIT_CODES.values()}))
def test_documents_know_every_exit_code(code: int) -> None:
    assert re.search(rf"^\| {code}\b|^\| 130, {code}|^\| {code},", PAGES["docs/reference/errors.md"], re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("errors", errors.__all__),
        ("settings", [row.name for row in SETTINGS]),
        ("formats", [*FORMATS, *(name for row in FORMATS.values() for name in (*row.reads, *row.writes))]),
        ("findings", CODES),
        ("library", [f"blobprep.{name}" for name in blobprep.__all__]),
    ],
)
def test_a_page_of_reference_knows_every_name(page: str, names: list[str]) -> None:
    assert [name for name in names if f"| `{name}` |" not in PAGES[f"docs/reference/{page}.md"]] == []


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_every_link_leads_somewhere(name: str) -> None:
    page = TOP / name
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_readme_or_its_own_front_page() -> None:
    reached = {"README.md", "docs/index.md"}
    for name in ("README.md", "docs/index.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGES[name]):
            reached.add(((TOP / name).parent / target).resolve().relative_to(TOP).as_posix())
    assert sorted(PAGES.keys() - reached) == []


def test_every_path_of_the_code_that_the_documents_name_is_there() -> None:
    paths = set(re.findall(r"`((?:blobprep|tests|examples|infra|requirements)/[\w./-]*)`", TEXT))
    assert len(paths) > 30
    assert sorted(path for path in paths if not (TOP / path).exists()) == []


@pytest.mark.parametrize("name", PAGES)
def test_python_and_toml_of_the_documents_are_well_formed(name: str) -> None:
    for language, block in re.findall(r"```(python|toml)\n(.*?)```", PAGES[name], re.DOTALL):
        if language == "toml":
            tomllib.loads(block)
        else:
            compile(block, name, "exec")


def test_python_of_readme_runs(tmp_path: Path) -> None:
    """The blocks run in order, in a folder with the examples, as a newcomer would paste them."""
    script, usage = re.findall(r"```python\n(.*?)```", PAGES["README.md"], re.DOTALL)[:2]
    (tmp_path / "prep.py").write_text(script)
    (tmp_path / "examples").symlink_to(README.parent / "examples")
    done = subprocess.run(
        [sys.executable, "-c", usage], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "succeeded 4 ['figures/planets.png']"


def test_offline_account_of_readme_works_as_it_is_written(tmp_path: Path) -> None:
    """The lines after `blobprep.toml` print what README says, but for the numbers of runs."""
    section = PAGES["README.md"].partition("## Your own account")[2]
    [settings] = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    [shown] = re.findall(r"Then the same commands.*?```console\n(.*?)```", section, re.DOTALL)
    [script] = re.findall(r"```python\n(# prep.py.*?)```", PAGES["README.md"], re.DOTALL)
    (tmp_path / "blobprep.toml").write_text(settings)
    (tmp_path / "prep.py").write_text(script)
    (tmp_path / "examples").symlink_to(README.parent / "examples")

    commands = re.findall(r"^\$ blobprep (.*)$", shown, re.MULTILINE)
    program = str(Path(sys.executable).with_name("blobprep"))
    told = "".join(
        f"$ blobprep {line}\n"
        + subprocess.run([program, *line.split()], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for line in commands
    )

    assert re.sub(r"run \d{8}T\S+", "run", told) == re.sub(r"run \d{8}T\S+", "run", shown)


def test_walk_through_of_a_script_from_studio_is_what_its_commands_print(tmp_path: Path) -> None:
    """Each command runs in order, in a folder with the examples; the numbers of runs differ."""
    page = PAGES["docs/how-to/studio-script.md"]
    shown = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    shutil.copytree(TOP / "examples", tmp_path / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    told = ["".join(_told_in_shell(line, tmp_path, path) for line in _commands(block)) for block in shown]

    assert len(told) == 8
    assert [_without_numbers(block) for block in told] == [_without_numbers(block) for block in shown]
    then, now = (pq.read_table(tmp_path / "runs" / name / "results.parquet") for name in ("takings", "new"))
    assert then.equals(now.select(then.column_names))
    assert (tmp_path / "runs/takings/figures/trend.png").read_bytes().startswith(b"\x89PNG")
    files = [(TOP / "examples/studio" / name).read_text() for name in ("takings.py", "shop.py")]
    assert re.findall(r"```py\n(.*?)```", page, re.DOTALL) == files


def _commands(block: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", block, re.MULTILINE)


def _told_in_shell(line: str, folder: Path, path: str) -> str:
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        # Lines of both streams come in the order in which a terminal shows them.
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
    return f"$ {line}\n" + "".join(f"{told.rstrip()}\n" for told in done.stdout.splitlines())


def _without_numbers(text: str) -> str:
    return re.sub(r"run \d{8}T\S+", "run", text)


def test_page_about_looking_at_data_shows_what_its_command_prints(tmp_path: Path) -> None:
    block = re.search(
        r"```console\n\$ blobprep (show [^\n]*)\n(.*?)```", PAGES["docs/how-to/look-at-data.md"], re.DOTALL
    )
    assert block is not None
    shutil.copy(TOP / "examples" / "planets.csv", tmp_path)
    program = Path(sys.executable).with_name("blobprep")
    done = subprocess.run([program, *block[1].split()], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == block[2]


def test_doctor_says_of_an_emulator_what_its_page_shows(azurite: str, tmp_path: Path) -> None:
    [shown] = re.findall(
        r"healthy emulator:\n\n```console\n\$ blobprep doctor az://raw/iris.csv\n(.*?)```", TEXT, re.DOTALL
    )
    settings = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(azurite)}
    variables = {**settings, "HOME": str(tmp_path), "PATH": ""}
    program = str(Path(sys.executable).with_name("blobprep"))
    (tmp_path / "iris.csv").write_text("a\n1\n")
    lines = [["cp", "iris.csv", "az://raw/", "--create-container", "--overwrite"], ["doctor", "az://raw/iris.csv"]]
    _, told = (
        subprocess.run([program, *line], cwd=tmp_path, env=variables, capture_output=True, text=True, check=True).stdout
        for line in lines
    )

    port = str(urlsplit(azurite).port)
    assert told.replace(port, "10000") == shown


@pytest.mark.skipif(find_spec("mkdocs") is None, reason="the dependency group `docs` is not installed")
def test_site_is_built_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-f", ".mkdocs.yml", "-d", str(tmp_path)],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        env={"NO_MKDOCS_2_WARNING": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")

    loaded = r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//[^\"' >]*"
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(PAGES) - 1
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert [found for text in texts for found in re.findall(loaded, text)] == []
    escaped = [found for text in texts for found in re.findall(r"<td>.*\\\|.*</td>", text)]
    assert escaped == [], "write &#124; in a table"
