"""Retry policies decide as they did in 2.1.0."""

from __future__ import annotations

import itertools

import pytest

from blobprep.legacy import models, retry
from tests.legacy.models import describing
from tests.legacy.models.golden import golden


def test_each_failure_is_tried_again_as_often_where_and_after_as_long_as_before() -> None:
    assert describing.decisions(retry, models) == golden("retries")


def test_the_defaults_wait_about_fifteen_eighteen_and_twenty_four_seconds() -> None:
    policy, context = retry.ExponentialRetry(), _failed()

    waits = [policy.retry(context) for _ in range(4)]

    for wait, about in zip(waits, (15, 18, 24), strict=False):
        assert wait is not None
        assert about - 3 <= wait <= about + 3
    assert waits[3] is None


@pytest.mark.parametrize(
    "policy", [retry.ExponentialRetry(2, random_jitter_range=2), retry.LinearRetry(2, random_jitter_range=5)]
)
def test_a_wait_is_never_negative_and_varies(policy: retry.ExponentialRetry | retry.LinearRetry) -> None:
    waits = [policy._backoff(context) for context in itertools.repeat(_failed(count=0), 50)]

    assert min(waits) >= 0
    assert max(waits) <= 7
    assert len(set(waits)) > 1


def test_a_linear_policy_says_what_range_it_drew_from() -> None:
    policy = retry.LinearRetry(backoff=10, random_jitter_range=4)

    policy._backoff(_failed(count=0))

    assert (policy.random_range_start, policy.random_range_end) == (6, 14)


def _failed(count: int | None = None) -> models.RetryContext:
    context = models.RetryContext()
    if count is not None:
        context.count = count
    return context
