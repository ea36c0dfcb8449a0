"""The original workflow: a module zip with the real old package goes before the overlay, and works.

`make test-legacy` and `make test-all` install the packages; each is zipped here in the ways people did.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from azure.storage.blob import BlobServiceClient

import blobprep
from blobprep.settings import Workspace
from tests.emulator import KEY, connection_string

PACKAGES = Path(__file__).parent / "packages"
SNIPPET = f"""
from azure.storage.blob import BlockBlobService
import azure.storage.blob as package
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name='devstoreaccount1', account_key='{KEY}', protocol='http')
    service.create_container('zipped')
    service.create_blob_from_text('zipped', 'a.csv', 'x\\n1\\n')
    text = service.get_blob_to_text('zipped', 'a.csv').content
    print('from', package.__file__.replace('\\\\', '/'))
    return pd.DataFrame({{'text': [text], 'names': [','.join(b.name for b in service.list_blobs('zipped'))]}})
"""
EXTENDING = """
import pkgutil
__path__ = pkgutil.extend_path(__path__, __name__)
"""
OLDER = f"""
from azure.storage.blob import BlobService
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    service = BlobService(account_name='devstoreaccount1', account_key='{KEY}', protocol='http')
    service.create_container('zipped')
    service.put_block_blob_from_text('zipped', 'a.csv', 'x\\n1\\n')
    text = service.get_blob_to_text('zipped', 'a.csv')
    return pd.DataFrame({{'text': [text], 'names': [','.join(b.name for b in service.list_blobs('zipped'))]}})
"""


@dataclass(frozen=True)
class Variant:
    """A way to make the zip.

    Attributes:
        version: of the package.
        azure: what `azure/__init__.py` holds, None where there is none.
        common: whether `azure/common` is in it.
    """

    version: str
    azure: str | None = None
    common: bool = True


WORKING = {
    "wheels of 2.1.0": Variant("2.1.0"),
    "wheels of 1.5.0": Variant("1.5.0"),
    "azure-storage 0.36": Variant("0.36.0"),
    "azure-storage 0.33": Variant("0.33.0"),
    "azure extends its path": Variant("2.1.0", azure=EXTENDING),
    "azure is an empty package": Variant("2.1.0", azure=""),
    "without azure.common": Variant("2.1.0", common=False),
}


@pytest.fixture
def run(azurite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., blobprep.Run]:
    """Runs a script with a bundle against the emulator, whose container `zipped` is not there yet."""
    monkeypatch.chdir(tmp_path)
    with BlobServiceClient.from_connection_string(connection_string(azurite)) as service:
        if service.get_container_client("zipped").exists():
            service.delete_container("zipped")

    def run(script: str, bundle: Path | None) -> blobprep.Run:
        (tmp_path / "prep.py").write_text(script)
        emulator = urlsplit(azurite).netloc
        return blobprep.run("prep.py", bundle=bundle, emulator=emulator, output="out/", workspace=Workspace())

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKING)
def test_a_real_package_in_the_bundle_goes_before_the_overlay(run, tmp_path: Path, name: str) -> None:
    done = run(SNIPPET, _zipped(WORKING[name], tmp_path))

    done.raise_for_failure()
    assert done.dataframe.to_dict("list") == {"text": ["x\n1\n"], "names": ["a.csv"]}
    assert "/Script Bundle/azure/storage/blob/__init__.py" in done.log
    assert "SyntaxWarning" not in done.log


@pytest.mark.slow
def test_a_package_that_hides_the_current_sdk_is_named_when_that_is_imported(run, tmp_path: Path) -> None:
    done = run(f"import azure.core\n{SNIPPET}", _zipped(Variant("2.1.0", azure=""), tmp_path))

    assert done.status == "failed"
    assert "Script Bundle/azure/__init__.py makes azure a regular package" in done.log


@pytest.mark.slow
def test_the_oldest_package_signs_as_the_emulator_refuses_and_the_log_says_what_to_do(run, tmp_path: Path) -> None:
    done = run(OLDER, _zipped(Variant("0.20.3"), tmp_path))

    assert done.status == "failed"
    assert "remove it from the bundle: blobprep provides BlobService itself" in done.log


def test_the_oldest_script_works_with_the_overlay_in_place_of_its_package(run) -> None:
    done = run(OLDER, None)

    done.raise_for_failure()
    assert done.dataframe.to_dict("list") == {"text": ["x\n1\n"], "names": ["a.csv"]}


def test_the_snippet_works_with_the_overlay_alone(run) -> None:
    done = run(SNIPPET, None)

    done.raise_for_failure()
    assert "/legacy/overlay/azure/storage/blob/__init__.py" in done.log


def _zipped(variant: Variant, folder: Path) -> Path:
    source, target = PACKAGES / variant.version, folder / "azure.zip"
    if not source.is_dir():
        pytest.fail("the real packages are not installed; make test-legacy installs them")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted((source / "azure").rglob("*.py")):
            name = path.relative_to(source).as_posix()
            if variant.common or not name.startswith("azure/common"):
                bundle.write(path, name)
        if variant.azure is not None:
            bundle.writestr("azure/__init__.py", variant.azure)
    return target
