"""Accounts and their credentials: described, parsed and checked, never opened. Pure.

accounts             a storage account, its address, and the network settings of its requests
addresses            the address of an account's Blob service, as people paste it
connection_strings   connection strings of Azure Storage
credentials          credentials, masked wherever they are printed
credential_form      the check whether a credential can be valid, before anything is sent
secret_kinds         the kind of a pasted secret, recognized by its shape
sas                  the fields of a SAS token, without its signature
policy               where http may be used, and where a credential may be sent
"""

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
from blobprep.account.policy import AllowHttp, check_protocol, is_home_of, is_in_microsoft_cloud
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
    "check_protocol",
    "emulator",
    "is_home_of",
    "is_in_microsoft_cloud",
    "key_credential",
    "parse_account_address",
    "parse_connection_string",
    "require_address",
    "require_credential",
    "sas_credential",
]
