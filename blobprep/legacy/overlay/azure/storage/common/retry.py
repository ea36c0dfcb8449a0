"""Retry policies, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.retry import ExponentialRetry, LinearRetry, _Retry, no_retry
from blobprep.legacy.models import LocationMode
from blobprep.legacy.wire.constants import DEV_ACCOUNT_NAME, DEV_ACCOUNT_SECONDARY_NAME

_adopt(__name__, [ExponentialRetry, LinearRetry])
