"""The service's rules for names of accounts and containers. Pure.

Source:
    Microsoft, "Naming rules and restrictions for Azure resources" and "Naming and referencing containers, blobs, and
    metadata", section "Container names".
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ACCOUNT_RULE", "CONTAINER_RULE", "is_account_name", "is_container_name"]

_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}")
_CONTAINER: Final = re.compile(r"\$(?:root|web|logs|blobchangefeed)|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")

ACCOUNT_RULE: Final = "an account's name has 3 to 24 lower-case letters and digits"
CONTAINER_RULE: Final = (
    "a container's name has 3 to 63 lower-case letters, digits and single hyphens, with no hyphen at either end"
)
"""The rules in words, for remedies."""


def is_account_name(text: str) -> bool:
    """Tell whether an account can have a name.

    >>> is_account_name("contoso"), is_account_name("Contoso")
    (True, False)
    """
    return _ACCOUNT.fullmatch(text) is not None


def is_container_name(text: str) -> bool:
    """Tell whether a container can have a name; the names that the service gives its own containers are valid too.

    >>> is_container_name("raw-2024"), is_container_name("$web"), is_container_name("raw--2024")
    (True, True, False)
    """
    return _CONTAINER.fullmatch(text) is not None
