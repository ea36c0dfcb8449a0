"""The address of an account, with a container after it or without."""

from __future__ import annotations

import pytest

from blobprep.account import parse_account_address
from blobprep.errors import SettingError

CLOUD = "https://contoso.blob.core.windows.net"
LOCAL = "http://127.0.0.1:10000/devstoreaccount1"


@pytest.mark.parametrize("behind", ["", "/", "/drop", "/drop/", "/$root", "/$web"])
@pytest.mark.parametrize(
    ("text", "account", "endpoint"),
    [
        (CLOUD, "contoso", CLOUD),
        ("HTTPS://Contoso.Blob.Core.Windows.NET", "contoso", CLOUD),
        (f"{CLOUD}:443", "contoso", CLOUD),
        (f"{CLOUD}:8443", "contoso", f"{CLOUD}:8443"),
        (CLOUD.replace("blob", "dfs"), "contoso", CLOUD),
        (
            "https://contoso-secondary.blob.core.windows.net",
            "contoso",
            "https://contoso-secondary.blob.core.windows.net",
        ),
        ("https://contoso.z12.blob.storage.azure.net", "contoso", "https://contoso.z12.blob.storage.azure.net"),
        ("https://contoso.blob.region.stack.example", "contoso", "https://contoso.blob.region.stack.example"),
        (LOCAL, "devstoreaccount1", LOCAL),
        (f"{LOCAL}-secondary", "devstoreaccount1", f"{LOCAL}-secondary"),
        ("http://[::1]:10000/devstoreaccount1", "devstoreaccount1", "http://[::1]:10000/devstoreaccount1"),
        ("http://azurite:10000/dev1", "dev1", "http://azurite:10000/dev1"),
        ("http://azurite/dev1", "dev1", "http://azurite/dev1"),
    ],
)
def test_the_account_is_told_by_the_host_or_by_the_path_and_a_container_is_left_out(text, behind, account, endpoint):
    for name in ("", account):
        found = parse_account_address(text + behind, name)
        assert (found.account, found.endpoint) == (account, endpoint)
        assert found.protocol == endpoint.partition(":")[0]


@pytest.mark.parametrize(
    ("text", "name", "account", "endpoint"),
    [
        ("https://data.contoso.com", "", "data", "https://data.contoso.com"),
        ("https://data.contoso.com/", "contoso", "contoso", "https://data.contoso.com"),
        ("https://data.contoso.com/contoso/drop", "contoso", "contoso", "https://data.contoso.com/contoso"),
        ("http://127.0.0.1:10000", "contoso", "contoso", "http://127.0.0.1:10000/contoso"),
        (f'"{CLOUD}/"', "", "contoso", CLOUD),
        (f"<{CLOUD}/drop>", "", "contoso", CLOUD),
    ],
)
def test_an_own_domain_does_not_tell_the_account(text, name, account, endpoint):
    found = parse_account_address(text, name)

    assert (found.account, found.endpoint) == (account, endpoint)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{CLOUD}/drop/a.csv", f"write {CLOUD};"),
        (f"{CLOUD}/a.csv", f"write {CLOUD};"),
        (f"{LOCAL}/drop/a.csv", f"write {LOCAL};"),
        ("https://data.contoso.com/drop", "the container drop after it"),
        (f"{CLOUD}/drop?sv=2021-08-06&sig=c4n4ry", "a SAS token after it"),
        (f"{CLOUD}/drop?restype=container", "a query after it"),
        ("http://127.0.0.1:10000", "write http://127.0.0.1:10000/ACCOUNT"),
        ("http://127.0.0.1:10000/c4n4ryC4==/drop", "no account's name after it"),
        (f"{CLOUD}//drop", "not the address"),
        (f"{CLOUD}\n/drop", "not the address"),
        (f"{CLOUD}/drop#c4n4ry", "not the address"),
        (f"https://{CLOUD}", "not the address"),
        ("https://user:c4n4ry@contoso.blob.core.windows.net", "not the address"),
        (f"{CLOUD}:99999", "not the address"),
        ("ftp://contoso.blob.core.windows.net", "not the address"),
        ("", "not the address"),
        ("contoso.blob.core.windows.net/drop", "write https:// before it"),
        ("https://contoso.table.core.windows.net", f"write {CLOUD}"),
        ("https://contoso.web.core.windows.net", f"write {CLOUD}"),
        ("https://contoso.privatelink.blob.core.windows.net", f"write {CLOUD};"),
        ("https://con_toso.blob.core.windows.net", "not a valid account name"),
        ("AccountName=contoso;AccountKey=c4n4ry", "a connection string instead of an address"),
        ("c4n4ry" + "A" * 80 + "==", "an account key instead of an address"),
        ("<address>", "a placeholder"),
    ],
)
def test_what_is_no_address_of_an_account_is_refused_with_the_form_that_was_meant(text, words):
    with pytest.raises(SettingError) as caught:
        parse_account_address(text)

    assert words in str(caught.value)
    assert "c4n4ry" not in str(caught.value)
