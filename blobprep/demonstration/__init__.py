"""The main job on embedded storage: a folder stands in for the account, so that nothing needs to be configured."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TextIO

from blobprep.runs.result import Run

__all__ = ["Demonstration", "demo"]

FOLDER: Final = "blobprep-demo"
_MEASUREMENTS: Final = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
)
_SETTINGS: Final = """\
# Made by `blobprep demo`. The folder `blobs` stands in for a storage account; its sub-folders are containers.
default_account = "demo"

[accounts.demo]
folder = "blobs"

[datasets.table]
blob = "az://data/{table}"

[modules.hello]
blob = "az://modules/Hello.zip"
"""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration made.

    Attributes:
        folder: the folder with `blobprep.toml` and the folder account `blobs`.
        table: the name of the dataset's blob.
        with_trees: whether scikit-learn is installed, with its breast cancer data.
        ranking: the run that ranks features.
        hello: the run that uses a module from a zip.
    """

    folder: Path
    table: str
    with_trees: bool
    ranking: Run
    hello: Run


def demo(folder: Path | str = FOLDER, *, echo: TextIO | None = None) -> Demonstration:
    """Fill a folder account with a table, a module zip and two scripts, and run both scripts.

    Args:
        folder: where to put everything; what an earlier demonstration left there is replaced.
        echo: the stream that shows the scripts' output.

    Returns:
        What was made. Either run may have failed; its manifest says why.
    """
    folder = Path(folder).absolute()
    breast_cancer = _find_breast_cancer()
    with_trees = breast_cancer is not None
    table = "breast_cancer.csv" if with_trees else "planets.csv"
    script = "importance.py" if with_trees else "correlation.py"
    _fill(folder, table, script, _label_columns(breast_cancer) if breast_cancer else _example("planets.csv"))
    ranking = _run(folder, script, table, "ranking", "", echo)
    hello = _run(folder, "hello.py", table, "hello", "hello", echo)
    return Demonstration(folder, table, with_trees, ranking, hello)


def _run(folder: Path, script: str, table: str, output: str, bundle: str, echo: TextIO | None) -> Run:
    from blobprep.runs.prepare import run
    from blobprep.settings import Workspace

    return run(
        f"az://scripts/{script}",
        f"az://data/{table}",
        bundle=bundle or None,
        output=f"az://results/{output}/",
        overwrite=True,
        create_container=True,
        workspace=Workspace(config=folder / "blobprep.toml"),
        echo=echo,
    )


def _fill(folder: Path, table: str, script: str, data: bytes) -> None:
    from blobprep.stores.folder.store import FolderStore

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "blobprep.toml").write_text(_SETTINGS.format(table=table))
    store = FolderStore(folder / "blobs", "demo")
    blobs = {
        ("data", table): ("text/csv", data),
        ("scripts", script): ("text/x-python", _example(script)),
        ("scripts", "hello.py"): ("text/x-python", _example("hello.py")),
        ("modules", "Hello.zip"): ("application/zip", _hello_zip()),
    }
    for (container, blob), (content_type, content) in blobs.items():
        store.create_container(container)
        store.write(container, blob, content, content_type=content_type)


def _find_breast_cancer() -> Path | None:
    """Find the breast cancer data in scikit-learn's wheel, without importing scikit-learn, which takes seconds."""
    spec = find_spec("sklearn")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(location, "datasets", "data", "breast_cancer.csv")
        if path.is_file():
            return path
    return None


def _label_columns(path: Path) -> bytes:
    """Return the data as CSV with column names, and with the diagnosis as a word in the last column.

    The first row of the file holds counts and the names of the classes; its columns are ten measurements of cell
    nuclei, as mean, standard error and worst value.
    """
    (_, _, *classes), *rows = csv.reader(path.read_text().splitlines())
    names = [f"{kind}_{name}" for kind in ("mean", "error", "worst") for name in _MEASUREMENTS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "diagnosis"])
    writer.writerows([*row[:-1], classes[int(row[-1])]] for row in rows)
    return text.getvalue().encode()


def _hello_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("hello_module.py", "words.txt"):
            archive.writestr(name, _example(f"hello_bundle/{name}"))
    return data.getvalue()


def _example(name: str) -> bytes:
    """Return a file of `examples/`: beside this module in an installed package, at the top of a checkout."""
    here = Path(__file__).parent / "examples"
    folder = here if here.is_dir() else Path(__file__).parents[2] / "examples"
    return (folder / name).read_bytes()
