"""Accounts, credentials and the protocol they are reached over. Pure: opens nothing."""

from blobprep.account.accounts import (
    EMULATOR_ACCOUNT,
    EMULATOR_KEY,
    Access,
    Account,
    Network,
    Protocol,
    emulator,
    require_address,
)
from blobprep.account.addresses import AccountAddress, parse_account_address
from blobprep.account.connection_strings import parse_connection_string
from blobprep.account.credential_form import require_credential
from blobprep.account.credentials import (
    ANONYMOUS,
    Credential,
    CredentialKind,
    Identity,
    TokenFlavor,
    key_credential,
    sas_credential,
)
from blobprep.account.policy import AllowHttp, allowed_protocol
from blobprep.account.sas import SasToken

__all__ = [
    "ANONYMOUS",
    "EMULATOR_ACCOUNT",
    "EMULATOR_KEY",
    "Access",
    "Account",
    "AccountAddress",
    "AllowHttp",
    "Credential",
    "CredentialKind",
    "Identity",
    "Network",
    "Protocol",
    "SasToken",
    "TokenFlavor",
    "allowed_protocol",
    "emulator",
    "key_credential",
    "parse_account_address",
    "parse_connection_string",
    "require_address",
    "require_credential",
    "sas_credential",
]
