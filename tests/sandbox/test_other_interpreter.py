"""Where another interpreter is, and what it must be able to read: from where it lies, without executing it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.errors import InterpreterUnusable
from blobprep.sandbox.other_interpreter import find_interpreter, list_needed, loader_of, other_interpreter_paths
from blobprep.sandbox.readable_paths import readable_by
from tests.bridge.interpreters import HERE, bare_python


def environment(folder: Path, *, link: str = sys.executable) -> Path:
    """Make what looks like an environment of conda: a program, libraries, and a file with a token."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(os.path.realpath(link))
    packages = folder / "lib" / "python2.7" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "lib" / "libz.so.1").write_text("")
    (folder / "conda-meta").mkdir()
    (folder / "conda-meta" / "state").write_text('{"env_vars": {"TOKEN": "secret"}}')
    (folder / "etc").mkdir()
    (folder / ".condarc").write_text("token: secret")
    return folder


def test_a_path_names_an_executable_or_the_folder_of_its_environment(tmp_path: Path) -> None:
    made = environment(tmp_path / "old")

    assert find_interpreter(str(made), tmp_path) == f"{made}/bin/python"
    assert find_interpreter(f"{made}/bin/python", tmp_path) == f"{made}/bin/python"


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(tmp_path / "old")
    monkeypatch.chdir(tmp_path)

    assert find_interpreter("./old/bin/python", tmp_path) == f"{tmp_path}/old/bin/python"


def test_a_name_is_that_of_an_environment_that_conda_wrote_down(tmp_path: Path) -> None:
    made = environment(tmp_path / "elsewhere" / "studio")
    (tmp_path / ".conda").mkdir()
    (tmp_path / ".conda" / "environments.txt").write_text(f"/gone/other\n{made}\n\n")

    assert find_interpreter("studio", tmp_path) == f"{made}/bin/python"


def test_a_name_is_that_of_an_environment_in_condas_usual_places(tmp_path: Path) -> None:
    environment(tmp_path / "anaconda2")
    made = environment(tmp_path / "anaconda2" / "envs" / "py27")

    assert find_interpreter("py27", tmp_path) == f"{made}/bin/python"
    with pytest.raises(InterpreterUnusable, match=r"there are .*anaconda2, py27"):
        find_interpreter("py28", tmp_path)


def test_only_libraries_of_a_prefix_are_read(tmp_path: Path) -> None:
    made = environment(tmp_path / "old")

    read = set(other_interpreter_paths(str(made / "bin" / "python")))

    assert {f"{made}/lib/python2.7", f"{made}/lib/libz.so.1", f"{made}/bin/python"} <= read
    inside = {path for path in read if path.startswith(f"{made}/")}
    assert not {path for path in inside if "conda" in path or path.startswith(f"{made}/etc")}
    assert str(made) not in read
    assert f"{made}/lib" not in read


def test_what_an_environment_was_made_from_is_read_too(tmp_path: Path) -> None:
    base = environment(tmp_path / "base")
    later, earlier = environment(tmp_path / "later"), environment(tmp_path / "earlier")
    (later / "pyvenv.cfg").write_text(f"home = {base}/bin\nversion = 3.6.15\n")
    (earlier / "lib" / "python2.7" / "orig-prefix.txt").write_text(f"{base}\n")

    for made in (later, earlier):
        assert f"{base}/lib/python2.7" in other_interpreter_paths(str(made / "bin" / "python"))
        assert f"{base}/lib/python2.7" in list_needed(str(made / "bin" / "python"))


def test_links_that_lead_elsewhere_are_not_followed(tmp_path: Path) -> None:
    made, secrets = environment(tmp_path / "old"), tmp_path / "secrets"
    secrets.mkdir()
    (made / "share").mkdir()
    (made / "share" / "fonts").symlink_to(secrets)
    (made / "lib" / "python3.6").symlink_to(secrets)
    (made / "lib" / "libx.so").symlink_to(secrets)

    assert str(secrets) not in set(other_interpreter_paths(str(made / "bin" / "python")))


def test_the_users_home_and_the_working_folder_stay_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = environment(tmp_path / "home")
    monkeypatch.setenv("HOME", str(made))
    monkeypatch.chdir(made)

    read = readable_by(str(made / "bin" / "python"))

    assert str(made) not in read
    assert f"{made}/lib/python2.7" in read
    assert not [path for path in read if ".condarc" in path]


def test_the_loader_is_the_one_that_the_kernel_uses() -> None:
    found = loader_of(os.path.realpath(HERE))

    assert len(found) == 1
    assert Path(found[0]).name.startswith("ld-")
    done = subprocess.run([found[0], HERE, "-I", "-c", "print(7)"], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


def test_what_is_no_program_has_no_loader(tmp_path: Path) -> None:
    for name, content in {"text": b"text", "empty": b"", "cut": b"\x7fELF\x02"}.items():
        (tmp_path / name).write_bytes(content)

        assert loader_of(str(tmp_path / name)) == ()


def test_an_old_python_is_found_as_what_it_is() -> None:
    path = bare_python("2.7")

    assert find_interpreter(path, Path("/nonexistent")) == path
    assert any(folder.endswith("lib/python2.7") for folder in list_needed(path))
