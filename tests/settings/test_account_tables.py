from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.account import ANONYMOUS, Account, Credential, Identity
from blobprep.errors import SettingError
from blobprep.settings.account_tables import table_account, table_address, table_source
from blobprep.settings.sources.toml import Config

STRING = "AccountName=contoso;AccountKey=from-string;DefaultEndpointsProtocol=http"


def configured(environment=None, **table):
    config = Config(Path("/project/blobprep.toml"), accounts={"contoso": table})
    account = Account("contoso")
    if table_source(config, "contoso"):
        account = table_account(config, "contoso", environment or {}, Identity(tenant_id="general"))
    return table_address(config, account)


@pytest.mark.parametrize(
    ("table", "environment", "url", "credential"),
    [
        ({}, {}, "https://contoso.blob.core.windows.net", ANONYMOUS),
        ({"protocol": "http"}, {}, "http://contoso.blob.core.windows.net", ANONYMOUS),
        ({"endpoint_suffix": "core.x"}, {}, "https://contoso.blob.core.x", ANONYMOUS),
        ({"endpoint": "http://127.0.0.1:1/contoso/"}, {}, "http://127.0.0.1:1/contoso", ANONYMOUS),
        ({"endpoint": "http://h.x", "protocol": "https"}, {}, "https://h.x", ANONYMOUS),
        ({"port": 8443}, {}, "https://contoso.blob.core.windows.net:8443", ANONYMOUS),
        ({"endpoint": "http://127.0.0.1:1/contoso", "port": 2}, {}, "http://127.0.0.1:2/contoso", ANONYMOUS),
        ({"endpoint": "http://[::1]:1/contoso", "port": 2}, {}, "http://[::1]:2/contoso", ANONYMOUS),
        ({"key_env": "K"}, {"K": " k "}, "https://contoso.blob.core.windows.net", Credential("key", "k")),
        ({"sas_env": "S"}, {"S": "?sig=s"}, "https://contoso.blob.core.windows.net", Credential("sas", "sig=s")),
        (
            {"sas_env": "S", "key_env": "K", "credential": "key"},
            {"K": "k"},
            "https://contoso.blob.core.windows.net",
            Credential("key", "k"),
        ),
        (
            {"connection_string_env": "C"},
            {"C": STRING},
            "http://contoso.blob.core.windows.net",
            Credential("key", "from-string"),
        ),
        (
            {"connection_string_env": "C", "protocol": "https"},
            {"C": STRING},
            "https://contoso.blob.core.windows.net",
            Credential("key", "from-string"),
        ),
        ({"key_env": "K", "credential": "anonymous"}, {}, "https://contoso.blob.core.windows.net", ANONYMOUS),
        (
            {"credential": "default"},
            {},
            "https://contoso.blob.core.windows.net",
            Credential("token", identity=Identity(tenant_id="general")),
        ),
        (
            {"credential": "managed-identity", "client_id": "c"},
            {},
            "https://contoso.blob.core.windows.net",
            Credential("token", flavor="managed-identity", identity=Identity(tenant_id="general", client_id="c")),
        ),
        (
            {"client_secret_env": "S", "tenant_id": "t", "client_id": "c"},
            {"S": "s"},
            "https://contoso.blob.core.windows.net",
            Credential("token", "s", "service-principal", Identity("t", "c")),
        ),
        ({"token_env": "T"}, {"T": "t"}, "https://contoso.blob.core.windows.net", Credential("token", "t", "bearer")),
    ],
)
def test_a_table_of_the_file_describes_an_account(table, environment, url, credential):
    account, explicit = configured(environment, **table)

    assert (account.url, account.credential) == (url, credential)
    assert explicit == (table.get("protocol") == "http")


@pytest.mark.parametrize(
    ("table", "environment", "message"),
    [
        ({"key_env": "K"}, {}, "K, which is not set"),
        ({"key_env": "K"}, {"K": " "}, "K, which is not set"),
        ({"credential": "key"}, {}, "without key_env"),
        ({"credential": "service-principal", "client_secret_env": "S"}, {}, "S, which is not set"),
        ({"key_env": "K", "sas_env": "S"}, {"K": "k", "S": "s"}, "several credentials"),
        ({"connection_string_env": "C"}, {"C": "AccountName=other;AccountKey=c4n4ry"}, "belongs to account other"),
        ({"connection_string_env": "C"}, {"C": "c4n4ry"}, "connection_string_env"),
        ({"endpoint": "contoso.blob.core.windows.net"}, {}, "no scheme"),
        ({"endpoint": "https://h.x:port"}, {}, "not the address"),
        ({"endpoint": "https://u:c4n4ry@h.x"}, {}, "not the address"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(table, environment, message):
    with pytest.raises(SettingError, match=message) as caught:
        configured(environment, **table)

    assert "c4n4ry" not in str(caught.value)
