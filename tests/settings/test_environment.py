from __future__ import annotations

import pytest

from blobprep.account import ANONYMOUS, EMULATOR_ACCOUNT, Credential, Identity
from blobprep.errors import SettingError
from blobprep.settings.sources.environment import environment_account
from blobprep.settings.table import SETTINGS

STRING = "AccountName=contoso;AccountKey=from-string"
KEY, SAS, TOKEN = Credential("key", "x"), Credential("sas", "x"), Credential("token", "x", "bearer")


@pytest.mark.parametrize(
    ("variable", "credential"),
    [
        ("AZURE_STORAGE_KEY", KEY),
        ("AZURE_STORAGE_ACCOUNT_KEY", KEY),
        ("AZURE_STORAGE_ACCESS_KEY", KEY),
        ("AZURE_STORAGE_MASTER_KEY", KEY),
        ("AZURE_STORAGE_SAS_TOKEN", SAS),
        ("AZURE_STORAGE_SAS_KEY", SAS),
        ("AZURE_STORAGE_TOKEN", TOKEN),
    ],
)
def test_each_variable_that_holds_a_secret_is_read_and_blank_is_unset(variable, credential):
    found = environment_account({"AZURE_STORAGE_ACCOUNT": "contoso", variable: " x "})

    assert found.credentials == ((credential, variable),)
    assert environment_account({variable: " "}).credentials == ()


@pytest.mark.parametrize(
    ("variable", "value", "flavor"),
    [
        ("AZURE_STORAGE_ANON", "true", None),
        ("AZURE_SKIP_SIGNATURE", "1", None),
        ("AZURE_STORAGE_AUTH_MODE", "login", "cli"),
        ("AZURE_USE_AZURE_CLI", "True", "cli"),
        ("AZCOPY_AUTO_LOGIN_TYPE", "SPN", "service-principal"),
        ("AZCOPY_AUTO_LOGIN_TYPE", "MSI", "managed-identity"),
        ("AZCOPY_AUTO_LOGIN_TYPE", "AZCLI", "cli"),
        ("AZCOPY_AUTO_LOGIN_TYPE", "WORKLOAD", "workload-identity"),
        ("AZCOPY_AUTO_LOGIN_TYPE", "PSCRED", "default"),
    ],
)
def test_each_variable_that_asks_for_a_credential_is_read(variable, value, flavor):
    chosen = environment_account({variable: value}).chosen

    assert chosen == (Credential("token", flavor=flavor) if flavor else ANONYMOUS, variable)


@pytest.mark.parametrize(
    "environment",
    [{"AZURE_STORAGE_ANON": "false"}, {"AZURE_USE_AZURE_CLI": "0"}, {"AZURE_STORAGE_AUTH_MODE": "key"}],
)
def test_a_switch_that_is_off_asks_for_nothing(environment):
    assert environment_account(environment).chosen is None


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"AZURE_STORAGE_ACCOUNT": "contoso"}, "contoso"),
        ({"AZURE_STORAGE_ACCOUNT_NAME": "contoso"}, "contoso"),
        ({"AZURE_STORAGE_CONNECTION_STRING": STRING}, "contoso"),
        ({"AzureWebJobsStorage": STRING}, "contoso"),
        ({"AzureWebJobsStorage": "UseDevelopmentStorage=true"}, EMULATOR_ACCOUNT),
        ({"AZURE_STORAGE_ENDPOINT": "https://contoso.blob.core.windows.net/"}, "contoso"),
        ({"AZURE_ENDPOINT": "http://127.0.0.1:10000/contoso"}, "contoso"),
        ({"AZURE_STORAGE_ACCOUNT_URL": "https://contoso.blob.core.windows.net"}, "contoso"),
        ({"AZURE_STORAGE_SERVICE_ENDPOINT": "https://contoso.blob.core.windows.net"}, "contoso"),
        ({"AZURE_STORAGE_USE_EMULATOR": "true"}, EMULATOR_ACCOUNT),
        ({"AZURE_STORAGE_ACCOUNT": "other", "AZURE_STORAGE_CONNECTION_STRING": STRING}, "other"),
        ({"AZURE_STORAGE_ACCOUNT": " ", "AZURE_STORAGE_USE_EMULATOR": "no"}, None),
    ],
)
def test_the_environment_names_an_account(environment, name):
    assert environment_account(environment).name == name


def test_a_service_principal_of_the_environment_is_whole_or_left_to_the_chain():
    half = {"AZURE_STORAGE_TENANT_ID": "t", "AZURE_TENANT_ID": "not this", "AZURE_STORAGE_CLIENT_ID": "c"}
    whole = {**half, "AZURE_STORAGE_CLIENT_SECRET": "s"}

    assert environment_account(half).last_resort == Credential("token", identity=Identity("t", "c"))
    assert environment_account(whole).last_resort == Credential("token", "s", "service-principal", Identity("t", "c"))


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"AZURE_STORAGE_CONNECTION_STRING": "c4n4ry"}, "AZURE_STORAGE_CONNECTION_STRING"),
        ({"AZURE_STORAGE_ENDPOINT": "https://x.example?sig=c4n4ry"}, "AZURE_STORAGE_ENDPOINT"),
        ({"AZCOPY_AUTO_LOGIN_TYPE": "c4n4ry"}, "AZCOPY_AUTO_LOGIN_TYPE has a value that is not allowed"),
    ],
)
def test_what_cannot_be_meant_names_its_variable_and_shows_nothing(environment, message):
    with pytest.raises(SettingError, match=message) as caught:
        environment_account(environment)

    assert "c4n4ry" not in str(caught.value)


def test_a_secret_is_not_shown():
    environment = {name: "c4n4ry" for row in SETTINGS if row.kind == "secret" for name in row.environment}
    environment |= {"AZURE_STORAGE_CONNECTION_STRING": "AccountName=abc;AccountKey=c4n4ry", "AzureWebJobsStorage": ""}

    found = environment_account(environment)

    assert found.client_secret == "c4n4ry"
    assert "c4n4ry" not in repr(found)
