"""Rules about the machine: Windows paths, other processes, native libraries, screens."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from blobprep.lint.findings import Edit, Finding
from blobprep.lint.walk import Context

__all__ = ["check_backend", "check_native_library", "check_opened_path", "check_process", "check_windows_path"]

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


def check_windows_path(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find absolute Windows paths; relative ones, into the bundle, work everywhere."""
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, str) and not isinstance(context.parent, ast.Expr) and _WINDOWS.match(node.value):
        message = f"{node.value!r} is a Windows path, which a script here cannot open"
        remedy = r"put the file into the --bundle and open .\Script Bundle\NAME, or connect it as a dataset"
        yield context.finding("BP901", node, message, remedy)


def check_opened_path(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find backslashes in paths for libraries that open files without Python, and do not treat them as separators."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    if not name.startswith(_OPENING):
        return
    for given in (*node.args, *(argument.value for argument in node.keywords)):
        text = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
        if "\\" in text and not _WINDOWS.match(text):
            slashes = repr(text.replace("\\", "/"))
            message = f"{name} opens files itself, and here a backslash does not separate folders"
            edits = (Edit(context.start(given), context.end(given), slashes),)
            yield context.finding("BP905", given, message, f"write {slashes}, which works on Windows too", edits)


def check_process(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find calls that start other processes or install packages."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    if name in ("pip.main", "pip._internal.main") or (name.startswith(_STARTING) and _installs(node)):
        message = "the script installs packages, which needs the network and a writable environment"
        yield context.finding(
            "BP903", node, message, "install them in blobprep's environment, or put them into the --bundle"
        )
    elif name.startswith(_STARTING):
        message = f"{name} starts another process, which --isolation strict does not allow"
        remedy = "use threads (concurrent.futures.ThreadPoolExecutor), or --isolation process"
        yield context.finding("BP902", node, message, remedy)


def _installs(node: ast.Call) -> bool:
    texts = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
    return any(isinstance(text, str) and _INSTALLING.search(text) for text in texts)


def check_native_library(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find native libraries that are loaded by name or path."""
    assert isinstance(node, ast.Call)
    name = context.name(node.func)
    given = node.args[0] if node.args else None
    shown = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
    if name in ("ctypes.CDLL", "ctypes.cdll.LoadLibrary", "ctypes.WinDLL", "ctypes.windll.LoadLibrary") and shown:
        message = f"the script loads {shown!r}, which must be a library for this system"
        yield context.finding("BP904", node, message, "use a package that contains it")


def check_backend(node: ast.AST, context: Context) -> Iterator[Finding]:
    """Find matplotlib backends that need a screen."""
    assert isinstance(node, ast.Call)
    if context.name(node.func) not in ("matplotlib.use", "matplotlib.pyplot.switch_backend") or not node.args:
        return
    given = node.args[0]
    if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value.lower() in _SCREENS:
        message = f"the matplotlib backend {given.value} needs a screen"
        yield context.finding("BP509", given, message, "remove it; figures are drawn with the backend Agg")
