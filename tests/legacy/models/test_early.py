"""`BlobService` sends what it sent in 0.20.3 and returns what it returned, and works with an emulator of today."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from azure.common import AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.early import BlobService, models
from blobprep.legacy.models import AccessPolicy
from tests import emulator
from tests.legacy.models import early_calls
from tests.legacy.models.golden import golden

_MODELS = SimpleNamespace(**vars(models) | {"AccessPolicy": AccessPolicy})


def _answered(adapter: early_calls.Answering, **given: Any) -> BlobService:
    session = requests.Session()
    session.mount("https://", adapter)
    return BlobService(early_calls.ACCOUNT, early_calls.KEY, request_session=session, **given)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(early_calls.said(_answered, _MODELS)))
    return told


# The real one kept the text of these two where it has numbers and truth values elsewhere.
_RECORDED = json.dumps(golden("early")["calls"]).replace('"include_apis": "true"', '"include_apis": true')
_EXPECTED = json.loads(_RECORDED.replace('"days": "5"', '"days": 5'))


@pytest.mark.parametrize("name", _EXPECTED)
def test_a_call_sends_and_returns_what_it_did(name: str, said: dict[str, Any]) -> None:
    assert said[name] == _EXPECTED[name]


def test_every_method_takes_what_it_took_in_that_order() -> None:
    recorded = golden("early")["parameters"]

    taken = early_calls.parameters(BlobService)

    assert {name: taken.get(name) for name in recorded} == recorded


def test_no_recorded_call_is_left_out(said: dict[str, Any]) -> None:
    assert said.keys() == golden("early")["calls"].keys()


@pytest.mark.parametrize(
    ("variables", "given", "host"),
    [
        ({}, {"account_name": "a", "host_base": ".blob.x"}, "a.blob.x/c"),
        ({}, {"connection_string": "AccountName=b;AccountKey=a2V5;EndpointSuffix=y"}, "b.blob.y/c"),
        ({"AZURE_STORAGE_ACCOUNT": "e", "AZURE_STORAGE_ACCESS_KEY": "a2V5"}, {}, "e.blob.core.windows.net/c"),
        ({"EMULATED": "true"}, {"dev_host": "127.0.0.1:1"}, "127.0.0.1:1/devstoreaccount1/c"),
        ({"EMULATED": "true"}, {"account_name": "a"}, "a.blob.core.windows.net/c"),
    ],
)
def test_the_account_is_found_where_it_was_said(
    variables: dict[str, str], given: dict[str, str], host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    adapter, session = early_calls.Answering(), requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)

    BlobService(**given, request_session=session).get_container_properties("c")  # type: ignore[arg-type]

    assert adapter.requests[0]["url"].partition("://")[2] == host


def test_no_account_is_refused_in_the_old_words() -> None:
    with pytest.raises(ValueError, match=r"^You need to provide an account name$"):
        BlobService()


def test_errors_of_the_connection_are_those_of_requests(tmp_path: Path) -> None:
    service = BlobService("a", early_calls.KEY, protocol="http", host_base=".invalid")
    service.set_proxy("127.0.0.1", 9)  # the port for what is discarded; nothing listens

    with pytest.raises(requests.exceptions.ConnectionError):
        service.list_containers()


def test_filters_stand_one_in_front_of_the_other() -> None:
    adapter, seen = early_calls.Answering(), []

    def filtering(name: str) -> Callable[..., Any]:
        def passing(request: Any, send: Callable[[Any], Any]) -> Any:
            seen.append((name, request.method))
            return send(request)

        return passing

    _answered(adapter).with_filter(filtering("inner")).with_filter(filtering("outer")).get_container_properties("c")

    assert seen == [("outer", "GET"), ("inner", "GET")]
    assert len(adapter.requests) == 1


def test_a_piece_that_fails_is_tried_again_as_often_as_was_said() -> None:
    adapter = early_calls.Answering()
    adapter.status, adapter.body = 503, b"busy"
    service = _answered(adapter)
    service._BLOB_MAX_DATA_SIZE = 1

    with pytest.raises(AzureHttpError, match="busy"):
        service.put_page_blob_from_bytes("c", "b", b"x" * 512, max_retries=2, retry_wait=0)
    assert len(adapter.requests) == 1  # creating the blob is no piece

    adapter.status = 200
    failing = iter([503, 503, 200, 503, 200])
    send = adapter.send

    def sometimes(request: requests.PreparedRequest, **options: Any) -> requests.Response:
        adapter.status = next(failing) if "comp=page" in str(request.url) else 200
        return send(request, **options)

    adapter.send = sometimes  # type: ignore[method-assign]
    service._BLOB_MAX_CHUNK_DATA_SIZE = 512
    service.put_page_blob_from_bytes("c", "b", b"x" * 1024, max_retries=2, retry_wait=0)

    ranges = [request["headers"].get("x-ms-range") for request in adapter.requests[2:]]
    assert ranges == ["bytes=0-511"] * 3 + ["bytes=512-1023"] * 2


@pytest.fixture
def service(azurite: str) -> Iterator[BlobService]:
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": f"http://{urlsplit(azurite).netloc}"}
    with session:
        yield BlobService(emulator.ACCOUNT, emulator.KEY, protocol="http", request_session=session)


@pytest.fixture
def container(service: BlobService, request: pytest.FixtureRequest) -> str:
    name = "early-" + str(abs(hash(request.node.name)))
    assert service.create_container(name)
    return name


def test_containers_are_made_listed_and_deleted(service: BlobService, container: str) -> None:
    service.set_container_metadata(container, {"kind": "test"})
    listed = service.list_containers(prefix=container, include="metadata")

    assert [(each.name, each.metadata) for each in listed] == [(container, {"kind": "test"})]
    assert service.get_container_metadata(container) == {"x-ms-meta-kind": "test"}
    assert service.create_container(container) is False
    assert service.delete_container(container) is True
    assert service.delete_container(container) is False
    with pytest.raises(AzureMissingResourceHttpError, match=r"^The specified container does not exist"):
        service.list_blobs(container)


def test_policies_of_a_container_are_kept(service: BlobService, container: str) -> None:
    identifier = models.SignedIdentifier()
    identifier.id, identifier.access_policy = "readers", AccessPolicy("2030-01-01", "2030-02-01", "r")
    wanted = models.SignedIdentifiers()
    wanted.signed_identifiers.append(identifier)

    service.set_container_acl(container, wanted, x_ms_blob_public_access="blob")

    (kept,) = service.get_container_acl(container)
    assert (kept.id, kept.access_policy.permission) == ("readers", "r")
    assert str(kept.access_policy.start).startswith("2030-01-01")


def test_text_and_bytes_go_there_and_back(service: BlobService, container: str) -> None:
    progress: list[tuple[int | None, int | None]] = []
    service.put_block_blob_from_text(container, "a.csv", "ä,b\n", "utf-8", x_ms_blob_content_type="text/csv")

    text = service.get_blob_to_text(container, "a.csv", progress_callback=lambda *told: progress.append(told))

    assert text == "ä,b\n"
    assert progress == [(0, 5), (5, 5)]
    assert service.get_blob(container, "a.csv", x_ms_range="bytes=0-1").properties["content-type"] == "text/csv"
    assert service.get_blob_properties(container, "a.csv")["x-ms-blob-type"] == "BlockBlob"
    assert service.get_blob_to_bytes(container, "a.csv") == "ä,b\n".encode()


@pytest.mark.parametrize("connections", [1, 3])
def test_large_files_go_in_pieces_there_and_back(
    service: BlobService, container: str, connections: int, tmp_path: Path
) -> None:
    service._BLOB_MAX_DATA_SIZE, service._BLOB_MAX_CHUNK_DATA_SIZE = 1024, 512
    content = bytes(range(256)) * 19
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)

    service.put_block_blob_from_path(container, "b", str(source), max_connections=connections)
    service.get_blob_to_path(container, "b", str(target), max_connections=connections)

    assert target.read_bytes() == content
    assert [block.size for block in service.get_block_list(container, "b").committed_blocks] == [512] * 9 + [256]


def test_pages_are_written_and_listed(service: BlobService, container: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x" * 1024)
    service.put_page_blob_from_path(container, "p", str(source), x_ms_blob_sequence_number=7)

    service.put_page(container, "p", b"", "bytes=0-511", "clear")

    assert [(each.start, each.end) for each in service.get_page_ranges(container, "p")] == [(512, 1023)]
    assert service.get_blob_properties(container, "p")["x-ms-blob-sequence-number"] == "7"


def test_a_list_of_blobs_is_one_page_with_an_index(service: BlobService, container: str) -> None:
    for name in ("a/1", "a/2", "b", "c"):
        service.put_blob(container, name, b"x", "BlockBlob", x_ms_meta_name_values={"k": "v"})

    first = service.list_blobs(container, maxresults=2, include="metadata")
    rest = service.list_blobs(container, marker=first.next_marker)
    parted = service.list_blobs(container, delimiter="/")

    assert (len(first), first[0].name, first[1].metadata) == (2, "a/1", {"k": "v"})
    assert ([blob.name for blob in rest], rest.next_marker) == (["b", "c"], "")
    assert ([prefix.name for prefix in parted.prefixes], [blob.name for blob in parted]) == (["a/"], ["b", "c"])
    assert (first[0].properties.content_length, first[0].properties.blob_type) == (1, "BlockBlob")


def test_leases_snapshots_and_copies_of_a_blob(service: BlobService, container: str) -> None:
    service.put_blob(container, "b", b"first", "BlockBlob")
    snapshot = service.snapshot_blob(container, "b")["x-ms-snapshot"]
    lease = service.lease_blob(container, "b", "acquire")["x-ms-lease-id"]
    with pytest.raises(AzureHttpError, match="There is currently a lease on the blob"):
        service.put_blob(container, "b", b"second", "BlockBlob")
    service.put_blob(container, "b", b"other", "BlockBlob", x_ms_lease_id=lease)

    copied = service.copy_blob(container, "c", f"/{emulator.ACCOUNT}/{container}/b")
    service.lease_blob(container, "b", "release", lease)
    service.delete_blob(container, "c")

    assert copied["x-ms-copy-status"] == "success"
    assert service.get_blob_to_text(container, "b", snapshot=snapshot) == "first"
    assert service.get_blob_to_text(container, "b") == "other"


def test_a_blob_of_a_snapshot_in_pieces_is_of_the_snapshot(service: BlobService, container: str) -> None:
    service._BLOB_MAX_DATA_SIZE, service._BLOB_MAX_CHUNK_DATA_SIZE = 2, 2
    service.put_blob(container, "b", b"first", "BlockBlob")
    snapshot = service.snapshot_blob(container, "b")["x-ms-snapshot"]
    service.put_blob(container, "b", b"other", "BlockBlob")

    assert service.get_blob_to_bytes(container, "b", snapshot) == b"first"


def test_hourly_metrics_are_found_under_their_first_name() -> None:
    found = models.StorageServiceProperties()

    with pytest.warns(UserWarning, match="has been deprecated"):
        assert found.metrics is found.hour_metrics


def test_the_order_of_arguments_of_an_access_policy_is_found_by_their_types() -> None:
    early, late = AccessPolicy("2030-01-01", "2030-02-01", "r"), AccessPolicy("r", "2030-02-01", "2030-01-01")

    assert vars(early) == vars(late)
    assert vars(AccessPolicy("2030-01-01", "2030-02-01"))["start"] == "2030-01-01"
