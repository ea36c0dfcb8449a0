from __future__ import annotations

import pytest

from blobprep.account import Credential, Identity
from blobprep.errors import SettingError
from blobprep.settings.sources.hadoop import HadoopKeys, is_secret_key, read_hadoop_conf

A = "fs.azure.account"
END = "contoso.dfs.core.windows.net"
CLIENT = {
    f"{A}.auth.type": "OAuth",
    f"{A}.oauth.provider.type": "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider",
    f"{A}.oauth2.client.endpoint": "https://login.microsoftonline.com/tenant/oauth2/token",
    f"{A}.oauth2.client.id": "app",
    f"{A}.oauth2.client.secret": {"env": "S"},
}


def keys(values):
    return HadoopKeys(values, "core-site.xml", {"S": "s"})


@pytest.mark.parametrize(
    ("values", "credential"),
    [
        ({f"{A}.key.{END}": "k"}, Credential("key", "k")),
        ({f"{A}.key.contoso.blob.core.windows.net": {"env": "S"}}, Credential("key", "s")),
        ({f"spark.hadoop.{A}.key.{END}": "k"}, Credential("key", "k")),
        ({"fs.azure.sas.raw.contoso.blob.core.windows.net": "?sig=s"}, Credential("sas", "sig=s")),
        ({f"fs.azure.sas.fixed.token.{END}": "sig=s"}, Credential("sas", "sig=s")),
        ({"fs.azure.sas.fixed.token": "sig=s", f"{A}.auth.type": "SAS"}, Credential("sas", "sig=s")),
        (
            CLIENT,
            Credential(
                "token", "s", "service-principal", Identity("tenant", "app", authority="login.microsoftonline.com")
            ),
        ),
        (
            {
                f"{A}.auth.type.{END}": "OAuth",
                f"{A}.oauth.provider.type.{END}": "x.MsiTokenProvider",
                f"{A}.oauth2.client.id.{END}": "app",
                f"{A}.oauth2.msi.tenant.{END}": "t",
            },
            Credential("token", "", "managed-identity", Identity("t", "app")),
        ),
        (
            {
                f"{A}.auth.type": "OAuth",
                f"{A}.oauth.provider.type": "x.WorkloadIdentityTokenProvider",
                f"{A}.oauth2.token.file": "/var/token",
            },
            Credential("token", "", "workload-identity", Identity(token_file="/var/token")),
        ),
    ],
)
def test_the_keys_of_an_account_say_what_opens_it(values, credential):
    found = keys(values).credential("contoso", "raw")

    assert found is not None
    assert found[0] in values
    assert found[1] == credential


@pytest.mark.parametrize(
    "values",
    [
        {},
        {f"{A}.key.other.dfs.core.windows.net": "k"},
        {f"{A}.key": "k"},
        {"fs.azure.sas.other.contoso.blob.core.windows.net": "s"},
        {f"{A}.auth.type": "SharedKey"},
    ],
)
def test_keys_of_others_say_nothing(values):
    assert keys(values).credential("contoso", "raw") is None


def test_the_address_is_that_of_the_keys():
    assert keys({f"{A}.key.contoso.dfs.core.chinacloudapi.cn": "k"}).suffix("contoso") == "core.chinacloudapi.cn"
    assert keys({}).suffix("contoso") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({f"{A}.key.{END}": {"env": "NOT_SET"}}, "NOT_SET, which is not set"),
        ({f"{A}.auth.type": "OAuth", f"{A}.oauth.provider.type": "c4n4ry"}, "does not support this value"),
    ],
)
def test_what_cannot_be_used_is_told(values, message):
    with pytest.raises(SettingError, match=message) as caught:
        keys(values).credential("contoso", "raw")

    assert "c4n4ry" not in str(caught.value)


def test_both_kinds_of_files_are_read(tmp_path):
    xml, conf = tmp_path / "core-site.xml", tmp_path / "spark-defaults.conf"
    xml.write_text(f"<configuration><property><name>{A}.key.{END}</name><value> k </value></property></configuration>")
    conf.write_text(f"# a comment\nspark.hadoop.{A}.key.{END}   k\nspark.ui=false\nalone\n")

    for path in (xml, conf):
        found = keys(read_hadoop_conf(path)).credential("contoso", "")
        assert found is not None
        assert found[1] == Credential("key", "k")


def test_a_file_that_cannot_be_read_is_refused_and_not_shown(tmp_path):
    broken = tmp_path / "core-site.xml"
    broken.write_text("<configuration>c4n4ry")

    for path in (broken, tmp_path / "none.conf"):
        with pytest.raises(SettingError, match="cannot be read") as caught:
            read_hadoop_conf(path)
        assert "c4n4ry" not in str(caught.value)


def test_secrets_are_known_by_their_keys():
    assert is_secret_key(f"{A}.key.{END}")
    assert is_secret_key(f"spark.hadoop.{A}.oauth2.client.secret")
    assert not is_secret_key(f"{A}.oauth2.client.id")
