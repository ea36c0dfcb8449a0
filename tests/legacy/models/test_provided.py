"""The overlay's modules are what the table of names says."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from blobprep.legacy import overlay_folder
from blobprep.legacy.names import ALIASES, MODULES, names_of

_STORAGE = overlay_folder() / "azure" / "storage"
_PICKLED = """
import pickle, sys
from azure.storage.blob import BlockBlobService, ContentSettings
from azure.storage.common.retry import LinearRetry
for made in (ContentSettings("text/csv"), LinearRetry(1)):
    sys.stdout.write(pickle.dumps(made).hex() + "\\n")
"""
_UNPICKLED = """
import pickle, sys
settings, policy = (pickle.loads(bytes.fromhex(line)) for line in sys.stdin)
import azure.storage.blob.models, azure.storage.common.retry
assert type(settings) is azure.storage.blob.models.ContentSettings and settings.content_type == "text/csv"
assert type(policy) is azure.storage.common.retry.LinearRetry and policy.backoff == 1
import importlib.util
assert importlib.util.find_spec("azure.storage.blob.models").name == "azure.storage.blob.models"
"""


def _run(program: str, given: str = "") -> str:
    path = os.pathsep.join(map(str, [overlay_folder(), Path.cwd()]))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_there_is_a_file_for_each_name_that_was_in_the_shared_package_and_for_no_other() -> None:
    found = {path.stem for path in _STORAGE.glob("*.py")} | {
        path.parent.name for path in _STORAGE.glob("*/__init__.py")
    }
    modules = {name.split(".")[2] for name in MODULES}

    assert found - {"_blobprep"} == ALIASES.keys() | modules


def test_whatever_a_module_lists_is_there() -> None:
    rows = [row for name in MODULES for row in names_of(name) if not row.source.startswith("azure.")]

    assert len(rows) > 300
    assert [row for row in rows if not hasattr(import_module(row.source), row.ours)] == []


def test_classes_are_pickled_by_the_old_module_and_found_there_by_another_process() -> None:
    _run(_UNPICKLED, _run(_PICKLED))
