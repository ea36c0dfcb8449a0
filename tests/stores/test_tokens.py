"""Which credential of azure-identity is built; none of them is asked for a token here, except what answers at once."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback

import pytest
from azure import identity as library
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from blobprep.account import Account, Credential, Identity, Network, TokenFlavor
from blobprep.errors import AccessError, ProtocolForbidden, SettingError, StoreUnavailable
from blobprep.stores.azure import AzureStore
from blobprep.stores.azure.tokens import TokenProvider, token_provider
from blobprep.stores.open import open_store
from tests.stores.test_azure import closed_port

WHOLE = Identity(tenant_id="11111111-1111-1111-1111-111111111111", client_id="app", token_file="/none/token")


def account(flavor: TokenFlavor, identity: Identity = WHOLE, secret: str = "") -> Account:
    return Account("contoso", credential=Credential("token", secret, flavor, identity))


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("flavor", "secret", "expected"),
    [
        ("default", "", library.DefaultAzureCredential),
        ("managed-identity", "", library.ManagedIdentityCredential),
        ("workload-identity", "", library.WorkloadIdentityCredential),
        ("cli", "", library.AzureCliCredential),
        ("service-principal", "c4n4ry", library.ClientSecretCredential),
    ],
)
def test_each_flavor_asks_its_own_credential(flavor: TokenFlavor, secret: str, expected: type) -> None:
    made = token_provider(account(flavor, secret=secret))

    assert type(made.source) is expected
    assert "c4n4ry" not in repr(made)


def test_a_managed_identity_is_named_by_one_of_its_ids() -> None:
    for identity in (
        Identity(),
        Identity(object_id="o"),
        Identity(resource_id="r"),
        Identity(client_id="c", object_id="o"),
    ):
        assert type(token_provider(account("managed-identity", identity)).source) is library.ManagedIdentityCredential


def test_a_given_token_is_handed_out() -> None:
    assert token_provider(account("bearer", secret="c4n4ry")).get_token("scope").token == "c4n4ry"


@pytest.mark.parametrize(
    ("flavor", "identity", "missing"),
    [
        ("service-principal", Identity(), "tenant_id, client_id, client_secret_env or certificate"),
        ("service-principal", WHOLE, "client_secret_env or certificate"),
        ("workload-identity", Identity(client_id="c"), "tenant_id, token_file"),
        ("bearer", WHOLE, "the token"),
    ],
)
def test_what_is_not_whole_says_what_is_missing(flavor: TokenFlavor, identity: Identity, missing: str) -> None:
    with pytest.raises(SettingError, match=missing):
        token_provider(account(flavor, identity))


def test_a_certificate_that_cannot_be_read_is_told_without_its_path() -> None:
    with pytest.raises(SettingError, match="service-principal") as caught:
        token_provider(account("service-principal", Identity("t", "c", certificate="/none/c4n4ry.pem")))

    assert "c4n4ry" not in str(caught.value)
    assert caught.value.__cause__ is None


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.credentials = (library.AzureCliCredential(), library.AzurePowerShellCredential())

    def get_token(self, *scopes: str, **options: object) -> object:
        raise self.error


@pytest.mark.parametrize(
    ("error", "expected", "said"),
    [
        (library.CredentialUnavailableError("c4n4ry"), AccessError, "tried: AzureCli, AzurePowerShell"),
        (ClientAuthenticationError("AADSTS7000215: c4n4ry"), AccessError, "AADSTS7000215"),
        (OSError(2, "c4n4ry"), AccessError, "az login"),
        (ValueError("c4n4ry"), AccessError, "az login"),
        (ServiceRequestError("c4n4ry"), StoreUnavailable, "network"),
    ],
)
def test_no_token_is_an_error_of_ours_that_says_what_was_tried(
    error: Exception, expected: type[Exception], said: str
) -> None:
    asked = TokenProvider(account("default"), Failing(error))  # type: ignore[arg-type]

    with pytest.raises(expected) as caught:
        asked.get_token("scope")

    assert said in str(caught.value)
    assert "c4n4ry" not in "".join(traceback.format_exception(caught.value))


def test_no_token_ends_a_request_of_the_store_before_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = library.CredentialUnavailableError("c4n4ry")
    monkeypatch.setattr("blobprep.stores.azure.tokens._source", lambda account: Failing(broken))
    store = AzureStore(account("default"))

    with pytest.raises(AccessError, match="no access token for account contoso"):
        store.read("raw", "a")


def test_a_token_is_refused_over_http_before_any_request() -> None:
    plain = Account(
        "contoso",
        protocol="http",
        endpoint=f"http://127.0.0.1:{closed_port()}/contoso",
        credential=Credential("token", "c4n4ry", "bearer"),
    )

    with pytest.raises(ProtocolForbidden, match="over http"):
        AzureStore(plain)
    with pytest.raises(ProtocolForbidden, match="over http"):
        open_store(plain).container_exists("raw")


def test_proxy_and_certificates_reach_the_sign_in_service(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {}
    monkeypatch.setattr(library, "ClientSecretCredential", lambda **options: given.update(options))
    network = Network(proxy="http://proxy.example:8080", ca_bundle="/etc/ca.pem")
    whole = account("service-principal", Identity("t", "c", authority="login.example"), "c4n4ry")

    token_provider(Account("contoso", credential=whole.credential, network=network))

    assert given["proxies"] == {"http": network.proxy, "https": network.proxy}
    assert (given["connection_verify"], given["authority"]) == ("/etc/ca.pem", "login.example")


def test_the_librarys_warnings_are_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    token_provider(account("bearer", secret="t"))

    assert any(isinstance(each, logging.NullHandler) for each in logging.getLogger("azure.identity").handlers)


def test_an_account_with_a_key_is_opened_without_azure_identity() -> None:
    script = (
        "import sys; from blobprep.account import Account, Credential; from blobprep.stores.azure import AzureStore;"
        "AzureStore(Account('contoso', credential=Credential('key', 'a2V5')));"
        "sys.exit('azure.identity' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
