"""A script is run with the overlay on its path, and is told when that cannot work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobprep.legacy import overlay_folder
from blobprep.legacy.running import UnusablePath, main, script_path
from tests import emulator

CLASSIC = """\
import sys
from azure.storage.blob import BlockBlobService

service = BlockBlobService(account_name=sys.argv[1], account_key=sys.argv[2], protocol="http")
container = sys.argv[3]
assert service.create_container(container)
service.create_blob_from_text(container, "hello.txt", "Hello")
print(service.get_blob_to_text(container, "hello.txt").content, [blob.name for blob in service.list_blobs(container)])
"""

BOTH = """\
import sys, pickle
import azure.storage.blob
from azure.storage.blob import BlobClient, BlobServiceClient, BlockBlobService, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient as Asynchronous
from azure.storage.blob._shared.base_client import parse_connection_str
from azure.core.exceptions import ResourceNotFoundError
from azure.common import AzureMissingResourceHttpError

told, container = sys.argv[1:]
old, new = BlockBlobService(connection_string=told), BlobServiceClient.from_connection_string(told)
old.create_container(container)
new.get_blob_client(container, "blob").upload_blob(b"of the new one")
assert old.get_blob_to_bytes(container, "blob").content == b"of the new one"
for ask, refusal in (
    (lambda: old.get_blob_to_text(container, "other"), AzureMissingResourceHttpError),
    (lambda: new.get_blob_client(container, "other").download_blob(), ResourceNotFoundError),
):
    try:
        ask()
    except refusal:
        pass
    else:
        raise AssertionError(refusal)
assert azure.storage.blob.models.Blob is type(old.get_blob_properties(container, "blob"))
assert azure.storage.common.retry.no_retry
print("both")
"""

LISTING = """\
import asyncio, sys
from azure.storage.blob import BlobPrefix, BlobProperties, BlockBlobService, ContainerClient
from azure.storage.blob.aio import ContainerClient as Asynchronous

async def walk(told, container):
    async with Asynchronous.from_connection_string(told, container) as client:
        return [isinstance(entry, BlobPrefix) async for entry in client.walk_blobs()]

told, container = sys.argv[1:]
old = BlockBlobService(connection_string=told)
old.create_container(container)
for name in ("a/b", "c"):
    old.create_blob_from_text(container, name, name)
new = ContainerClient.from_connection_string(told, container)
assert [isinstance(entry, BlobPrefix) for entry in old.list_blobs(container, delimiter="/")] == [True, False]
assert [isinstance(entry, BlobPrefix) for entry in new.walk_blobs()] == [True, False]
assert [isinstance(entry, BlobProperties) for entry in new.list_blobs()] == [True, True]
assert asyncio.run(walk(told, container)) == [True, False]
"""

LAZY = """\
import pickle, sys
import azure.storage.blob
from azure.storage.blob import BlockBlobService
assert "azure.storage.blob._blob_client" not in sys.modules
assert azure.storage.blob.__version__ == "2.1.0"
assert not hasattr(azure.storage.blob, "NoSuchName")
assert {"BlockBlobService", "BlobServiceClient", "ContainerClient"} <= set(dir(azure.storage.blob))
assert "azure.storage.blob._blob_client" in sys.modules
assert repr(azure.storage.blob.models.Blob()).startswith("<azure.storage.blob.models.Blob object at ")
assert pickle.loads(pickle.dumps(BlockBlobService)) is BlockBlobService
assert b"blobprep" not in pickle.dumps(azure.storage.common.AccessPolicy("r"))
space = {}
exec("from azure.storage.blob import *", space)
assert space["BlobServiceClient"] is azure.storage.blob.BlobServiceClient
assert space["BlockBlobService"] is BlockBlobService
assert space["ContentSettings"] is azure.storage.blob.models.ContentSettings
"""

PRIVATE = """\
import io, threading
from azure.storage.blob import BlockBlobService
from azure.storage.blob._serialization import _get_path
from azure.storage.blob._upload_chunking import _SubStream
from azure.storage.common._error import _ERROR_VALUE_NONE, _validate_not_none
from azure.storage.common._http.httpclient import HTTPResponse, _HTTPClient
from azure.storage.common._serialization import _add_metadata_headers, _get_data_bytes_or_stream_only
from azure.storage.common._http import HTTPRequest

class Own(_HTTPClient):
    def perform_request(self, request):
        asked.append((self.protocol, request.method, request.host, request.path, dict(request.query)))
        return HTTPResponse(201, "Created", {}, b"")

asked = []
service = BlockBlobService("contoso", "a2V5")
service._httpclient = Own(session=service.request_session, protocol="http", timeout=5)
assert service.create_container("c")
assert asked == [("http", "PUT", "contoso.blob.core.windows.net", "/c", {"restype": "container", "timeout": None})]
assert service.socket_timeout == 5
assert _SubStream(io.BytesIO(b"0123456789"), stream_begin_index=2, length=3, lockObj=threading.Lock()).read() == b"234"
assert _get_data_bytes_or_stream_only("body", None) == b""
assert _get_path("c", "b") == "/c/b"
request = HTTPRequest()
_add_metadata_headers({"a": "b"}, request)
assert request.headers == {"x-ms-meta-a": "b"}
try:
    _validate_not_none("it", None)
except ValueError as error:
    assert str(error) == _ERROR_VALUE_NONE.format("it")
"""

FAILING = """\
import sys
def azureml_main():
    raise ValueError("mine")
azureml_main()
"""

MAIN = """\
import os, sys, __main__
print(__name__, __file__, sys.argv[1:], sys.path[0], __main__.__file__ == __file__)
sys.exit(3)
"""


def run(*arguments: str, options: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, *options, "-m", "blobprep.legacy", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=plain | environment,
        check=False,
    )


def script(folder: Path, text: str) -> str:
    path = folder / "script.py"
    path.write_text(text)
    return str(path)


def test_a_classic_script_runs_as_it_is(azurite: str, tmp_path: Path) -> None:
    """Its requests for the account's own address reach the emulator by way of the proxy's setting."""
    endpoint = azurite.rpartition("/")[0]

    ended = run(
        script(tmp_path, CLASSIC),
        emulator.ACCOUNT,
        emulator.KEY,
        tmp_path.name.replace("_", "-")[-40:],
        http_proxy=endpoint,
    )

    assert (ended.stderr, ended.stdout, ended.returncode) == ("", "Hello ['hello.txt']\n", 0)


def test_the_old_and_the_current_sdk_work_beside_each_other(azurite: str, tmp_path: Path) -> None:
    name = "both-" + tmp_path.name.replace("_", "-")[-40:]

    ended = run(script(tmp_path, BOTH), emulator.connection_string(azurite), name, options=("-W", "ignore"))

    assert (ended.stdout, ended.returncode) == ("both\n", 0), ended.stderr


def test_classes_of_one_name_count_as_one_in_the_lists_of_either(azurite: str, tmp_path: Path) -> None:
    name = "list-" + tmp_path.name.replace("_", "-")[-40:]

    ended = run(script(tmp_path, LISTING), emulator.connection_string(azurite), name)

    assert (ended.stderr, ended.returncode) == ("", 0)


def test_the_current_sdk_is_imported_when_it_is_asked_for(tmp_path: Path) -> None:
    ended = run(script(tmp_path, LAZY))

    assert (ended.stderr, ended.returncode) == ("", 0)


def test_private_names_that_public_code_uses_work_as_they_did(tmp_path: Path) -> None:
    ended = run(script(tmp_path, PRIVATE))

    assert (ended.stderr, ended.returncode) == ("", 0)


def test_the_script_is_main_in_every_way(tmp_path: Path) -> None:
    path = script(tmp_path, MAIN)

    ended = run(path, "one", "-m", "two")

    assert ended.stdout == f"__main__ {path} ['one', '-m', 'two'] {tmp_path} True\n"
    assert (ended.stderr, ended.returncode) == ("", 3)


def test_a_traceback_shows_the_scripts_own_frames_alone(tmp_path: Path) -> None:
    path = script(tmp_path, FAILING)

    ended = run(path)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f'Traceback (most recent call last):\n  File "{path}", line 4, in <module>\n')
    assert ended.stderr.count("  File ") == 2
    assert "blobprep" not in ended.stderr


def test_a_module_is_run_and_options_of_the_interpreter_stay(tmp_path: Path) -> None:
    script(tmp_path, "import sys; print(sys.flags.dev_mode, sys.flags.optimize, sys.argv[1:])")

    ended = run("-m", "script", "one", options=("-X", "dev", "-O"), PYTHONPATH=str(tmp_path))

    assert (ended.stdout, ended.returncode) == ("True 1 ['one']\n", 0)


def test_what_the_script_starts_sees_the_old_names_too(tmp_path: Path) -> None:
    starts = 'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "import azure.storage.common"], check=True)'

    assert run(script(tmp_path, starts)).returncode == 0


def test_a_regular_package_that_hides_all_others_is_named(tmp_path: Path) -> None:
    (tmp_path / "azure").mkdir()
    (tmp_path / "azure" / "__init__.py").touch()

    ended = run(script(tmp_path, "print('never')"))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"blobprep.legacy: {tmp_path}/azure/__init__.py hides every other part of `azure`")


def test_a_module_of_that_name_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "azure.py").touch()

    with pytest.raises(UnusablePath, match=r"azure\.py hides"):
        script_path(str(tmp_path / "script.py"), sys.path)


def test_a_package_that_joins_the_others_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "azure").mkdir()
    joins = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    (tmp_path / "azure" / "__init__.py").write_text(joins)

    ended = run(script(tmp_path, "import azure.core\nfrom azure.storage.blob import BlockBlobService"))

    assert (ended.stderr, ended.returncode) == ("", 0)


@pytest.mark.parametrize("is_regular", [False, True])
def test_an_unpacked_old_sdk_before_the_overlay_shadows_it(tmp_path: Path, is_regular: bool) -> None:
    """As a module zip on the third port does: what stands beside the script comes first."""
    (tmp_path / "azure" / "storage" / "blob").mkdir(parents=True)
    if is_regular:
        (tmp_path / "azure" / "__init__.py").touch()
        (tmp_path / "azure" / "storage" / "__init__.py").touch()
    (tmp_path / "azure" / "storage" / "blob" / "__init__.py").write_text("BlockBlobService = 'mine'")

    ended = run(script(tmp_path, "from azure.storage.blob import BlockBlobService\nprint(BlockBlobService)"))

    assert (ended.stdout, ended.stderr) == ("mine\n", "")


def test_blobprep_is_found_again_where_only_the_working_folder_has_it(tmp_path: Path) -> None:
    rest = [folder for folder in sys.path if "site-packages" not in folder and "legacy" not in folder and folder]

    folders = script_path(str(tmp_path / "script.py"), [f for f in rest if not (Path(f) / "blobprep").is_dir()])

    assert folders == [str(overlay_folder()), str(overlay_folder().parents[2])]


def test_the_callers_own_folders_stay_behind_the_overlay(tmp_path: Path) -> None:
    ended = run(script(tmp_path, "import os; print(os.environ['PYTHONPATH'])"), PYTHONPATH="/mine")

    assert ended.stdout == f"{overlay_folder()}:/mine\n"


def test_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: python -m blobprep.legacy SCRIPT")
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_an_interpreter_that_ignores_its_environment_is_refused(tmp_path: Path) -> None:
    ended = run(script(tmp_path, ""), options=("-E",))

    assert (ended.returncode, ended.stderr) == (2, "blobprep.legacy: PYTHONPATH must count: leave out -E and -I.\n")


def test_the_overlay_has_no_package_that_would_hide_others() -> None:
    """A regular `azure` or `azure.storage` would outrank an old SDK that a script brings."""
    assert not (overlay_folder() / "azure" / "__init__.py").exists()
    assert not (overlay_folder() / "azure" / "storage" / "__init__.py").exists()


def test_the_overlays_modules_bear_no_name_of_the_current_sdks() -> None:
    import azure.storage.blob

    current = {path.stem for path in Path(azure.storage.blob.__path__[0]).iterdir()}
    ours = {path.stem for path in (overlay_folder() / "azure" / "storage" / "blob").iterdir()}

    assert ours & current <= {"__init__", "__pycache__"}
