"""Rules about the machine: paths of Windows, other processes, native libraries, a screen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.walk import Context

__all__ = ["backend", "loading", "opening", "path", "process"]

_WINDOWS: Final = re.compile(r"(?:[A-Za-z]:[\\/](?![\\/])|\\\\[\w.$-]+\\[\w.$-]+)[^\n\"<>|]*$")
_STARTING: Final = (
    *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output", "getoutput")),
    *(f"multiprocessing.{name}" for name in ("Pool", "pool.Pool", "Process", "Manager", "get_context")),
    "concurrent.futures.ProcessPoolExecutor",
    "os.system",
    "os.popen",
    "os.fork",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "commands.",
)
_OPENING: Final = (
    *("h5py.File", "tables.open_file", "netCDF4.Dataset", "pandas.read_hdf", "pandas.HDFStore"),
    *("cv2.imread", "cv2.imwrite", "cv2.VideoCapture", "lxml.etree.parse", "lightgbm.Booster", "pyreadr.read_r"),
    *("pyarrow.fs.", "pyreadstat.", "xgboost.DMatrix", "duckdb.connect", "polars.read_", "polars.scan_"),
)
_INSTALLING: Final = re.compile(r"\b(pip3?|conda|easy_install)\b")
_SCREENS: Final = frozenset(
    {"tkagg", "qt4agg", "qt5agg", "qtagg", "wxagg", "gtkagg", "gtk3agg", "gtk4agg", "macosx", "nbagg", "webagg"}
)


def path(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find absolute paths of Windows; those of the bundle work everywhere."""
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, str) and not isinstance(context.parent, ast.Expr) and _WINDOWS.match(node.value):
        message = f"{node.value!r} is a path of Windows, and outside what a script sees"
        remedy = r"put the file into the --bundle and open .\Script Bundle\NAME, or connect it as a dataset"
        yield context.finding("BP901", node, message, remedy)


def opening(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find backslashes in paths for libraries that open files without Python, where these separate nothing."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    if not name.startswith(_OPENING):
        return
    for given in (*node.args, *(each.value for each in node.keywords)):
        text = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
        if "\\" in text and not _WINDOWS.match(text):
            slashes = repr(text.replace("\\", "/"))
            message = f"{name} opens files by itself, and knows no backslashes between folders here"
            edits = (Edit(context.start(given), context.end(given), slashes),)
            yield context.finding("BP905", given, message, f"write {slashes}, which works on Windows too", edits)


def process(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find that other processes are started, or packages installed."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    if name in ("pip.main", "pip._internal.main") or (name.startswith(_STARTING) and _installs(node)):
        message = "the script installs packages, which needs network and a place to write"
        yield context.finding("BP903", node, message, "install them beside blobprep, or put them into the --bundle")
    elif name.startswith(_STARTING):
        message = f"{name} starts another process, which --isolation strict refuses"
        remedy = "use threads (concurrent.futures.ThreadPoolExecutor), or --isolation process"
        yield context.finding("BP902", node, message, remedy)


def _installs(node: ast.Call) -> bool:
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return any(isinstance(each, str) and _INSTALLING.search(each) for each in texts)


def loading(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find native libraries that are loaded by path, or by a PATH made for it."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    given = node.args[0] if node.args else None
    shown = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
    if name in ("ctypes.CDLL", "ctypes.cdll.LoadLibrary", "ctypes.WinDLL", "ctypes.windll.LoadLibrary") and shown:
        message = f"{shown!r} is loaded, and must be a library of this system"
        yield context.finding("BP904", node, message, "use a package that brings it along")


def backend(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find backends of matplotlib that need a screen."""
    assert isinstance(node, ast.Call)
    if context.name(node.func) not in ("matplotlib.use", "matplotlib.pyplot.switch_backend") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value.lower() in _SCREENS:
        message = f"the backend {given.value} needs a screen"
        yield context.finding("BP509", given, message, "leave it out: figures are drawn by Agg")
