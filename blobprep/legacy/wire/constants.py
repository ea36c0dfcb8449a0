"""What the old SDK says of itself and takes for granted."""

from __future__ import annotations

import platform
from typing import Final

__all__ = [
    "AUTHOR",
    "DEFAULT_PROTOCOL",
    "DEFAULT_SOCKET_TIMEOUT",
    "DEFAULT_USER_AGENT_STRING",
    "DEV_ACCOUNT_KEY",
    "DEV_ACCOUNT_NAME",
    "DEV_ACCOUNT_SECONDARY_NAME",
    "DEV_BLOB_HOST",
    "DEV_QUEUE_HOST",
    "SERVICE_HOST_BASE",
    "USER_AGENT_STRING_PREFIX",
    "USER_AGENT_STRING_SUFFIX",
    "VERSION",
    "X_MS_VERSION",
]

AUTHOR: Final = "Microsoft Corp. <ptvshelp@microsoft.com>"
VERSION: Final = "2.1.0"
"""Of the old SDK whose behavior this is."""

X_MS_VERSION: Final = "2019-02-02"

USER_AGENT_STRING_PREFIX: Final = f"Azure-Storage/{VERSION}-"
USER_AGENT_STRING_SUFFIX: Final = (
    f"(Python {platform.python_implementation()} {platform.python_version()}; {platform.system()} {platform.release()})"
)

DEFAULT_USER_AGENT_STRING: Final = f"{USER_AGENT_STRING_PREFIX}None {USER_AGENT_STRING_SUFFIX}"

SERVICE_HOST_BASE: Final = "core.windows.net"
DEFAULT_PROTOCOL: Final = "https"
DEFAULT_SOCKET_TIMEOUT: Final = (20, 2000)
"""Seconds to connect, and to wait for data: 100 MB at 50 KB a second."""

# The emulator's account, with its published key.
DEV_BLOB_HOST: Final = "127.0.0.1:10000"
DEV_QUEUE_HOST: Final = "127.0.0.1:10001"
DEV_ACCOUNT_NAME: Final = "devstoreaccount1"
DEV_ACCOUNT_SECONDARY_NAME: Final = "devstoreaccount1-secondary"
DEV_ACCOUNT_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
