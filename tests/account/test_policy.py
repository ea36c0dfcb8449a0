from __future__ import annotations

import pytest

from blobprep.account import Account
from blobprep.account.policy import is_home_of, is_in_microsoft_cloud


@pytest.mark.parametrize(
    ("endpoint", "home"),
    [
        ("https://contoso.blob.core.windows.net", True),
        ("http://contoso.blob.core.windows.net", True),
        ("https://contoso-secondary.blob.core.windows.net", True),
        ("https://contoso.blob.core.chinacloudapi.cn", True),
        ("https://contoso.z12.blob.storage.azure.net", True),
        ("https://contoso-secondary.z12.blob.storage.azure.net", True),
        ("https://contoso-microsoftrouting.blob.core.windows.net", True),
        ("http://127.0.0.1:10000/contoso", True),
        ("https://contoso.evil.example", False),
        ("https://contoso.blob.core.windows.net.evil.example", False),
        ("https://contoso.blob.evil.example", False),
        ("https://contoso.z12.blob.storage.azure.net.evil.example", False),
        ("https://contoso-other.blob.core.windows.net", False),
        ("https://contoso.file.core.windows.net", False),
        ("https://other.blob.core.windows.net", False),
    ],
)
def test_a_credential_only_belongs_to_addresses_of_its_account(endpoint, home):
    assert is_home_of(Account("contoso"), endpoint) is home


@pytest.mark.parametrize(
    ("endpoint", "inside"),
    [
        ("https://contoso.privatelink.blob.core.windows.net", True),
        ("https://contoso.blob.core.usgovcloudapi.net", True),
        ("https://onelake.blob.fabric.microsoft.com", True),
        ("https://contoso.blob.core.windows.net.evil.example", False),
        ("https://evilcore.windows.net", False),
        ("https://data.contoso.com", False),
    ],
)
def test_tokens_only_belong_into_microsofts_clouds(endpoint, inside):
    assert is_in_microsoft_cloud(Account("contoso", endpoint=endpoint)) is inside
