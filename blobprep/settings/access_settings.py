"""The rows of the settings of accounts, their credentials and the network. Pure."""

from __future__ import annotations

from typing import Final

from blobprep.account import Network
from blobprep.account.accounts import CA_VARIABLES
from blobprep.settings.setting import SettingRow

__all__ = ["ACCESS_ROWS", "ACCOUNT_ROWS", "CREDENTIALS", "IDENTITY", "NETWORK_ROWS"]

_TOKENS: Final = ("default", "managed-identity", "workload-identity", "cli", "service-principal")
CREDENTIALS: Final = (*_TOKENS, "bearer", "key", "sas", "connection-string", "anonymous")
"""The values of the setting `credential`; `default` is azure-identity's default chain."""

ACCESS_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "credential",
        "the credential of the account that the environment or --account names; comes before its secrets",
        choices=(*_TOKENS, "anonymous"),
        environment=(
            "AZURE_STORAGE_ANON",
            "AZURE_SKIP_SIGNATURE",
            "AZURE_STORAGE_AUTH_MODE",
            "AZURE_USE_AZURE_CLI",
            "AZCOPY_AUTO_LOGIN_TYPE",
        ),
        in_file=False,
        azure_config="auth_mode",
    ),
    SettingRow(
        "connection_string",
        "a connection string: an account and its credential",
        "secret",
        environment=("AZURE_STORAGE_CONNECTION_STRING", "AzureWebJobsStorage"),
        in_file=False,
        azure_config="connection_string",
    ),
    SettingRow(
        "sas",
        "the SAS token of the account that the environment or --account names",
        "secret",
        environment=("AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"),
        in_file=False,
        azure_config="sas_token",
    ),
    SettingRow(
        "key",
        "the account key of the account that the environment or --account names",
        "secret",
        environment=(
            "AZURE_STORAGE_KEY",
            "AZURE_STORAGE_ACCOUNT_KEY",
            "AZURE_STORAGE_ACCESS_KEY",
            "AZURE_STORAGE_MASTER_KEY",
        ),
        in_file=False,
        azure_config="key",
    ),
    SettingRow(
        "token",
        "a bearer token (not a SAS token) for the account that the environment or --account names",
        "secret",
        environment=("AZURE_STORAGE_TOKEN",),
        in_file=False,
    ),
    SettingRow(
        "endpoint",
        "the address of the account that the environment or --account names",
        environment=(
            "AZURE_STORAGE_ENDPOINT",
            "AZURE_ENDPOINT",
            "AZURE_STORAGE_ACCOUNT_URL",
            "AZURE_STORAGE_SERVICE_ENDPOINT",
        ),
        in_file=False,
    ),
    SettingRow(
        "emulator",
        "use the account of the emulator on this machine",
        choices=("true",),
        environment=("AZURE_STORAGE_USE_EMULATOR",),
        in_file=False,
    ),
    SettingRow(
        "tenant_id",
        "the tenant of a service principal or workload identity",
        environment=("AZURE_STORAGE_TENANT_ID", "AZURE_TENANT_ID", "AZURE_AUTHORITY_ID"),
        in_file=False,
    ),
    SettingRow(
        "client_id",
        "the client ID of a service principal, workload identity or managed identity",
        environment=("AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID"),
        in_file=False,
    ),
    SettingRow(
        "client_secret",
        "the secret of a service principal",
        "secret",
        environment=("AZURE_STORAGE_CLIENT_SECRET", "AZURE_CLIENT_SECRET"),
        in_file=False,
    ),
    SettingRow(
        "certificate",
        "the path of a service principal's certificate",
        environment=("AZURE_CLIENT_CERTIFICATE_PATH",),
        in_file=False,
    ),
    SettingRow(
        "token_file",
        "the path of a workload identity's token",
        environment=("AZURE_FEDERATED_TOKEN_FILE",),
        in_file=False,
    ),
    SettingRow(
        "authority",
        "the host that issues tokens, for clouds other than the public one",
        environment=("AZURE_AUTHORITY_HOST",),
        in_file=False,
    ),
    SettingRow("object_id", "the object ID of a managed identity", environment=("AZURE_OBJECT_ID",), in_file=False),
    SettingRow(
        "resource_id", "the resource ID of a managed identity", environment=("AZURE_MSI_RESOURCE_ID",), in_file=False
    ),
    SettingRow(
        "identity_endpoint",
        "the address where a managed identity gets its tokens; read by azure-identity itself",
        environment=("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_MSI_ENDPOINT"),
        in_file=False,
    ),
)

_NETWORK: Final = Network()
NETWORK_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "network.proxy",
        "the address of a proxy; the variables come before the file and are read by the SDK itself, with NO_PROXY",
        environment=("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    ),
    SettingRow(
        "network.no_proxy",
        "hosts to reach without the proxy that the variables name; read by the SDK itself",
        environment=("NO_PROXY", "no_proxy"),
        in_file=False,
    ),
    SettingRow(
        "network.ca_bundle",
        "a file or folder with the certificates to trust; a path in blobprep.toml is relative to that file",
        environment=CA_VARIABLES,
    ),
    SettingRow(
        "network.connect_timeout",
        "seconds to wait for a connection",
        "number",
        default=f"{_NETWORK.connect_timeout:g}",
    ),
    SettingRow(
        "network.read_timeout",
        "seconds to wait while the service sends nothing",
        "number",
        default=f"{_NETWORK.read_timeout:g}",
    ),
    SettingRow(
        "network.retries",
        "how often to repeat a request that the service cannot answer",
        "number",
        default=str(_NETWORK.retries),
    ),
    SettingRow(
        "hadoop_conf", "a core-site.xml or spark-defaults.conf with accounts' credentials, relative to blobprep.toml"
    ),
    SettingRow("hadoop.*", 'a Hadoop setting, its key in quotes; write a secret as { env = "VARIABLE" }', "hadoop"),
)

IDENTITY: Final = ("tenant_id", "client_id", "object_id", "resource_id", "certificate", "token_file", "authority")
"""The settings of an identity, for one account or for all."""

ACCOUNT_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "accounts.*.protocol", "the protocol of requests to the account", choices=("http", "https"), default="https"
    ),
    SettingRow("accounts.*.endpoint_suffix", "the suffix of the account's cloud", default="core.windows.net"),
    SettingRow("accounts.*.endpoint", "the account's full address, if it does not follow from its name and the suffix"),
    SettingRow("accounts.*.port", "the port of the account's address", "number"),
    SettingRow(
        "accounts.*.credential",
        "the kind of credential; if left out, it follows from the variable that is named",
        choices=CREDENTIALS,
    ),
    SettingRow("accounts.*.key_env", "the environment variable that holds the account key", "variable"),
    SettingRow("accounts.*.sas_env", "the environment variable that holds a SAS token", "variable"),
    SettingRow(
        "accounts.*.connection_string_env", "the environment variable that holds a connection string", "variable"
    ),
    SettingRow("accounts.*.token_env", "the environment variable that holds a bearer token", "variable"),
    SettingRow(
        "accounts.*.client_secret_env", "the environment variable that holds a service principal's secret", "variable"
    ),
    *(
        SettingRow(f"accounts.*.{name}", f"{row.help}, for this account")
        for name in IDENTITY
        for row in ACCESS_ROWS
        if row.name == name
    ),
    SettingRow("accounts.*.folder", "a local folder to use as the account, relative to blobprep.toml"),
)
