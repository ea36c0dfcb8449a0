"""What is special about an account behind the service's SDK: mostly, what its errors become."""

from __future__ import annotations

import inspect
import logging
import secrets
import socket
import subprocess
import sys
import traceback
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from azure.core import exceptions as sdk
from azure.storage.blob import (
    AccountSasPermissions,
    ContainerSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_container_sas,
)

from blobprep import errors
from blobprep.account import Access, Account, Credential, Network
from blobprep.errors import (
    AccessError,
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    HttpsRequired,
    SettingError,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores import BLOCK_SIZE
from blobprep.stores.azure import AzureStore, convert_errors
from blobprep.stores.azure.upload import BlockMemory
from blobprep.stores.base import Write
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.open import open_store
from tests import emulator
from tests.stores.conftest import emulated

SECRET = "c2VjcmV0IHdvcmRzIHRoYXQgbm9ib2R5IG1heSBzZWU="
ACCOUNT = Account("contoso", credential=Credential("key", SECRET))
SAS = Account("contoso", credential=Credential("sas", f"sv=2024-01-01&se=2999-05-01T00%3A00%3A00Z&sig={SECRET}"))


@pytest.fixture
def container(azure_store: AzureStore) -> str:
    name = f"test-{secrets.token_hex(8)}"
    azure_store.create_container(name)
    return name


def everything_shown(error: BaseException) -> str:
    """What a log, a page or a traceback of the error would show."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


# What Azurite can be made to say


def test_a_wrong_key_is_refused_without_being_shown(azurite: str, container: str) -> None:
    wrong = b64encode(b"a wrong key that must not be shown").decode()
    store = AzureStore(replace(emulated(azurite), credential=Credential("key", wrong)), retry_total=0)

    with pytest.raises(AccessError) as caught:
        store.read(container, "a")

    assert f"{container}/a in account {emulator.ACCOUNT}" in caught.value.message
    assert "request " in caught.value.message
    assert "key" in caught.value.remedy
    shown = everything_shown(caught.value)
    assert wrong not in shown
    assert "Signature" not in shown
    assert "SharedKey" not in shown


@pytest.mark.parametrize("key", ["not base64!", "YQ"])
def test_a_key_that_is_none_is_refused_without_being_shown(azurite: str, container: str, key: str) -> None:
    store = AzureStore(replace(emulated(azurite), credential=Credential("key", key)), retry_total=0)

    with pytest.raises(AccessError) as caught:
        store.properties(container, "a")

    assert key not in everything_shown(caught.value)


def sas_store(azurite: str, container: str, permission: str, *, ends: timedelta) -> tuple[AzureStore, str]:
    token = generate_container_sas(
        emulator.ACCOUNT,
        container,
        account_key=emulator.KEY,
        permission=ContainerSasPermissions.from_string(permission),
        start=datetime.now(UTC) - timedelta(days=2),
        expiry=datetime.now(UTC) + ends,
    )
    return AzureStore(replace(emulated(azurite), credential=Credential("sas", token)), retry_total=0), token


def test_a_sas_token_opens_what_it_permits_and_no_more(azurite: str, azure_store: AzureStore, container: str) -> None:
    azure_store.write(container, "a", b"1", content_type="a/b")
    store, token = sas_store(azurite, container, "r", ends=timedelta(hours=1))

    assert store.read(container, "a") == b"1"
    with pytest.raises(AccessError) as caught:
        store.write(container, "a", b"2", content_type="a/b")

    assert "AuthorizationPermissionMismatch" in caught.value.message
    assert "permission" in caught.value.remedy
    assert token.rpartition("sig=")[2] not in everything_shown(caught.value)


def test_an_expired_sas_token_is_told_with_its_end(azurite: str, container: str) -> None:
    store, token = sas_store(azurite, container, "rwl", ends=-timedelta(hours=1))

    with pytest.raises(AccessError, match="the SAS token expired at 20") as caught:
        next(store.list(container))

    assert token.rpartition("sig=")[2] not in everything_shown(caught.value)


def test_a_request_that_cannot_be_signed_is_not_said_to_be_refused() -> None:
    endpoint = f"https://127.0.0.1:{closed_port()}/contoso"
    store = AzureStore(Account("contoso", endpoint=endpoint, credential=Credential("key", "c4n4r")))

    with pytest.raises(AccessError, match="no request was sent for") as caught:
        store.read("raw", "a")

    assert "c4n4r" not in everything_shown(caught.value)


def test_an_expired_sas_token_is_told_before_the_first_request() -> None:
    """At a port where nobody listens the request itself would be the error."""
    expired = Credential("sas", f"sv=1&sp=r&se=2024-05-01&sig={SECRET}")
    endpoint = f"https://127.0.0.1:{closed_port()}/contoso"
    store = AzureStore(replace(SAS, endpoint=endpoint, credential=expired), retry_total=0)

    for use in (
        lambda: store.read("raw", "a"),
        lambda: next(store.list_containers()),
        lambda: store.upload("raw", "a").put(0, b"1"),
    ):
        with pytest.raises(AccessError, match="expired at 2024-05-01 00:00 UTC") as caught:
            use()
        assert SECRET not in everything_shown(caught.value)


def test_an_account_sas_token_lists_containers(azurite: str, container: str) -> None:
    token = generate_account_sas(
        emulator.ACCOUNT,
        account_key=emulator.KEY,
        resource_types=ResourceTypes(service=True),
        permission=AccountSasPermissions(list=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    store = AzureStore(replace(emulated(azurite), credential=Credential("sas", token)), retry_total=0)

    assert container in set(store.list_containers())


def test_an_emulator_without_a_credential_asks_for_its_key(azurite: str, container: str) -> None:
    store = AzureStore(replace(emulated(azurite), credential=Credential("anonymous")), retry_total=0)

    with pytest.raises(StoreError, match="name and key"):
        store.read(container, "a")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_a_port_where_nobody_answers_is_unavailable(protocol: str) -> None:
    endpoint = f"{protocol}://127.0.0.1:{closed_port()}/{emulator.ACCOUNT}"
    store = AzureStore(replace(SAS, endpoint=endpoint, protocol=protocol), retry_total=0)  # type: ignore[arg-type]

    for use in (lambda: store.read("raw", "a"), lambda: next(store.list_containers())):
        with pytest.raises(StoreUnavailable, match="emulator") as caught:
            use()
        assert SECRET not in everything_shown(caught.value)


def test_https_to_an_emulator_that_speaks_http_says_so(azurite: str) -> None:
    store = AzureStore(replace(emulated(azurite), protocol="https"), retry_total=0)

    with pytest.raises(StoreUnavailable, match="--protocol http"):
        store.read("raw", "a")


def test_blocks_dropped_by_another_commit_are_told(azure_store: AzureStore, container: str) -> None:
    ours, theirs = (azure_store.upload(container, "a") for _ in range(2))
    ours.put(0, b"ours")
    theirs.put(0, b"theirs")
    theirs.commit(1, content_type="a/b")

    with pytest.raises(ConditionNotMet, match="dropped these blocks"):
        ours.commit(1, content_type="a/b")

    assert azure_store.read(container, "a") == b"theirs"


@pytest.mark.parametrize("blob", ["../raw/a", "a/./b", ".", "a/.."])
def test_a_name_that_would_lead_elsewhere_on_the_way_is_refused(
    azure_store: AzureStore, container: str, blob: str
) -> None:
    with pytest.raises(StoreError, match="choose another name"):
        azure_store.write(container, blob, b"", content_type="a/b")
    with pytest.raises(StoreError, match="choose another name"):
        azure_store.upload(container, blob)


def test_an_empty_name_names_nothing(azure_store: AzureStore, container: str) -> None:
    with pytest.raises(BlobNotFound):
        azure_store.read(container, "")
    with pytest.raises(ContainerNotFound):
        azure_store.read("", "a")


def test_a_name_that_is_no_text_is_told(azure_store: AzureStore, container: str) -> None:
    with pytest.raises(StoreError, match="not valid text"):
        azure_store.read(container, "lone \ud800")


def test_versions_and_snapshots_are_asked_for(azure_store: AzureStore, container: str) -> None:
    azure_store.write(container, "a", b"old", content_type="a/b")
    client = azure_store._service.get_blob_client(container, "a")
    snapshot = str(client.create_snapshot()["snapshot"])
    azure_store.write(container, "a", b"newer", content_type="a/b")

    assert azure_store.read(container, "a", snapshot=snapshot) == b"old"
    assert azure_store.properties(container, "a", snapshot=snapshot).size == 3
    with pytest.raises(StoreError, match="delete them first"):
        azure_store.delete(container, "a")


def test_a_long_read_is_of_one_state(azure_store: AzureStore, container: str) -> None:
    upload = azure_store.upload(container, "big")
    for index in range(3):
        upload.put(index, bytes([index]) * BLOCK_SIZE)
    etag = upload.commit(3, content_type="a/b")

    data = azure_store.read(container, "big", offset=5, length=2 * BLOCK_SIZE, if_match=etag)

    assert data == bytes(BLOCK_SIZE - 5) + b"\1" * BLOCK_SIZE + b"\2" * 5


def test_a_listing_goes_over_pages_in_order(azurite: str, container: str) -> None:
    store = AzureStore(emulated(azurite), retry_total=0)
    names = sorted([f"{number:02}" for number in range(8)] + [f"{number:02}/x" for number in range(0, 8, 3)])
    for name in names:
        store.write(container, name, b"", content_type="a/b")
    store._page_size = 3

    assert [item.blob for item in store.list(container)] == names  # type: ignore[union-attr]
    grouped = [getattr(item, "blob", None) or item.prefix for item in store.list(container, delimiter="/")]  # type: ignore[union-attr]
    assert grouped == sorted(grouped)
    assert len(grouped) == 11


def test_memory_of_blocks_is_used_again_and_never_by_two_at_once() -> None:
    memory = BlockMemory()
    with memory.block(BLOCK_SIZE) as first, memory.block(5) as second:
        first[:5], second[:] = b"first", b"other"
        assert (bytes(first[:5]), len(second)) == (b"first", 5)
    with memory.block(3) as third, memory.block(3) as fourth, memory.block(3) as fifth:
        assert {bytes(third), bytes(fourth)} == {b"oth", b"fir"}
        assert bytes(fifth) == bytes(3)


def test_a_block_whose_source_fails_leaves_nothing_in_the_next_one(azure_store: AzureStore, container: str) -> None:
    upload = azure_store.upload(container, "big")

    def fail(write: Write) -> None:
        write(b"secret", 0)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        upload.receive(0, 6, fail)
    upload.receive(0, 6, lambda write: write(b"public", 0))
    upload.commit(1, content_type="a/b")

    assert azure_store.read(container, "big") == b"public"


# What only the service itself says


def answer(status: int, code: str = "", date: datetime | None = None) -> sdk.HttpResponseError:
    headers = {"x-ms-request-id": "0000-1111", "Date": format_datetime(date or datetime.now(UTC), usegmt=True)}
    if code:
        headers["x-ms-error-code"] = code
    response = SimpleNamespace(status_code=status, reason="no", headers=headers)
    message = f"AuthenticationErrorDetail: Signature={SECRET} https://contoso/?sig={SECRET}"
    kinds = {401: sdk.ClientAuthenticationError, 404: sdk.ResourceNotFoundError, 412: sdk.ResourceModifiedError}
    return kinds.get(status, sdk.HttpResponseError)(message, response=response)


ANSWERS = [
    (404, "BlobNotFound", BlobNotFound, "blobprep ls"),
    (404, "ContainerNotFound", ContainerNotFound, "create it"),
    (404, "ContainerDisabled", ContainerNotFound, "create it"),
    (404, "ResourceNotFound", BlobNotFound, "check its name"),
    (404, "", BlobNotFound, "check its name"),
    (409, "BlobAlreadyExists", ConditionNotMet, "check its present state"),
    (409, "Unheard", ConditionNotMet, "check its present state"),
    (412, "ConditionNotMet", ConditionNotMet, "check its present state"),
    (412, "", ConditionNotMet, "check its present state"),
    (400, "InvalidBlockList", ConditionNotMet, "check its present state"),
    (400, "InvalidBlobOrBlock", ConditionNotMet, "check its present state"),
    (412, "LeaseIdMissing", StoreError, "lease"),
    (409, "BlobArchived", StoreError, "rehydrate"),
    (409, "SnapshotsPresent", StoreError, "snapshots"),
    (409, "InvalidBlobType", StoreError, "append or page"),
    (400, "InvalidResourceName", StoreError, "rule"),
    (403, "AuthenticationFailed", AccessError, "copy the key again"),
    (403, "AuthorizationFailure", AccessError, "firewall"),
    (403, "AuthorizationPermissionMismatch", AccessError, "a policy, a lock"),
    (403, "AuthorizationProtocolMismatch", AccessError, "https only"),
    (403, "AuthorizationSourceIPMismatch", AccessError, "address"),
    (403, "KeyBasedAuthenticationNotPermitted", AccessError, "accepts neither account keys nor SAS tokens"),
    (403, "AccountIsDisabled", AccessError, "disabled"),
    (403, "Unheard", AccessError, "permissions"),
    (401, "NoAuthenticationInformation", AccessError, "give the account a key"),
    (401, "", AccessError, "credential"),
    (409, "PublicAccessNotPermitted", AccessError, "anonymous"),
    (409, "BlobImmutableDueToPolicy", AccessError, "retention"),
    (400, "AccountRequiresHttps", HttpsRequired, "Secure transfer required"),
    (503, "ServerBusy", StoreUnavailable, "throttled"),
    (500, "InternalError", StoreUnavailable, "later"),
    (500, "OperationTimedOut", StoreUnavailable, "later"),
    (429, "", StoreUnavailable, "later"),
    (409, "ContainerBeingDeleted", StoreUnavailable, "half a minute"),
    (400, "Unheard", StoreError, "Unheard"),
]


@pytest.mark.parametrize(("status", "code", "expected", "said"), ANSWERS)
def test_each_answer_becomes_an_error_of_ours_with_a_remedy(
    status: int, code: str, expected: type[StoreError], said: str
) -> None:
    with pytest.raises(StoreError) as caught, convert_errors("raw", "a.csv", ACCOUNT):
        raise answer(status, code)

    assert type(caught.value) is expected
    assert said in str(caught.value)
    name = "container raw" if expected is ContainerNotFound else "raw/a.csv"
    assert f"{name} in account contoso" in caught.value.message
    assert status == 404 or "0000-1111" in caught.value.message
    assert SECRET not in everything_shown(caught.value)


def test_https_required_names_both_ways_out() -> None:
    with pytest.raises(HttpsRequired) as caught, convert_errors("raw", "", ACCOUNT):
        raise answer(400, "AccountRequiresHttps")

    assert "--protocol https" in caught.value.remedy
    assert 'protocol = "http"' in caught.value.remedy
    assert "off on the account" in caught.value.remedy


def test_no_error_of_the_sdk_gets_through() -> None:
    kinds = [kind for _, kind in inspect.getmembers(sdk, inspect.isclass) if issubclass(kind, sdk.AzureError)]
    assert len(kinds) > 15

    for kind in kinds:
        error = kind.__new__(kind)
        sdk.AzureError.__init__(error, f"https://contoso/?sig={SECRET}")
        vars(error).setdefault("status_code", None)
        vars(error).setdefault("response", None)
        with pytest.raises(StoreError) as caught, convert_errors("raw", "a", ACCOUNT):
            raise error
        assert type(caught.value).__module__ == errors.__name__
        assert SECRET not in everything_shown(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        sdk.ServiceRequestError(f"url /?sig={SECRET}"),
        sdk.ServiceResponseError(f"url /?sig={SECRET}"),
        sdk.ServiceRequestTimeoutError(f"url /?sig={SECRET}"),
        sdk.IncompleteReadError(f"url /?sig={SECRET}"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_fails_is_unavailable_and_names_the_host(error: Exception) -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"contoso\.blob\.core\.windows\.net") as caught,
        convert_errors("raw", "a", SAS),
    ):
        raise error

    assert SECRET not in everything_shown(caught.value)


def test_a_certificate_that_is_not_trusted_is_told() -> None:
    with pytest.raises(StoreUnavailable, match="certificate"), convert_errors("raw", "a", ACCOUNT):
        raise sdk.ServiceRequestError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")


def test_an_expired_sas_token_is_held_against_the_services_clock() -> None:
    served = datetime(2999, 5, 2, tzinfo=UTC)

    with pytest.raises(AccessError, match="expired at 2999-05-01 00:00 UTC"), convert_errors("raw", "a", SAS):
        raise answer(403, "AuthenticationFailed", served)
    with pytest.raises(AccessError) as caught, convert_errors("raw", "a", SAS):
        raise answer(403, "AuthenticationFailed", served - timedelta(days=2))
    assert "expired at" not in caught.value.remedy


def test_a_wrong_clock_is_told_where_a_key_is_refused() -> None:
    served = datetime(2024, 5, 2, tzinfo=UTC)

    with (
        pytest.raises(AccessError, match="clock is wrong: the service says it is 2024"),
        convert_errors("raw", "a", ACCOUNT),
    ):
        raise answer(403, "AuthenticationFailed", served)


def test_a_missing_blob_without_a_credential_may_be_private() -> None:
    with pytest.raises(BlobNotFound, match="private"), convert_errors("raw", "a", Account("contoso")):
        raise answer(404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("token", "code", "said"),
    [
        ("st=2999-01-01&se=2999-05-01", "AuthenticationFailed", "not valid before 2999-01-01"),
        ("ss=q&srt=o", "AuthorizationServiceMismatch", "another service"),
        ("sp=rl&sr=c", "AuthorizationPermissionMismatch", "permits 'rl'"),
    ],
)
def test_a_refused_sas_token_is_told_what_it_says_of_itself(token: str, code: str, said: str) -> None:
    account = replace(SAS, credential=Credential("sas", f"sv=1&{token}&sig={SECRET}"))

    with pytest.raises(AccessError, match=said), convert_errors("raw", "a", account):
        raise answer(403, code)


def test_a_proxy_of_the_environment_is_not_asked_for_the_emulator(
    azurite: str, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert AzureStore(emulated(azurite), retry_total=0).container_exists(container)


def test_a_proxy_of_the_settings_is_asked() -> None:
    """Nobody listens at its port, so that the request ends there."""
    network = Network(proxy=f"http://127.0.0.1:{closed_port()}", retries=0, connect_timeout=1)

    with pytest.raises(StoreUnavailable, match="proxy"):
        AzureStore(replace(ACCOUNT, network=network)).container_exists("raw")


# Secrets


def test_neither_a_store_nor_its_log_shows_a_secret(
    azurite: str, container: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store, token = sas_store(azurite, container, "rwlc", ends=timedelta(hours=1))
    signature = token.rpartition("sig=")[2]

    upload = store.upload(container, "a")
    upload.put(0, b"1")
    upload.commit(1, content_type="a/b")
    store.read(container, "a")

    assert signature not in repr(store) + str(store) + repr(upload)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("blobprep")]
    assert ours == []


# Opening


def test_an_account_opens_as_what_it_is(azurite: str, tmp_path: object) -> None:
    remote = open_store(emulated(azurite))
    local = open_store(replace(ACCOUNT, folder=tmp_path))  # type: ignore[arg-type]

    assert isinstance(remote.container_exists.__self__, AzureStore)  # type: ignore[attr-defined]
    assert (remote.account, remote.protocol) == (emulator.ACCOUNT, "http")
    assert remote.access == Access(azurite, "account key")
    assert isinstance(local, FolderStore)
    assert (local.account, local.protocol) == ("contoso", "file")


def test_an_account_that_cannot_be_opened_says_so_at_the_first_request() -> None:
    broken = open_store(replace(ACCOUNT, endpoint="http://"))

    with pytest.raises(SettingError, match="address of account contoso"):
        broken.container_exists("data")
    with pytest.raises(AttributeError):
        broken._private  # type: ignore[attr-defined]  # noqa: B018


def test_a_folder_is_opened_without_the_sdk() -> None:
    script = "import sys, blobprep.stores.open; sys.exit('azure' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
