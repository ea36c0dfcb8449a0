"""Shared access signatures of accounts, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.sharedaccess import SharedAccessSignature
from blobprep.legacy.wire.conversions import signature as _sign_string
from blobprep.legacy.wire.constants import X_MS_VERSION as DEFAULT_X_MS_VERSION


class _QueryStringConstants:
    SIGNED_SERVICES = "ss"
    SIGNED_RESOURCE_TYPES = "srt"
    SIGNED_RESOURCE = "sr"
    SIGNED_PERMISSION = "sp"
    SIGNED_START = "st"
    SIGNED_EXPIRY = "se"
    SIGNED_IDENTIFIER = "si"
    SIGNED_IP = "sip"
    SIGNED_PROTOCOL = "spr"
    SIGNED_VERSION = "sv"
    SIGNED_SIGNATURE = "sig"
    SIGNED_CACHE_CONTROL = "rscc"
    SIGNED_CONTENT_DISPOSITION = "rscd"
    SIGNED_CONTENT_ENCODING = "rsce"
    SIGNED_CONTENT_LANGUAGE = "rscl"
    SIGNED_CONTENT_TYPE = "rsct"


_adopt(__name__, [SharedAccessSignature])
