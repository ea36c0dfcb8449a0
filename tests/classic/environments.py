"""Environments of the time: the Python, pandas and scikit-learn that classic scripts were written for.

    python -m tests.classic.environments [FOLDER]    builds what is missing (below .venv/classic, if no folder is named)

The libraries come as wheels with the hashes of `requirements/classic`; nothing is compiled. Python itself must be on
the machine, on the PATH or among pyenv's; an environment whose Python is not there is left out, and that is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENVIRONMENTS", "FOLDER", "Environment", "build", "variables"]

_ROOT = Path(__file__).parents[2]
_LOCKS = _ROOT / "requirements" / "classic"
FOLDER = _ROOT / ".venv" / "classic"


@dataclass(frozen=True)
class Environment:
    """A Python of the time with its libraries; `name` is also that of its lock and of its recordings."""

    name: str
    version: str
    libraries: str


ENVIRONMENTS = (
    Environment("py27", "2.7", "numpy 1.11.3, pandas 0.18.1, scikit-learn 0.17.1, scipy 0.17.1, matplotlib 1.5.3"),
    Environment("py36", "3.6", "numpy 1.13.3, pandas 0.20.3, scikit-learn 0.19.1, scipy 0.19.1, matplotlib 2.0.2"),
)


def variables() -> dict[str, str]:
    """Return the environment variables for a process that plays.

    Python 3.6 orders a set of texts by their hashes, which differ from process to process unless the seed is set. The
    OpenBLAS of the time takes some later processors for what they are not, and computes wrongly on them.
    """
    passed = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    steady = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    return {"OPENBLAS_CORETYPE": "Haswell", **passed, **steady}


def build(
    folder: Path = FOLDER, environments: Sequence[Environment] = ENVIRONMENTS, locks: Path = _LOCKS
) -> dict[str, Path]:
    """Build what is missing; return the interpreter of each environment that is there, by name."""
    built = {}
    for environment in environments:
        python = folder / environment.name / "bin" / "python"
        if _is_current(folder, environment, locks):
            built[environment.name] = python
        elif (interpreter := _interpreter(environment.version)) is None:
            print(
                f"{environment.name}: left out, there is no Python {environment.version} here; "
                f"put python{environment.version} on the PATH or run `pyenv install {environment.version}`"
            )
        else:
            print(f"{environment.name}: setting up Python {environment.version} with {environment.libraries} (once)")
            _install(interpreter, folder, environment, locks)
            built[environment.name] = python
    return built


def _is_current(folder: Path, environment: Environment, locks: Path) -> bool:
    installed = folder / environment.name / ".installed"
    return installed.exists() and installed.read_text() == _lock(environment, locks).read_text()


def _lock(environment: Environment, locks: Path) -> Path:
    return locks / f"{environment.name}.txt"


def _install(interpreter: Path, folder: Path, environment: Environment, locks: Path) -> None:
    home = folder / environment.name
    python = home / "bin" / "python"
    shutil.rmtree(home, ignore_errors=True)
    # The last virtualenv that is one file without dependencies, which every Python of the time can run.
    maker = folder / "virtualenv"
    if not maker.exists():
        _pip(Path(sys.executable), _LOCKS / "virtualenv.txt", "--target", str(maker))
    making = [str(interpreter), "-m", "virtualenv", "--quiet", "--no-download", str(home)]
    subprocess.run(making, check=True, env={**variables(), "PYTHONPATH": str(maker)}, stdout=subprocess.DEVNULL)
    _pip(python, _lock(environment, locks))
    if "matplotlib" in environment.libraries:  # it looks through the fonts when it is imported first, and says so
        subprocess.run([str(python), "-W", "ignore", "-c", "import matplotlib.pyplot"], check=True, env=variables())
    (home / ".installed").write_text(_lock(environment, locks).read_text())


def _pip(python: Path, lock: Path, *options: str) -> None:
    installing = [str(python), "-W", "ignore", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(lock)]
    # Old pip warns of its Python's end in the log; what fails is still told by the status.
    done = subprocess.run(
        [*installing, *options, *locked], env=variables(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{lock.name} could not be installed:\n{done.stderr}")


def _interpreter(version: str) -> Path | None:
    return next((path for path in _candidates(version) if _is_python(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        yield from sorted(Path(root).glob(f"versions/{version}*/bin/python{version}"), reverse=True)


def _is_python(path: Path, version: str) -> bool:
    # pyenv puts a stand-in of every version on the PATH, which fails unless that version is chosen.
    asking = [str(path), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(asking, capture_output=True, text=True, check=False, timeout=60, env=variables())
    except OSError:
        return False
    return done.stdout.strip() == version


if __name__ == "__main__":
    for name, python in build(*map(Path, sys.argv[1:])).items():
        print(f"{name}: {python}")
