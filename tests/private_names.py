"""Names of other libraries that blobprep leans on and that nobody promised to keep: the one list of them.

Each row has what is leant on, where, and why no public name would do. `tests/test_private_names.py` fails when a name
is gone, when blobprep uses a private name without a row, when a row's module no longer uses it, and when a locked
library is another than the one its names were last looked at in. Then read its changes, look at the rows, and write the
new version into `CHECKED`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["CHECKED", "DOCUMENTED", "PRIVATE_NAMES", "PrivateName"]

CHECKED: Final = {
    "azure-storage-blob": ("12.20.0", "12.31.1"),
    "joblib": ("", "1.6.0"),  # a script's, and scikit-learn's: blobprep itself does not need it
    "matplotlib": ("3.10.7", "3.11.2"),
    "numpy": ("2.0.0", "2.4.6"),
    "openpyxl": ("3.1.5", "3.1.5"),
    "pandas": ("3.0.0", "3.1.1"),
    "python": ("3.11", "3.13"),
    "typer": ("0.27.2", "0.29.2"),
    "urllib3": ("2.2.0", "2.8.0"),
}
"""By library the lowest and the newest version in which its names were looked at."""

DOCUMENTED: Final = {"_exit", "_replace"}
"""Names with an underscore that are documented: `os._exit`, and the method of named tuples."""


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A name that may move without notice.

    Attributes:
        library: a key of `CHECKED`.
        name: the dotted name, from the module on.
        used_in: the module of blobprep that leans on it, below `blobprep/`.
        written: how it stands there, where that is not the last part of the name.
        why: no public name would do.
        until: the first version of Python that does not have it, and where blobprep does without.
        is_there: tells whether it is as blobprep takes it; by default that the name can be resolved.
    """

    library: str
    name: str
    used_in: str
    why: str
    written: str = ""
    until: tuple[int, int] | None = None
    is_there: Callable[[], bool] | None = None

    @property
    def word(self) -> str:
        """How the name stands in blobprep's code."""
        return self.written or self.name.rpartition(".")[2]

    def exists(self) -> bool:
        """Tell whether the installed library has it."""
        return self.is_there() if self.is_there else _resolves(self.name)


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def _policies_are_in_the_configuration() -> bool:
    from azure.storage.blob import BlobServiceClient

    config = BlobServiceClient("https://account.test/")._config
    needed = ("proxy_policy", "user_agent_policy", "retry_policy", "headers_policy", "transport")
    return all(getattr(config, name, None) is not None for name in needed)


def _a_credential_has_its_policy() -> bool:
    from azure.core.credentials import AzureSasCredential
    from azure.core.pipeline.policies import AzureSasCredentialPolicy
    from azure.storage.blob import BlobServiceClient

    def policy(credential: AzureSasCredential | None) -> object:
        return BlobServiceClient("https://account.test/", credential)._credential_policy

    return isinstance(policy(AzureSasCredential("sig=x")), AzureSasCredentialPolicy) and policy(None) is None


def _raw_can_be_read_in_part() -> bool:
    import urllib3

    return {"amt", "decode_content"} <= set(inspect.signature(urllib3.HTTPResponse.read1).parameters)


def _settings_are_those_of_retries() -> bool:
    from azure.core.pipeline import PipelineContext, PipelineRequest
    from azure.core.pipeline.transport import HttpRequest
    from azure.storage.blob import ExponentialRetry

    request = PipelineRequest(HttpRequest("GET", "https://account.test/"), PipelineContext(None))
    return {"total", "hook", "mode"} <= set(ExponentialRetry(retry_total=3).configure_retries(request))


def _the_mode_is_handed_on() -> bool:
    import azure.storage.blob

    handlers = Path(azure.storage.blob.__file__).with_name("_shared") / "response_handlers.py"
    return "response.http_response.location_mode" in handlers.read_text()


def _mark_of_the_current_sdk() -> bool:
    import azure.storage.blob

    return Path(azure.storage.blob.__file__).with_name("_blob_service_client.py").is_file()


def _cell_keeps_what_is_put_in() -> bool:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(Workbook(write_only=True).create_sheet(), 1)
    cell._value = "=x"
    return bool(cell.value == "=x" and cell.data_type == "n")


def _a_lock_is_made_as_by_multiprocessing() -> bool:
    import _multiprocessing
    from multiprocessing import synchronize

    own = {"SEM_VALUE_MAX", "_count", "_get_value", "_is_mine", "_is_zero", "acquire", "release", "handle", "kind"}
    return own <= set(dir(_multiprocessing.SemLock)) and "_multiprocessing.SemLock(" in inspect.getsource(synchronize)


def _five_arguments_come_first() -> bool:
    import subprocess

    code = ast.parse(textwrap.dedent(inspect.getsource(subprocess.Popen._execute_child)))
    calls = (node for node in ast.walk(code) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func) == "_fork_exec" and ast.unparse(call.args[4]) == "cwd" for call in calls)


def _blocks_tell_who_shares_them() -> bool:
    import pandas

    frame = pandas.DataFrame({"a": [1]})
    column = frame["a"]
    blocks = [reference() for reference in column._mgr.blocks[0].refs.referenced_blocks]
    return len(blocks) == 2 and {block.ndim for block in blocks if block is not None} == {1, 2}


def _functions_draw() -> bool:
    from matplotlib import artist, figure, pyplot

    return all(hasattr(kind, "draw") for kind in (artist.Artist, figure.Figure)) and hasattr(pyplot, "savefig")


def _parameters_have_a_type() -> bool:
    from typer.core import TyperOption

    return "type_descriptor" in inspect.signature(TyperOption).parameters or not _resolves("typer._adapters")


PRIVATE_NAMES: Final = (
    PrivateName(
        "azure-storage-blob", "azure.storage.blob.BlobServiceClient._config", "stores/azure/pipeline.py",
        "the SDK has no public way to send a request of one's own, repeated; its models are slow",
        is_there=_policies_are_in_the_configuration,
    ),
    PrivateName(
        "azure-storage-blob", "azure.storage.blob.BlobServiceClient._credential_policy", "stores/azure/pipeline.py",
        "what signs such a request",
        is_there=_a_credential_has_its_policy,
    ),
    PrivateName(
        "azure-storage-blob",
        "azure.storage.blob._shared.authentication.SharedKeyCredentialPolicy._get_canonicalized_headers",
        "stores/azure/signing.py", "the order of the names that are signed",
    ),
    PrivateName(
        "python", "hashlib._Hash", "stores/azure/body.py", "for types alone; typeshed's name", is_there=lambda: True
    ),
    PrivateName(
        "urllib3", "urllib3.HTTPResponse.read1", "stores/azure/body.py", "the bytes that came, before an encoding",
        is_there=_raw_can_be_read_in_part,
    ),
    PrivateName(
        "azure-storage-blob", "azure.storage.blob.ExponentialRetry.configure_retries", "stores/azure/retry.py",
        "the options that the SDK has of a request are in no public place", is_there=_settings_are_those_of_retries,
    ),
    PrivateName(
        "azure-storage-blob", "location_mode", "stores/azure/retry.py",
        "the SDK reads it off each answer; its own retries leave it there", is_there=_the_mode_is_handed_on,
    ),
    PrivateName(
        "azure-storage-blob", "_blob_service_client.py", "legacy/beside.py",
        "the folder of the SDK is found beside the overlay's without importing it",
        written="_blob_service_client.py", is_there=_mark_of_the_current_sdk,
    ),
    PrivateName(
        "joblib", "joblib.externals.loky.backend.context.physical_cores_cache", "child/confined/joblib_threads.py",
        "it starts a process to count cores, which a confined script may not",
    ),
    PrivateName("joblib", "joblib.parallel.DEFAULT_BACKEND", "child/confined/joblib_threads.py",
                "processes are not to be had"),
    PrivateName("joblib", "joblib.parallel.DEFAULT_PROCESS_BACKEND", "child/confined/joblib_threads.py",
                "processes are not to be had"),
    PrivateName(
        "matplotlib", "savefig", "child/script/figures.py", "frames with these names mean that a figure is saved",
        is_there=_functions_draw,
    ),
    PrivateName("numpy", "numpy.lib._datasource", "child/windows/path_entries.py", "it took `open` for itself",
                written="numpy.lib._datasource"),
    PrivateName(
        "openpyxl", "openpyxl.cell.WriteOnlyCell._value", "tables/codecs/excel/write.py",
        "the public one guesses what a text may mean: a formula, a number", is_there=_cell_keeps_what_is_put_in,
    ),
    PrivateName(
        "python", "_multiprocessing.SemLock", "child/confined/joblib_threads.py",
        "semaphores are files that a script has no right to",
        is_there=_a_lock_is_made_as_by_multiprocessing,
    ),
    PrivateName("python", "_multiprocessing", "child/confined/joblib_threads.py",
                "as above", written="_multiprocessing"),
    PrivateName("python", "bz2._builtin_open", "child/windows/path_entries.py", "it took `open` for itself"),
    PrivateName("python", "tarfile.bltn_open", "child/windows/path_entries.py", "it took `open` for itself"),
    PrivateName("python", "ctypes._dlopen", "child/windows/path_entries.py", "all ways to load a library lead there"),
    PrivateName("python", "_io", "child/windows/path_entries.py", "where libraries take `open` from"),
    PrivateName("python", "_sqlite3", "child/windows/path_entries.py", "where `sqlite3` takes `connect` from"),
    PrivateName(
        "python", "subprocess._fork_exec", "child/windows/path_entries.py",
        "the folder of a program is its fifth argument",
        is_there=_five_arguments_come_first,
    ),
    PrivateName("python", "pathlib.PosixPath._parse_args", "child/windows/path_entries.py", "paths are made there",
                until=(3, 12)),
    PrivateName("python", "pathlib.PosixPath._make_child", "child/windows/path_entries.py", "paths are joined there",
                until=(3, 12)),
    PrivateName("python", "os.environ._data", "child/process_state.py",
                "to decode all variables takes a hundred times as long; without the name they are decoded"),
    PrivateName("python", "socket.socket._real_close", "child/confined/socket_shim.py",
                "what a socket calls when it is closed"),
    *(PrivateName("python", "sys._getframe", f"classic/python2/{name}.py",
                  "nothing else shows whose builtins are in force")
      for name in ("errors", "runtime", "text")),
    PrivateName("python", "random._inst", "classic/python2/random_numbers.py",
                "the generator that the functions of `random` share has no public name"),
    PrivateName("python", "sys._getframe", "classic/runtime/callers.py",
                "nothing else shows who is calling as quickly"),
    PrivateName(
        "pandas", "pandas.DataFrame._update_inplace", "classic/runtime/upcasting.py",
        "a frame that is sorted or grows in place keeps its identity; no public name replaces all it holds",
    ),
    PrivateName(
        "pandas", "pandas.DataFrame._mgr", "classic/runtime/writable.py",
        "nothing public tells which frames share the memory of an array", is_there=_blocks_tell_who_shares_them,
    ),
    PrivateName(
        "pandas", "pandas._config.config._global_config", "child/process_state.py",
        "to ask for each option takes ten times as long, before and after each request",
    ),
    PrivateName("pandas", "pandas._config.config", "child/process_state.py", "where that is",
                written="pandas._config.config"),
    PrivateName(
        "python", "importlib.machinery.ModuleSpec._initializing", "child/process_state.py",
        "nothing else tells a module that is loaded from one that begins to be",
        is_there=lambda: hasattr(json.__spec__, "_initializing"),
    ),
    PrivateName("python", "_thread", "runs/pool.py", "documented; `threading` takes a lock to start a thread",
                written="_thread"),
    PrivateName("python", "_thread", "cli/gentle_stop.py", "the same, in a signal's handler", written="_thread"),
    PrivateName(
        "python", "concurrent.futures.ThreadPoolExecutor._max_workers", "batches/engines/executor.py",
        "an executor does not tell how many workers it has; without the name, as many as cores are taken",
        is_there=lambda: hasattr(ThreadPoolExecutor(1), "_max_workers"),
    ),
    PrivateName("python", "sys._getframe", "child/script/figures.py", "nothing else shows who is calling as quickly"),
    PrivateName("python", "sys._getframe", "bridge/figures.py", "nothing else shows who is calling as quickly"),
    PrivateName("python", "hashlib._Hash", "inputs/passing_checksum.py", "for types alone; typeshed's name",
                is_there=lambda: True),
    PrivateName("typer", "typer._click", "cli/app.py", "for types alone: what `get_command` returns"),
    PrivateName("typer", "typer._click", "cli/help_pages.py", "the help of a command in sections is its formatter's"),
    PrivateName("typer", "typer._click", "cli/parameters.py", "for types alone: a command's context and parameters"),
    PrivateName(
        "typer", "type_descriptor", "cli/parameters.py",
        "the type that a parameter was declared with; 0.27 has none, and no validator that would be spared",
        is_there=_parameters_have_a_type,
    ),
    PrivateName("typer", "typer._click", "cli/declared_options.py", "for types alone: the context of a command"),
)  # fmt: skip


def of_this_python() -> Iterator[PrivateName]:
    """The rows that hold for the running version of Python."""
    return (row for row in PRIVATE_NAMES if row.until is None or sys.version_info < row.until)
