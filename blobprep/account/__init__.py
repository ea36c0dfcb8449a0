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
from blobprep.account.connection_strings import parse_connection_string
from blobprep.account.credentials import ANONYMOUS, Credential, CredentialKind, Identity, TokenFlavor
from blobprep.account.policy import AllowHttp, allowed_protocol
from blobprep.account.sas import SasToken

__all__ = [
    "ANONYMOUS",
    "EMULATOR_ACCOUNT",
    "EMULATOR_KEY",
    "Access",
    "Account",
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
    "parse_connection_string",
    "require_address",
]
