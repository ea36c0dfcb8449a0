"""The overlay's modules are what the table of names says."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

import pytest

from blobprep.legacy import overlay_folder
from blobprep.legacy.names import ALIASES, MODULES, names_of

_STORAGE = overlay_folder() / "azure" / "storage"
_PICKLED = """
import pickle, sys
from azure.storage.blob import BlockBlobService, ContentSettings
from azure.storage.common.models import _dict
from azure.storage.common.retry import LinearRetry
for made in (ContentSettings("text/csv"), LinearRetry(1), _dict(a="b")):
    sys.stdout.write(pickle.dumps(made).hex() + "\\n")
"""
_UNPICKLED = """
import pickle, sys
settings, policy, metadata = (pickle.loads(bytes.fromhex(line)) for line in sys.stdin)
import azure.storage.blob.models, azure.storage.common.retry
assert type(settings) is azure.storage.blob.models.ContentSettings and settings.content_type == "text/csv"
assert type(policy) is azure.storage.common.retry.LinearRetry and policy.backoff == 1
assert repr(type(metadata)) == "<class 'azure.storage.common.models._dict'>" and metadata == {"a": "b"}
import importlib.util
assert importlib.util.find_spec("azure.storage.blob.models").name == "azure.storage.blob.models"
"""

_ATTRIBUTES = """
import azure.storage.blob
for name in ("baseblobservice", "sharedaccesssignature", "models", "_error"):
    assert getattr(azure.storage.blob, name).__name__ == "azure.storage.blob." + name
for name in ("storageclient", "retry", "_http.httpclient"):
    assert eval("azure.storage.common." + name).__name__ == "azure.storage.common." + name
assert azure.storage.retry is azure.storage.common.retry  # up to 0.36
assert azure.storage.CloudStorageAccount is azure.storage.common.CloudStorageAccount
assert not hasattr(azure.storage, "nonesuch")
"""
_STARRED = """
from azure.storage.common import AccessPolicy, CorsRule, LinearRetry
from azure.storage.blob import *
from azure.storage.common import AccessPolicy as policy, CorsRule as rule, LinearRetry as retry
assert (AccessPolicy, CorsRule, LinearRetry) == (policy, rule, retry)
assert BlockBlobService and BlobServiceClient and models.ContentSettings is ContentSettings
assert Services.__module__.startswith("azure.storage.blob.")  # the script did not have the old one
"""
_TOKENS = """
from azure.storage import SharedAccessSignature
from azure.storage.sharedaccesssignature import SharedAccessSignature as Same
from azure.storage.blob import BlobPermissions, BlockBlobService
assert SharedAccessSignature is Same
terms = {"permission": BlobPermissions.READ, "expiry": "2030-01-01", "content_type": "text/csv"}
maker, service = SharedAccessSignature("acct", "a2V5"), BlockBlobService("acct", "a2V5")
assert maker.generate_blob("c", "b", **terms) == service.generate_blob_shared_access_signature("c", "b", **terms)
assert maker.generate_container("c", "r", "2030-01-01") == service.generate_container_shared_access_signature(
    "c", "r", "2030-01-01"
)
"""
_BOTH = """
from azure.storage.blob import BlobClient, BlobServiceClient, BlockBlobService, ContainerClient, __version__
from azure.storage.blob import BlobBlock, BlobProperties, BlockState, ContentSettings, PageRange, PublicAccess
from azure.storage.blob import RehydratePriority, SequenceNumberAction, StandardBlobTier
import azure.storage.blob._models as current
assert __version__ == "2.1.0"
for word in (PublicAccess.CONTAINER, RehydratePriority.HIGH, SequenceNumberAction.MAX):
    assert word == word.value and type(word.value) is str
for name in ("BlobBlock", "BlobProperties", "ContentSettings", "PageRange"):
    assert isinstance(object.__new__(getattr(current, name)), globals()[name])
assert current.StandardBlobTier is StandardBlobTier
"""
_MEANWHILE = """
import importlib, sys, threading
outcomes = {}
def take(name):
    try:
        outcomes[name] = importlib.import_module(name).__name__ == name
    except ImportError as error:
        outcomes[name] = repr(error)
class Meanwhile:
    def find_spec(self, name, path=None, target=None):
        if name == "blobprep.legacy.wire.sending":  # the package is being made
            sys.meta_path.remove(self)
            for other in OTHERS:
                threads.append(threading.Thread(target=take, args=(other,)))
                threads[-1].start()
            for thread in threads:
                thread.join(0.2)
OTHERS, threads = sys.argv[2:], []
sys.meta_path.insert(0, Meanwhile())
importlib.import_module(sys.argv[1])
for thread in threads:
    thread.join()
assert outcomes == dict.fromkeys(OTHERS, True), outcomes
for name in OTHERS[:1]:
    old = sys.modules.pop(name)
    assert importlib.import_module(name) is old
"""
_ELSEWHERE = """
import azure.storage.blob
print(azure.storage.blob.__file__, hasattr(azure.storage.blob, "BlobServiceClient"))
try:
    import azure.storage.common
except ImportError as error:
    print(error)
"""


def _run(program: str, *arguments: str, given: str = "") -> str:
    path = os.pathsep.join(map(str, [overlay_folder(), Path.cwd()]))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_there_is_a_file_for_each_module_and_each_name_that_was_in_the_shared_package_and_no_other() -> None:
    files = (path.relative_to(overlay_folder()).with_suffix("") for path in _STORAGE.rglob("*.py"))
    found = {".".join(path.parts).removesuffix(".__init__") for path in files}

    assert found == MODULES.keys() | {f"azure.storage.{name}" for name in ("_blobprep", *ALIASES)}


def test_whatever_a_module_lists_is_there() -> None:
    rows = [row for name in MODULES for row in names_of(name) if not row.source.startswith("azure.")]

    assert len(rows) > 300
    assert [row for row in rows if not hasattr(import_module(row.source), row.ours)] == []


def test_classes_are_pickled_by_the_old_module_and_found_there_by_another_process() -> None:
    _run(_UNPICKLED, given=_run(_PICKLED))


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(_ATTRIBUTES, id="attributes after a plain import"),
        pytest.param(_STARRED, id="what a star brings, and its own of the same names"),
        pytest.param(_TOKENS, id="the maker of tokens up to 0.36"),
        pytest.param(_BOTH, id="names of both SDKs"),
    ],
)
def test_a_script_finds(program: str) -> None:
    _run(program)


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("azure.storage.common", ["azure.storage.common.retry", "azure.storage.common._http"]),
        ("azure.storage.blob", ["azure.storage.blob.models", "azure.storage.blob.aio"]),
    ],
)
def test_a_thread_imports_a_module_while_another_imports_its_package(first: str, others: list[str]) -> None:
    _run(_MEANWHILE, first, *others)


def test_an_interpreter_without_blobprep_imports_its_own_sdk_past_the_overlay(tmp_path: Path) -> None:
    packages = sysconfig.get_path("purelib")

    own, common = _elsewhere(overlay_folder(), packages, folder=tmp_path).splitlines()

    assert own == f"{packages}/azure/storage/blob/__init__.py True"
    assert common.startswith("No module named 'azure.storage.common' in ")
    assert "No module named 'azure.storage.blob' in " in _elsewhere(overlay_folder(), folder=tmp_path)


def _elsewhere(*path: str | Path, folder: Path) -> str:
    # Without `site`, an interpreter has no packages but those that it is told of, and so not this one.
    environment = {"PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-S", "-c", _ELSEWHERE]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return ended.stdout or ended.stderr
