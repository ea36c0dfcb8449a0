"""Retry policies, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.retry import ExponentialRetry, LinearRetry, _Retry, no_retry
