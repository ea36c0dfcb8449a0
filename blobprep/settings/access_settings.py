"""The settings of accounts, of what opens them, and of the way there. Pure."""

from __future__ import annotations

from typing import Final

from blobprep.account import Network
from blobprep.account.accounts import CA_VARIABLES
from blobprep.settings.setting import SettingRow

__all__ = ["ACCESS_ROWS", "ACCOUNT_ROWS", "CREDENTIALS", "IDENTITY", "NETWORK_ROWS"]

_TOKENS: Final = ("default", "managed-identity", "workload-identity", "cli", "service-principal")
CREDENTIALS: Final = (*_TOKENS, "bearer", "key", "sas", "connection-string", "anonymous")
"""The words of setting `credential`; `default` is azure-identity's chain."""

ACCESS_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "credential",
        "what opens the account that the environment or --account names, before its secrets",
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
        "an account and what opens it",
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
        "a bearer token for the account that the environment or --account names; no SAS token",
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
        "the account is the emulator's, on this machine",
        choices=("true",),
        environment=("AZURE_STORAGE_USE_EMULATOR",),
        in_file=False,
    ),
    SettingRow(
        "tenant_id",
        "of a service principal or workload",
        environment=("AZURE_STORAGE_TENANT_ID", "AZURE_TENANT_ID", "AZURE_AUTHORITY_ID"),
        in_file=False,
    ),
    SettingRow(
        "client_id",
        "of a service principal, workload or managed identity",
        environment=("AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID"),
        in_file=False,
    ),
    SettingRow(
        "client_secret",
        "of a service principal",
        "secret",
        environment=("AZURE_STORAGE_CLIENT_SECRET", "AZURE_CLIENT_SECRET"),
        in_file=False,
    ),
    SettingRow(
        "certificate",
        "path of a service principal's certificate",
        environment=("AZURE_CLIENT_CERTIFICATE_PATH",),
        in_file=False,
    ),
    SettingRow("token_file", "path of a workload's token", environment=("AZURE_FEDERATED_TOKEN_FILE",), in_file=False),
    SettingRow(
        "authority",
        "the host that gives tokens, for other clouds",
        environment=("AZURE_AUTHORITY_HOST",),
        in_file=False,
    ),
    SettingRow("object_id", "of a managed identity", environment=("AZURE_OBJECT_ID",), in_file=False),
    SettingRow("resource_id", "of a managed identity", environment=("AZURE_MSI_RESOURCE_ID",), in_file=False),
    SettingRow(
        "identity_endpoint",
        "where a managed identity gets its tokens; azure-identity reads it itself",
        environment=("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_MSI_ENDPOINT"),
        in_file=False,
    ),
)

_NETWORK: Final = Network()
NETWORK_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "network.proxy",
        "the address of a proxy; that of the environment is used by the SDK itself, with NO_PROXY",
        environment=("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    ),
    SettingRow(
        "network.no_proxy",
        "hosts reached without the proxy of the environment; the SDK reads it itself",
        environment=("NO_PROXY", "no_proxy"),
        in_file=False,
    ),
    SettingRow(
        "network.ca_bundle",
        "file or folder of the certificates to trust, relative to the file",
        environment=CA_VARIABLES,
    ),
    SettingRow("network.connect_timeout", "seconds to connect", "number", default=f"{_NETWORK.connect_timeout:g}"),
    SettingRow("network.read_timeout", "seconds without an answer", "number", default=f"{_NETWORK.read_timeout:g}"),
    SettingRow(
        "network.retries",
        "how often a request is repeated where the service cannot answer",
        "number",
        default=str(_NETWORK.retries),
    ),
    SettingRow(
        "hadoop_conf", "a core-site.xml or spark-defaults.conf to take accounts' keys from, relative to the file"
    ),
    SettingRow("hadoop.*", 'a key of Hadoop, quoted; a secret as { env = "VARIABLE" }', "hadoop"),
)

IDENTITY: Final = ("tenant_id", "client_id", "object_id", "resource_id", "certificate", "token_file", "authority")
"""Settings of an identity, of one account or of all."""

ACCOUNT_ROWS: Final[tuple[SettingRow, ...]] = (
    SettingRow("accounts.*.protocol", "what its requests travel over", choices=("http", "https"), default="https"),
    SettingRow("accounts.*.endpoint_suffix", "of the cloud it is in", default="core.windows.net"),
    SettingRow("accounts.*.endpoint", "its full address, where name and suffix do not give it"),
    SettingRow("accounts.*.port", "of its address", "number"),
    SettingRow(
        "accounts.*.credential",
        "what opens it; without it, whichever variable is named",
        choices=CREDENTIALS,
    ),
    SettingRow("accounts.*.key_env", "the environment variable that holds its account key", "variable"),
    SettingRow("accounts.*.sas_env", "the environment variable that holds a SAS token", "variable"),
    SettingRow(
        "accounts.*.connection_string_env", "the environment variable that holds its connection string", "variable"
    ),
    SettingRow("accounts.*.token_env", "the environment variable that holds a bearer token", "variable"),
    SettingRow(
        "accounts.*.client_secret_env", "the environment variable that holds a service principal's secret", "variable"
    ),
    *(SettingRow(f"accounts.*.{name}", "of the identity that opens it, as above") for name in IDENTITY),
    SettingRow("accounts.*.folder", "the folder that stands for it, relative to the file"),
)
